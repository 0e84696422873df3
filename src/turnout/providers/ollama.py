"""Ollama: models on your own machine, by Ollama's own API.

Its OpenAI-compatible surface knows no top_k, min_p, repeat penalty, num_ctx or keep_alive and drops
them in silence; who wants that one names the server kind "openai-compatible". Source:
docs.ollama.com/api/chat, docs.ollama.com/api/openai-compatibility and recorded traffic (read
2026-11-25).
"""

from typing import Final

import msgspec

from turnout.core.types import DataPolicy
from turnout.dialects.ollama_chat.adapter import OllamaChat
from turnout.dialects.openai_sides import COMPLETES, EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="ollama",
    name="Ollama",
    adapter=OllamaChat(),
    # docs.ollama.com/api/openai-compatibility: completions, embeddings (recorded)
    sides=tuple(msgspec.structs.replace(side, prefix="/v1") for side in (COMPLETES, EMBEDS)),
    base_url="http://127.0.0.1:11434",
    keyless=True,
    # the operator's own machine
    data_policy=DataPolicy(trains=False, retains=False),
    docs_url="https://docs.ollama.com",
)
