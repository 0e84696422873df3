"""Cohere's v2 embed. Source: https://docs.cohere.com/reference/embed and recorded traffic."""

from typing import Final

import msgspec

from turnout.core.types import Endpoint
from turnout.core.usage import Usage
from turnout.dialects.adapter import Outgoing, UpstreamRequest
from turnout.dialects.embeddings.asked import EmbeddingWish, bounded, texts_of
from turnout.dialects.embeddings.vectors import Vectors
from turnout.dialects.openai_chat.deltas import Json
from turnout.wire.embeddings import ByType, CohereVectors

_ANSWER: Final = msgspec.json.Decoder(CohereVectors)
_MOST: Final = 96
_TYPES: Final = {
    "query": "search_query",
    "document": "search_document",
    "passage": "search_document",
}
_NEEDED: Final = "search_document"


class CohereEmbedder(msgspec.Struct, frozen=True):
    """See Embedder. It never cuts an input short: `truncate` is NONE unless the caller says."""

    path: str = "/v2/embed"

    def write(self, wish: EmbeddingWish, endpoint: Endpoint) -> Outgoing:
        """See Embedder."""
        return cohere_request(wish, endpoint, self.path, {"model": endpoint.upstream_model})

    def read(self, body: bytes) -> Vectors:
        """See Embedder."""
        return cohere_vectors(body)


def cohere_request(
    wish: EmbeddingWish, endpoint: Endpoint, path: str, model: dict[str, Json]
) -> Outgoing:
    """The request; models from v3 on must be told an input type, so one unsaid is filled in."""
    bounded(wish, _MOST)
    said = wish.input_type
    body: dict[str, Json] = {
        **model,
        "texts": list(texts_of(wish, endpoint.provider)),
        "input_type": _TYPES.get(said, said) if said is not None else _NEEDED,
        "embedding_types": ["float"],
        "truncate": wish.fields.get("truncate", "NONE"),
    }
    if wish.dimensions is not None:
        body["output_dimension"] = wish.dimensions
    emulated = ("input_type",) if said is None else ()
    return Outgoing(
        request=UpstreamRequest(path=path, body=msgspec.json.encode(body)),
        translated=("dimensions",) if wish.dimensions is not None else (),
        emulated=(*emulated, *(("encoding_format",) if wish.encoding == "base64" else ())),
    )


def cohere_vectors(body: bytes) -> Vectors:
    """The vectors and what Cohere bills for them."""
    answer = _ANSWER.decode(body)
    found = answer.embeddings
    billed = answer.meta.billed_units if answer.meta else None
    usage = None
    if billed is not None and billed.input_tokens is not None:
        usage = Usage(text_in=int(billed.input_tokens), image_in=int(billed.image_tokens or 0))
    rows = found.float if isinstance(found, ByType) else found
    return Vectors(rows=rows, usage=usage, upstream_id=answer.id)
