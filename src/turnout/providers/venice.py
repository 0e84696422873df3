"""Venice: open models, private by design.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="venice",
    name="Venice",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.venice.ai/api/v1",
    api_key_env=("VENICE_API_KEY",),
    catalog_ids={"models-dev": ("venice",)},
    headquarters="US",
    privacy_policy_url="https://venice.ai/legal/privacy-policy",
    terms_of_service_url="https://venice.ai/legal/tos",
    docs_url="https://docs.venice.ai",
)
