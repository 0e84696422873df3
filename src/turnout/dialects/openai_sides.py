"""What OpenAI-compatible servers speak beside chat: completions, embeddings, rerank."""

from typing import Final

from turnout.dialects.embeddings.bridge import embeddings
from turnout.dialects.embeddings.compatible import EmbeddingQuirks, OpenAIEmbedder
from turnout.dialects.openai_completions.native import CompletionQuirks, completions
from turnout.dialects.provider import Side
from turnout.dialects.rerank.upstream import JINA, RerankQuirks, rerank

COMPLETES: Final = Side(adapter=completions())
"""It serves /completions as OpenAI does."""

EMBEDS: Final = Side(adapter=embeddings(OpenAIEmbedder(EmbeddingQuirks(input_type=None))))
"""It serves /embeddings as OpenAI does."""

LLAMA_CPP: Final = CompletionQuirks(
    ignored=frozenset({"suffix", "best_of"}), echo="ours", logprobs="chat"
)
"""llama.cpp's /completions: it takes and ignores these, has chat's logprobs (tried 2026-11-25)."""

OPEN_SIDES: Final = (
    COMPLETES,
    Side(adapter=embeddings(OpenAIEmbedder())),
    Side(adapter=rerank()),
)
"""Of a server of which no more is known than that it is like OpenAI: all fields go up."""


def embeds(quirks: EmbeddingQuirks, models: str = ".*") -> Side:
    """It serves /embeddings with deviations."""
    return Side(adapter=embeddings(OpenAIEmbedder(quirks)), models=models)


def ranks(quirks: RerankQuirks = JINA) -> Side:
    """It serves /rerank."""
    return Side(adapter=rerank(quirks))
