"""Avian: open models at high speed.

Source: genai-prices 0.2.3 (api_pattern) and public clients' configuration (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="avian",
    name="Avian",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.avian.io/v1",
    api_key_env=("AVIAN_API_KEY",),
    catalog_ids={"genai-prices": ("avian",)},
    privacy_policy_url="https://avian.io/privacy",
    terms_of_service_url="https://avian.io/terms",
    docs_url="https://avian.io/docs",
    cancels=True,
)
