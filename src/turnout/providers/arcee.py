"""Arcee AI: Arcee's own small models.

Source: genai-prices 0.2.3 (api_pattern) and public clients' configuration (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="arcee",
    name="Arcee AI",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.arcee.ai/api/v1",
    aliases=("arcee-ai",),
    api_key_env=("ARCEE_API_KEY",),
    catalog_ids={"genai-prices": ("arcee",)},
    headquarters="US",
    docs_url="https://docs.arcee.ai",
)
