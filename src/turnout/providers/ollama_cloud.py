"""Ollama Cloud: Ollama's hosted models.

Source: docs.ollama.com/api/openai-compatibility, direct cloud access, and recorded traffic (read
2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="ollama-cloud",
    name="Ollama Cloud",
    adapter=OpenAIChat(
        Quirks(
            # not supported: docs.ollama.com/api/openai-compatibility
            drop=frozenset({"logit_bias", "n", "user"}),
            rename={"max_completion_tokens": "max_tokens"},
            developer_role=False,
            # as its answers call it: recorded
            reasoning_history="reasoning",
            # images only as base64: docs.ollama.com/api/openai-compatibility
            takes_urls=frozenset(),
        )
    ),
    base_url="https://ollama.com/v1",
    api_key_env=("OLLAMA_API_KEY",),
    catalog_ids={"models-dev": ("ollama-cloud",)},
    headquarters="US",
    privacy_policy_url="https://ollama.com/privacy",
    terms_of_service_url="https://ollama.com/terms",
    docs_url="https://docs.ollama.com/cloud",
)
