"""Ollama's own /api/embed. Source: https://docs.ollama.com/api/embed and recorded traffic."""

from typing import Final

import msgspec

from turnout.core.types import Endpoint
from turnout.core.usage import Usage
from turnout.dialects.adapter import Outgoing, UpstreamRequest
from turnout.dialects.embeddings.asked import EmbeddingWish, texts_of
from turnout.dialects.embeddings.vectors import Vectors
from turnout.dialects.openai_chat.deltas import Json
from turnout.wire.embeddings import OllamaVectors

_ANSWER: Final = msgspec.json.Decoder(OllamaVectors)


class OllamaEmbedder(msgspec.Struct, frozen=True):
    """See Embedder. Its default is to cut long inputs short, which nobody asked for."""

    path: str = "/api/embed"

    def write(self, wish: EmbeddingWish, endpoint: Endpoint) -> Outgoing:
        """See Embedder."""
        body: dict[str, Json] = {
            "model": endpoint.upstream_model,
            "input": list(texts_of(wish, endpoint.provider)),
            "truncate": wish.fields.get("truncate", False),
        }
        if wish.dimensions is not None:
            body["dimensions"] = wish.dimensions
        return Outgoing(
            request=UpstreamRequest(path=self.path, body=msgspec.json.encode(body)),
            dropped=("input_type",) if wish.input_type is not None else (),
            emulated=("encoding_format",) if wish.encoding == "base64" else (),
        )

    def read(self, body: bytes) -> Vectors:
        """See Embedder."""
        answer = _ANSWER.decode(body)
        tokens = answer.prompt_eval_count
        return Vectors(
            rows=answer.embeddings, usage=None if tokens is None else Usage(text_in=max(0, tokens))
        )
