"""Crusoe: open models on Crusoe's cloud.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="crusoe",
    name="Crusoe",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.inference.crusoecloud.com/v1",
    api_key_env=("CRUSOE_API_KEY",),
    headquarters="US",
    terms_of_service_url="https://legal.crusoe.ai/open-router#managed-inference-tos-open-router",
    docs_url="https://docs.crusoecloud.com",
)
