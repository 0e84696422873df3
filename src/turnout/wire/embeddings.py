"""Shapes of embedding requests and answers on the wire, for decoding only.

Source: contract section 2.6 and https://platform.openai.com/docs/api-reference/embeddings.
"""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Raw

from turnout.core.preferences import Preferences
from turnout.wire.openai_chat import Count, ModelName

Input: TypeAlias = str | list[str | int | list[int] | dict[str, Raw]]
"""Text, texts, tokens, lists of tokens, or inputs with media; a list holds one kind of them."""
Encoding: TypeAlias = Literal["float", "base64"]


class EmbeddingRequest(msgspec.Struct):
    """POST /embeddings. None is "unsaid": null and absent mean the same everywhere."""

    input: Input
    model: ModelName | None = None
    models: list[ModelName] | None = None
    dimensions: Count | None = None
    encoding_format: Encoding | None = None
    input_type: str | None = None
    provider: Preferences | None = None
    session_id: Annotated[str, Meta(max_length=256)] | None = None
    user: str | None = None


class Counted(msgspec.Struct):
    """Usage as OpenAI, Voyage and Jina write it."""

    prompt_tokens: int | None = None
    total_tokens: int | None = None


class OpenAIVector(msgspec.Struct):
    """One vector: a list of numbers, or base64 of float32, little-endian."""

    embedding: Raw
    index: int | None = None


class OpenAIVectors(msgspec.Struct):
    """OpenAI's answer."""

    data: list[OpenAIVector]
    usage: Counted | None = None
    id: str | None = None


class GeminiVector(msgspec.Struct):
    """One vector of Gemini's."""

    values: Raw


class GeminiCount(msgspec.Struct, rename="camel"):
    """Usage, which only newer models tell."""

    prompt_token_count: int | None = None


class GeminiVectors(msgspec.Struct, rename="camel"):
    """Gemini's answer to batchEmbedContents, and to embedContent with its one vector.

    Source: https://ai.google.dev/api/embeddings.
    """

    embeddings: list[GeminiVector] = []
    embedding: GeminiVector | None = None
    usage_metadata: GeminiCount | None = None


class BilledUnits(msgspec.Struct):
    """What Cohere bills."""

    input_tokens: float | None = None
    image_tokens: float | None = None
    search_units: float | None = None


class Told(msgspec.Struct):
    """The `meta` of Cohere."""

    billed_units: BilledUnits | None = None


class ByType(msgspec.Struct):
    """Vectors by the type asked for; we ask for floats."""

    float: list[Raw]


class CohereVectors(msgspec.Struct):
    """Cohere's answer, by type or (older models on Bedrock) bare."""

    embeddings: ByType | list[Raw]
    id: str | None = None
    meta: Told | None = None


class OllamaVectors(msgspec.Struct):
    """Ollama's answer to /api/embed. https://docs.ollama.com/api/embed."""

    embeddings: list[Raw]
    prompt_eval_count: int | None = None


class NovaVector(msgspec.Struct):
    """One vector of Nova's."""

    embedding: Raw


class NovaVectors(msgspec.Struct):
    """Nova's answer."""

    embeddings: list[NovaVector]


class TitanVector(msgspec.Struct, rename="camel"):
    """Titan's answer, one vector."""

    embedding: Raw
    input_text_token_count: int | None = None
