"""Inference.net: open models at low prices.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.openai_sides import EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="inference-net",
    name="Inference.net",
    adapter=OpenAIChat(COMPATIBLE),
    # its reference lists embeddings beside chat
    sides=(EMBEDS,),
    base_url="https://api.inference.net/v1",
    api_key_env=("INFERENCE_API_KEY",),
    catalog_ids={"models-dev": ("inference",)},
    headquarters="US",
    privacy_policy_url="https://inference.net/privacy-policy",
    terms_of_service_url="https://inference.net/terms-of-service",
    docs_url="https://docs.inference.net",
    cancels=False,
)
