"""OpenAI: the dialect's own house.

Source: developers.openai.com/api/docs and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.embeddings.compatible import EmbeddingQuirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_completions.native import completions
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_sides import embeds
from turnout.dialects.provider import Provider, Side

_RESPONSES: Final = OpenAIResponses()

PROVIDER: Final = Provider(
    id="openai",
    name="OpenAI",
    adapter=OpenAIChat(
        Quirks(
            # an unknown argument is a 400 there
            drop=frozenset({"top_k", "min_p", "top_a", "repetition_penalty"}),
            # recorded 400 of its reasoning models: "Use 'max_completion_tokens' instead"
            rename={"max_tokens": "max_completion_tokens"},
        )
    ),
    sides=(
        Side(
            # "available in the Responses API only": each one's page below
            # developers.openai.com/api/docs/models
            adapter=_RESPONSES,
            # same pages
            models=r"(o1|o3|gpt-5(\.\d+)?)-pro.*|gpt-5(\.\d+)?-codex.*|codex-.*"
            r"|o[34](-mini)?-deep-research.*|computer-use-preview.*",
            # same pages
            alone=True,
        ),
        Side(adapter=_RESPONSES),
        # platform.openai.com/docs/api-reference: completions (three legacy models), embeddings
        Side(adapter=completions(), models=r"gpt-3\.5-turbo-instruct.*|babbage-002|davinci-002"),
        embeds(EmbeddingQuirks(input_type=None, max_inputs=2048)),
    ),
    base_url="https://api.openai.com/v1",
    api_key_env=("OPENAI_API_KEY",),
    catalog_ids={"models-dev": ("openai",), "genai-prices": ("openai",)},
    # abuse monitoring: developers.openai.com/api/docs/guides/your-data
    data_policy=DataPolicy(trains=False, retains=True, retention_days=30),
    headquarters="US",
    privacy_policy_url="https://openai.com/policies/privacy-policy/",
    terms_of_service_url="https://openai.com/policies/row-terms-of-use/",
    status_page_url="https://status.openai.com/",
    docs_url="https://platform.openai.com/docs/models",
    cancels=True,
)
