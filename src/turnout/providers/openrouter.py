"""OpenRouter: the router whose contract this gateway speaks.

Source: openrouter.ai/docs/features/provider-routing, the contract and recorded traffic (read
2026-11-23).
"""

from typing import Final

from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.quirks import Quirks as MessagesQuirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="openrouter",
    name="OpenRouter",
    adapter=OpenAIChat(
        Quirks(
            # openrouter.ai/docs/use-cases/reasoning-tokens, and recorded
            reasoning="object",
            # replayed unmodified: same page, and recorded
            reasoning_history="reasoning_details",
            # recorded
            cache_marks=True,
            # the same contract
            router_fields=True,
        )
    ),
    base_url="https://openrouter.ai/api/v1",
    # contract section 2.5: the same address, its own fields beside the dialect's
    sides=(Side(adapter=AnthropicMessages(MessagesQuirks(count_path=None, router_fields=True))),),
    api_key_env=("OPENROUTER_API_KEY",),
    catalog_ids={"models-dev": ("openrouter",), "genai-prices": ("openrouter",)},
    headquarters="US",
    privacy_policy_url="https://openrouter.ai/privacy",
    terms_of_service_url="https://openrouter.ai/terms",
    status_page_url="https://status.openrouter.ai/",
    docs_url="https://openrouter.ai/docs",
)
