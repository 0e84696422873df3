"""AtlasCloud: open models and media.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="atlas-cloud",
    name="AtlasCloud",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.atlascloud.ai/v1",
    aliases=("atlascloud",),
    api_key_env=("ATLASCLOUD_API_KEY",),
    headquarters="US",
    privacy_policy_url="https://www.atlascloud.ai/privacy",
    terms_of_service_url="https://www.atlascloud.ai/services-agreement",
    docs_url="https://www.atlascloud.ai/docs",
)
