"""DeepSeek: the makers' own API.

Source: chat-deep.ai/guide/create-chat-completion, which follows the official reference, and
recorded traffic (read 2026-11-23).
"""

from typing import Final

import msgspec

from turnout.core.types import DataPolicy
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.quirks import COMPATIBLE
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_completions.native import completions
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.quirks import OPEN_MODELS
from turnout.dialects.powers import Prefill
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
            # api-docs.deepseek.com/guides/chat_prefix_completion: below /beta alone
            prefill=Prefill(member={"prefix": msgspec.Raw(b"true")}, path="/beta/chat/completions"),
        )
    ),
    base_url="https://api.deepseek.com",
    sides=(
        # recorded: it keeps nothing and shows its thinking as text
        Side(adapter=OpenAIResponses(msgspec.structs.replace(OPEN_MODELS, store=False))),
        # api-docs.deepseek.com/guides/anthropic_api (read 2026-11-25)
        Side(adapter=AnthropicMessages(COMPATIBLE), prefix="/anthropic/v1"),
        # api-docs.deepseek.com/guides/fim_completion: below /beta alone
        Side(adapter=completions(), prefix="/beta"),
    ),
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
