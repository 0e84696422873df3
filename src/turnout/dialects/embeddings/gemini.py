"""Gemini's batchEmbedContents; what embedContent answers is read as well.

Source: https://ai.google.dev/api/embeddings (shapes), https://ai.google.dev/gemini-api/docs/embeddings
(task types; the second generation has none), recorded traffic (read 2026-11-25).
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import msgspec

from turnout.core.types import Endpoint
from turnout.core.usage import Usage
from turnout.dialects.adapter import Outgoing, UpstreamRequest
from turnout.dialects.embeddings.asked import EmbeddingWish, bounded, texts_of
from turnout.dialects.embeddings.vectors import Vectors
from turnout.dialects.openai_chat.deltas import Json
from turnout.wire.embeddings import GeminiVectors

_ANSWER: Final = msgspec.json.Decoder(GeminiVectors)
_MOST: Final = 100
_NO_TASKS: Final = frozenset({"gemini-embedding-2"})
_TASKS: Final[Mapping[str, str]] = {
    "search_query": "RETRIEVAL_QUERY",
    "query": "RETRIEVAL_QUERY",
    "search_document": "RETRIEVAL_DOCUMENT",
    "document": "RETRIEVAL_DOCUMENT",
    "passage": "RETRIEVAL_DOCUMENT",
    "classification": "CLASSIFICATION",
    "clustering": "CLUSTERING",
    "similarity": "SEMANTIC_SIMILARITY",
}


class GeminiEmbedder(msgspec.Struct, frozen=True):
    """See Embedder."""

    def write(self, wish: EmbeddingWish, endpoint: Endpoint) -> Outgoing:
        """See Embedder."""
        bounded(wish, _MOST)
        model = endpoint.upstream_model
        name = model if "/" in model else f"models/{model}"
        common: dict[str, Json] = {"model": name}
        tasked = model.rpartition("/")[2] not in _NO_TASKS
        if wish.dimensions is not None:
            common["outputDimensionality"] = wish.dimensions
        if wish.input_type is not None and tasked:
            common["taskType"] = _TASKS.get(wish.input_type, wish.input_type)
        requests: list[Json] = [
            {**common, "content": {"parts": [{"text": text}]}}
            for text in texts_of(wish, endpoint.provider)
        ]
        said = {
            "dimensions": wish.dimensions is not None,
            "input_type": wish.input_type is not None and tasked,
        }
        return Outgoing(
            request=UpstreamRequest(
                path=f"/{quote(name)}:batchEmbedContents",
                body=msgspec.json.encode({"requests": requests}),
            ),
            dropped=("input_type",) if wish.input_type is not None and not tasked else (),
            translated=tuple(field for field, is_said in said.items() if is_said),
            emulated=("encoding_format",) if wish.encoding == "base64" else (),
        )

    def read(self, body: bytes) -> Vectors:
        """See Embedder."""
        answer = _ANSWER.decode(body)
        told = answer.usage_metadata
        found = answer.embeddings or ([answer.embedding] if answer.embedding else [])
        tokens = None if told is None else told.prompt_token_count
        return Vectors(
            rows=[one.values for one in found],
            usage=None if tokens is None else Usage(text_in=max(0, tokens)),
        )
