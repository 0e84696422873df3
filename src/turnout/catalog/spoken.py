"""Which endpoints can be asked at all: those in a dialect that their provider's file knows."""

from collections.abc import Collection, Mapping
from typing import Final

from turnout.core.types import Dialect, Modality
from turnout.dialects.provider import Provider

_SIDE_OF: Final[Mapping[Modality, Dialect]] = {
    "embeddings": "openai.embeddings",
    "rerank": "rerank",
}
"""The dialect in which each is asked for; named for its clients', whatever goes over the wire."""


def is_spoken(
    upstream_model: str,
    outputs: Collection[Modality],
    provider: Provider,
    dialect: Dialect | None = None,
) -> bool:
    """Whether a provider's file says how to ask for vectors or an order; chats always are."""
    wanted: Dialect | None = next((d for made, d in _SIDE_OF.items() if made in outputs), None)
    if wanted is None or "text" in outputs:
        return True
    return provider.speaks(upstream_model, wanted, dialect).adapter.dialect == wanted
