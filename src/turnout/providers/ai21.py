"""AI21: Jamba from its makers.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="ai21",
    name="AI21",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.ai21.com/studio/v1",
    api_key_env=("AI21_API_KEY",),
    headquarters="IL",
    privacy_policy_url="https://www.ai21.com/privacy-policy/",
    terms_of_service_url="https://www.ai21.com/terms-of-service/",
    docs_url="https://docs.ai21.com",
    cancels=False,
)
