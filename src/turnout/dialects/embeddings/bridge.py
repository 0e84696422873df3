"""The bridge of embeddings: one wish, written as the upstream wants it."""

from typing import NoReturn, Protocol

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Answer, Framing, Head, Inbound, Outgoing, StreamTranslator
from turnout.dialects.embeddings.asked import EmbeddingWish, wish_of
from turnout.dialects.embeddings.vectors import VectorAnswer, Vectors
from turnout.dialects.passing import PassingSide, unreadable
from turnout.wire.embeddings import Encoding


class Embedder(Protocol):
    """How one kind of upstream is asked for vectors. Immutable."""

    def write(self, wish: EmbeddingWish, endpoint: Endpoint) -> Outgoing:
        """The upstream's request; raises Refusal for what it cannot do."""
        ...

    def read(self, body: bytes) -> Vectors:
        """The answer; raises UpstreamError for an error inside, msgspec.DecodeError."""
        ...


class EmbeddingBridge:
    """The client's embeddings at one upstream; never streams."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def framing(self) -> Framing:
        """See Bridge."""
        return "sse"

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """See Bridge."""
        return self._embedder.write(wish_of(inbound.fields), endpoint)

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:  # noqa: ARG002 (nothing to undo)
        """See Bridge."""
        try:
            vectors = self._embedder.read(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise unreadable("embeddings") from error
        return VectorAnswer(vectors, head, _wanted(head))

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:  # noqa: ARG002 (never asked for)
        """Never asked for: the dialect does not stream."""
        _no_stream()


def _no_stream() -> NoReturn:
    raise UpstreamError(FailureKind.DECODE, "Embeddings do not stream.")


def _wanted(head: Head) -> Encoding:
    return "base64" if head.asked.get("encoding_format") == msgspec.Raw(b'"base64"') else "float"


def embeddings(embedder: Embedder) -> PassingSide:
    """The side of a provider that embeds."""
    return PassingSide("openai.embeddings", EmbeddingBridge(embedder))
