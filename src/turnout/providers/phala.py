"""Phala: models in confidential machines.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="phala",
    name="Phala",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.redpill.ai/v1",
    api_key_env=("REDPILL_API_KEY", "PHALA_API_KEY"),
    terms_of_service_url="https://red-pill.ai/terms",
    docs_url="https://docs.phala.com",
)
