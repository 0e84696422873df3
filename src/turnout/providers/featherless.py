"""Featherless: thousands of open models by subscription.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="featherless",
    name="Featherless",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.featherless.ai/v1",
    api_key_env=("FEATHERLESS_API_KEY",),
    privacy_policy_url="https://featherless.ai/privacy",
    terms_of_service_url="https://featherless.ai/terms",
    docs_url="https://featherless.ai/docs",
    cancels=False,
)
