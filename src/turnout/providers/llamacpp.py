"""llama.cpp: your own llama-server.

Source: recorded traffic; its tools/server/README.md tells of chat_template_kwargs (read
2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_completions.native import completions
from turnout.dialects.openai_sides import LLAMA_CPP, OPEN_SIDES
from turnout.dialects.powers import Prefill
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="llamacpp",
    name="llama.cpp",
    adapter=OpenAIChat(
        Quirks(
            developer_role=False,
            # tools/server/README.md tells of chat_template_kwargs
            reasoning="template",
            # recorded
            reasoning_history="reasoning_content",
            # github.com/ggml-org/llama.cpp/pull/13174: it goes on with a last assistant message
            prefill=Prefill(repeats="maybe"),
        )
    ),
    # tools/server/README.md: completions, embeddings, rerank
    sides=(Side(adapter=completions(LLAMA_CPP)), *OPEN_SIDES[1:]),
    base_url="http://127.0.0.1:8080/v1",
    keyless=True,
    # the operator's own machine
    data_policy=DataPolicy(trains=False, retains=False),
    docs_url="https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
)
