"""Ollama: models on your own machine.

Source: docs.ollama.com/api/openai-compatibility and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="ollama",
    name="Ollama",
    adapter=OpenAIChat(
        Quirks(
            # not supported: docs.ollama.com/api/openai-compatibility
            drop=frozenset({"logit_bias", "n", "user"}),
            rename={"max_completion_tokens": "max_tokens"},
            developer_role=False,
            # recorded
            reasoning_history="reasoning",
            # images only as base64: docs.ollama.com/api/openai-compatibility
            takes_urls=frozenset(),
        )
    ),
    base_url="http://127.0.0.1:11434/v1",
    keyless=True,
    # the operator's own machine
    data_policy=DataPolicy(trains=False, retains=False),
    docs_url="https://docs.ollama.com",
)
