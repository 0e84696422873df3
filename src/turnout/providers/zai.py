"""Z.AI: GLM from its makers.

Source: docs.z.ai/api-reference/llm/chat-completion.md and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.quirks import COMPATIBLE
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider, Side

_ANTHROPIC: Final = Side(
    # docs.z.ai/devpack/tool/claude: https://api.z.ai/api/anthropic
    adapter=AnthropicMessages(COMPATIBLE),
    prefix="/anthropic/v1",
    instead_of="/paas/v4",
)

PROVIDER: Final = Provider(
    id="zai",
    name="Z.AI",
    adapter=OpenAIChat(
        Quirks(
            # docs.z.ai/api-reference/llm/chat-completion.md
            rename={"max_completion_tokens": "max_tokens", "user": "user_id"},
            developer_role=False,
            # same page, and recorded
            reasoning="thinking",
            # recorded
            reasoning_history="reasoning_content",
        )
    ),
    base_url="https://api.z.ai/api/paas/v4",
    sides=(_ANTHROPIC,),
    aliases=("z-ai",),
    api_key_env=("ZAI_API_KEY", "ZHIPU_API_KEY"),
    catalog_ids={"models-dev": ("zai",), "genai-prices": ("zai",)},
    headquarters="CN",
    privacy_policy_url="https://docs.z.ai/legal-agreement/privacy-policy",
    terms_of_service_url="https://docs.z.ai/legal-agreement/terms-of-use",
    docs_url="https://docs.z.ai/guides/overview/pricing",
)
