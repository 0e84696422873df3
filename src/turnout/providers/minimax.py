"""MiniMax: MiniMax's models from their makers.

Source: platform.minimax.io/docs/api-reference/text-openai-api (read 2026-11-23).
"""

from typing import Final

import msgspec

from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.quirks import COMPATIBLE
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="minimax",
    name="MiniMax",
    adapter=OpenAIChat(
        Quirks(
            # it ignores them: platform.minimax.io/docs/api-reference/text-openai-api
            drop=frozenset({"presence_penalty", "frequency_penalty", "logit_bias"}),
            # without it thoughts ride in the text as <think>; same page
            defaults={"reasoning_split": msgspec.Raw(b"true")},
            developer_role=False,
            # its models think always; no knob on that page
            reasoning="none",
            # must come back whole: same page
            reasoning_history="reasoning_details",
        )
    ),
    base_url="https://api.minimax.io/v1",
    # platform.minimax.io/docs/api-reference/text-anthropic-api
    sides=(Side(adapter=AnthropicMessages(COMPATIBLE), prefix="/anthropic/v1", instead_of="/v1"),),
    api_key_env=("MINIMAX_API_KEY",),
    catalog_ids={"models-dev": ("minimax",), "genai-prices": ("minimax",)},
    headquarters="CN",
    privacy_policy_url="https://www.minimax.io/platform/protocol/privacy-policy",
    terms_of_service_url="https://www.minimax.io/platform/protocol/terms-of-service",
    status_page_url="https://status.minimaxi.com",
    docs_url="https://platform.minimax.io/docs/guides/quickstart",
    cancels=False,
)
