"""Upstreams that rank: Cohere, Voyage, Jina and the servers that copy Jina's route."""

from collections.abc import Mapping
from typing import Final, NoReturn

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Endpoint
from turnout.core.usage import Usage
from turnout.dialects.adapter import (
    Answer,
    Bill,
    Framing,
    Head,
    Inbound,
    Outgoing,
    StreamTranslator,
    Tally,
    UpstreamRequest,
)
from turnout.dialects.openai_chat.decoder import is_set
from turnout.dialects.openai_chat.errors import error_inside
from turnout.dialects.openai_chat.usage import read_object
from turnout.dialects.passing import PassingSide, passed, unreadable
from turnout.dialects.rerank.asked import request_of, texts_of
from turnout.dialects.rerank.writing import write_ranking
from turnout.wire.rerank import Score, Scores

_ANSWER: Final = msgspec.json.Decoder(Scores)


class RerankQuirks(msgspec.Struct, frozen=True, kw_only=True):
    """How one upstream is asked; the defaults are Jina's, which vLLM and others copy.

    Attributes:
        path: Appended to the base URL.
        top_n: Its name for `top_n`.
        defaults: Fields that every request to it needs, as JSON; what the caller said wins.
        drop: Request fields it refuses; left out and reported as dropped.
    """

    path: str = "/rerank"
    top_n: str = "top_n"
    defaults: Mapping[str, msgspec.Raw] = {}
    drop: frozenset[str] = frozenset({"user"})


COHERE: Final = RerankQuirks(path="/v2/rerank")
# https://docs.voyageai.com/reference/reranker-api: it cuts long texts unless told not to
VOYAGE: Final = RerankQuirks(top_n="top_k", defaults={"truncation": msgspec.Raw(b"false")})
# https://api.jina.ai/redoc: documents come back unless told not to; ours are at hand
JINA: Final = RerankQuirks(defaults={"return_documents": msgspec.Raw(b"false")})


class RerankBridge(msgspec.Struct, frozen=True):
    """The client's rerank at one upstream; never streams."""

    quirks: RerankQuirks

    @property
    def framing(self) -> Framing:
        """See Bridge."""
        return "sse"

    def request(self, inbound: Inbound, endpoint: Endpoint) -> Outgoing:
        """See Bridge."""
        quirks = self.quirks
        texts = texts_of(request_of(inbound.fields), endpoint.provider)
        body, dropped = passed(
            inbound.fields, endpoint, rename={"top_n": quirks.top_n}, drop=quirks.drop
        )
        body = {**quirks.defaults, **body, "documents": msgspec.Raw(msgspec.json.encode(texts))}
        translated = ("top_n",) if quirks.top_n != "top_n" and quirks.top_n in body else ()
        request = UpstreamRequest(path=quirks.path, body=msgspec.json.encode(body))
        return Outgoing(request=request, dropped=dropped, translated=translated)

    def answer(self, body: bytes, head: Head, sent: Outgoing) -> Answer:  # noqa: ARG002 (nothing to undo)
        """See Bridge."""
        try:
            fields = read_object(body)
            if is_set(fields, "error"):
                raise error_inside(fields["error"], fields)
            scores = _ANSWER.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise unreadable("rerank") from error
        return _Ranking(scores, head)

    def stream(self, head: Head, sent: Outgoing) -> StreamTranslator:  # noqa: ARG002 (never asked for)
        """Never asked for: the dialect does not stream."""
        _no_stream()


class _Ranking:
    """The documents in order, the best first, as many as were asked for."""

    def __init__(self, scores: Scores, head: Head) -> None:
        request = request_of(head.asked)
        found = scores.results if scores.results is not None else scores.data
        ranked = sorted(found or (), key=lambda one: -one.relevance_score)
        self._ranked: list[Score] = ranked[: request.top_n]
        if any(not 0 <= one.index < len(request.documents) for one in self._ranked):
            raise UpstreamError(
                FailureKind.DECODE, "The provider ranked a document it was not given.", status=200
            )
        self._documents = request.documents
        self._head = head
        billed = scores.meta.billed_units if scores.meta else None
        self._units = None if billed is None else billed.search_units
        self._tokens = scores.usage.total_tokens if scores.usage else None
        self.tally = Tally(
            content=bool(self._ranked), usage=self._usage(), upstream_id=scores.id, ended=True
        )

    def _usage(self) -> Usage | None:
        if self._units is None and self._tokens is None:
            return None
        return Usage(
            text_in=max(0, self._tokens or 0),
            requests=max(0, int(self._units)) if self._units is not None else 1,
        )

    def render(self, bill: Bill) -> bytes:
        """See Answer."""
        units = None if self._units is None else int(self._units)
        return write_ranking(self._ranked, self._documents, self._head, bill, units)


def _no_stream() -> NoReturn:
    raise UpstreamError(FailureKind.DECODE, "Rerank does not stream.")


def rerank(quirks: RerankQuirks = JINA) -> PassingSide:
    """The side of a provider that ranks."""
    return PassingSide("rerank", RerankBridge(quirks))
