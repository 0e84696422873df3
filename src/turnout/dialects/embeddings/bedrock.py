"""Titan's, Nova's and Cohere's embeddings through Bedrock's InvokeModel.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
and model-parameters-embed.html, https://docs.aws.amazon.com/nova/latest/userguide (embeddings),
and recorded traffic (read 2026-11-25).
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
from turnout.wire.embeddings import NovaVectors, TitanVector

_TITAN: Final = msgspec.json.Decoder(TitanVector)
_NOVA: Final = msgspec.json.Decoder(NovaVectors)
_USUAL: Final = "GENERIC_INDEX"
_PURPOSES: Final = {
    "search_query": "GENERIC_RETRIEVAL",
    "query": "GENERIC_RETRIEVAL",
    "search_document": "GENERIC_INDEX",
    "document": "GENERIC_INDEX",
    "passage": "GENERIC_INDEX",
    "classification": "CLASSIFICATION",
    "clustering": "CLUSTERING",
}


class BedrockEmbedder(msgspec.Struct, frozen=True):
    """See Embedder. The model's family decides the shape; Titan and Nova take one text a time."""

    def write(self, wish: EmbeddingWish, endpoint: Endpoint) -> Outgoing:
        """See Embedder."""
        model = endpoint.upstream_model
        path = f"/model/{quote(model, safe='')}/invoke"
        if "cohere." in model:
            return cohere_request(wish, endpoint, path, {})
        bounded(wish, 1)
        text = texts_of(wish, endpoint.provider)[0]
        translated: tuple[str, ...] = ()
        if "titan-embed" in model:
            body = _titan(text, wish)
        elif "nova" in model:
            body = _nova(text, wish)
            said = {"dimensions": wish.dimensions, "input_type": wish.input_type}
            translated = tuple(name for name, value in said.items() if value is not None)
        else:
            raise invalid("model", "only Titan, Nova and Cohere embed on Bedrock.")
        lost = wish.input_type is not None and "input_type" not in translated
        return Outgoing(
            request=UpstreamRequest(path=path, body=msgspec.json.encode(body)),
            dropped=("input_type",) if lost else (),
            translated=translated,
            emulated=("encoding_format",) if wish.encoding == "base64" else (),
        )

    def read(self, body: bytes) -> Vectors:
        """See Embedder."""
        if b'"embeddings"' not in body:
            answer = _TITAN.decode(body)
            tokens = answer.input_text_token_count
            usage = None if tokens is None else Usage(text_in=max(0, tokens))
            return Vectors(rows=[answer.embedding], usage=usage)
        if b'"embedding"' in body:
            return Vectors(rows=[one.embedding for one in _NOVA.decode(body).embeddings])
        return cohere_vectors(body)


def _titan(text: str, wish: EmbeddingWish) -> dict[str, Json]:
    body: dict[str, Json] = {"inputText": text}
    if wish.dimensions is not None:
        body["dimensions"] = wish.dimensions
    return body


def _nova(text: str, wish: EmbeddingWish) -> dict[str, Json]:
    said = wish.input_type or ""
    params: dict[str, Json] = {
        "embeddingPurpose": _PURPOSES.get(said, said) or _USUAL,
        "text": {"value": text, "truncationMode": "NONE"},
    }
    if wish.dimensions is not None:
        params["embeddingDimension"] = wish.dimensions
    return {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": params}
