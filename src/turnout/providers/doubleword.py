"""Doubleword: open models, batch first.

Source: genai-prices 0.2.3 (api_pattern) and public clients' configuration (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="doubleword",
    name="Doubleword",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.doubleword.ai/v1",
    api_key_env=("DOUBLEWORD_API_KEY",),
    catalog_ids={"genai-prices": ("doubleword",)},
    headquarters="GB",
    docs_url="https://docs.doubleword.ai",
)
