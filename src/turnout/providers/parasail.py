"""Parasail: open models on pooled GPUs.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="parasail",
    name="Parasail",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.parasail.io/v1",
    api_key_env=("PARASAIL_API_KEY",),
    headquarters="US",
    privacy_policy_url="https://www.parasail.io/legal/privacy-policy",
    terms_of_service_url="https://www.parasail.io/legal/terms",
    docs_url="https://docs.parasail.io",
)
