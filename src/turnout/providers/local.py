"""Local: the small model this package serves itself.

Source: the module turnout.local, which starts it (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.embeddings.compatible import EmbeddingQuirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_completions.native import completions
from turnout.dialects.openai_sides import LLAMA_CPP, embeds
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="local",
    name="Local",
    adapter=OpenAIChat(
        Quirks(
            developer_role=False,
            # SmolLM2 does not think
            reasoning="none",
            # its server takes `tools` and does not hold the model to them (tried 2026-11-23)
            tools="grammar",
        )
    ),
    # its server has both (tried 2026-11-25)
    sides=(
        Side(adapter=completions(LLAMA_CPP)),
        embeds(EmbeddingQuirks(dimensions=None, input_type=None)),
    ),
    base_url=None,
    keyless=True,
    auth="none",
    # a child process of this gateway
    data_policy=DataPolicy(trains=False, retains=False),
    cancels=True,
)
