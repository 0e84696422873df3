"""Hyperbolic: open models on a GPU marketplace.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="hyperbolic",
    name="Hyperbolic",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.hyperbolic.xyz/v1",
    api_key_env=("HYPERBOLIC_API_KEY",),
    headquarters="US",
    privacy_policy_url="https://hyperbolic.xyz/privacy",
    terms_of_service_url="https://hyperbolic.xyz/terms",
    docs_url="https://docs.hyperbolic.xyz",
    cancels=True,
)
