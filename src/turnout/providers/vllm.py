"""vLLM: your own vLLM server.

Source: port and template switch as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import OPEN_ENDED, Quirks
from turnout.dialects.openai_sides import OPEN_SIDES
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="vllm",
    name="vLLM",
    adapter=OpenAIChat(
        Quirks(
            developer_role=False,
            # chat_template_kwargs, as its clients send it
            reasoning="template",
            # github.com/vllm-project/vllm/pull/8942
            prefill=OPEN_ENDED,
        )
    ),
    # docs.vllm.ai, OpenAI-compatible server: completions, embeddings, rerank
    sides=OPEN_SIDES,
    base_url="http://127.0.0.1:8000/v1",
    keyless=True,
    # the operator's own machine
    data_policy=DataPolicy(trains=False, retains=False),
    docs_url="https://docs.vllm.ai",
)
