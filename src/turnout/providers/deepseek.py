"""DeepSeek: the makers' own API.

Source: chat-deep.ai/guide/create-chat-completion, which follows the official reference, and
recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.quirks import COMPATIBLE
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="deepseek",
    name="DeepSeek",
    adapter=OpenAIChat(
        Quirks(
            developer_role=False,
            rename={"max_completion_tokens": "max_tokens"},
            # chat-deep.ai/guide/create-chat-completion
            reasoning="thinking",
            # recorded: required again within a tool loop
            reasoning_history="reasoning_content",
        )
    ),
    base_url="https://api.deepseek.com",
    # api-docs.deepseek.com/guides/anthropic_api (read 2026-11-25)
    sides=(Side(adapter=AnthropicMessages(COMPATIBLE), prefix="/anthropic/v1"),),
    api_key_env=("DEEPSEEK_API_KEY",),
    catalog_ids={"models-dev": ("deepseek",), "genai-prices": ("deepseek",)},
    # cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html
    data_policy=DataPolicy(trains=True, retains=True),
    headquarters="CN",
    privacy_policy_url="https://cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html",
    terms_of_service_url="https://cdn.deepseek.com/policies/en-US/deepseek-terms-of-use.html",
    status_page_url="https://status.deepseek.com/",
    docs_url="https://api-docs.deepseek.com",
    cancels=True,
)
