"""Titan's and Cohere's embeddings through Bedrock's InvokeModel.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
and model-parameters-embed.html, and recorded traffic (read 2026-11-25).
"""

from typing import Final
from urllib.parse import quote

import msgspec

from turnout.core.errors import invalid
from turnout.core.types import Endpoint
from turnout.core.usage import Usage
from turnout.dialects.adapter import Outgoing, UpstreamRequest
from turnout.dialects.embeddings.asked import EmbeddingWish, bounded, texts_of
from turnout.dialects.embeddings.cohere import cohere_request, cohere_vectors
from turnout.dialects.embeddings.vectors import Vectors
from turnout.dialects.openai_chat.deltas import Json
from turnout.wire.embeddings import TitanVector

_TITAN: Final = msgspec.json.Decoder(TitanVector)


class BedrockEmbedder(msgspec.Struct, frozen=True):
    """See Embedder. The model's family decides the shape: "cohere." or "amazon.titan-embed"."""

    def write(self, wish: EmbeddingWish, endpoint: Endpoint) -> Outgoing:
        """See Embedder."""
        model = endpoint.upstream_model
        path = f"/model/{quote(model, safe='')}/invoke"
        if "cohere." in model:
            return cohere_request(wish, endpoint, path, {})
        if "titan-embed" not in model:
            raise invalid("model", "only Titan's and Cohere's embeddings are served on Bedrock.")
        bounded(wish, 1)
        body: dict[str, Json] = {"inputText": texts_of(wish, endpoint.provider)[0]}
        if wish.dimensions is not None:
            body["dimensions"] = wish.dimensions
        return Outgoing(
            request=UpstreamRequest(path=path, body=msgspec.json.encode(body)),
            dropped=("input_type",) if wish.input_type is not None else (),
            emulated=("encoding_format",) if wish.encoding == "base64" else (),
        )

    def read(self, body: bytes) -> Vectors:
        """See Embedder."""
        if b'"embeddings"' in body:
            return cohere_vectors(body)
        answer = _TITAN.decode(body)
        tokens = answer.input_text_token_count
        usage = None if tokens is None else Usage(text_in=max(0, tokens))
        return Vectors(rows=[answer.embedding], usage=usage)
