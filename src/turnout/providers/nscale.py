"""Nscale: open models in European data centres.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="nscale",
    name="Nscale",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://inference.api.nscale.com/v1",
    api_key_env=("NSCALE_SERVICE_TOKEN",),
    headquarters="GB",
    docs_url="https://docs.nscale.com",
)
