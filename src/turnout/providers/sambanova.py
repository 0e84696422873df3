"""SambaNova: open models on SambaNova's own chips.

Source: docs.sambanova.ai/docs/en/features/openai-compatibility, docs.pipecat.ai (address) (read
2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="sambanova",
    name="SambaNova",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.sambanova.ai/v1",
    api_key_env=("SAMBANOVA_API_KEY",),
    headquarters="US",
    privacy_policy_url="https://sambanova.ai/privacy-policy",
    terms_of_service_url="https://sambanova.ai/terms-and-conditions",
    status_page_url="https://status.sambanova.ai",
    docs_url="https://docs.sambanova.ai",
    cancels=False,
)
