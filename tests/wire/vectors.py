"""Recorded embeddings: what was asked and what came, read by the providers' own types."""

import base64
import json
import struct
from typing import Any

import cohere
from google.genai import types as gemini
from openai.types import CreateEmbeddingResponse
from tests.recordings import Exchange

Read = tuple[list[Any], int | None]
"""Vectors as lists of numbers or base64, and the tokens billed, None where nothing is said."""


def by_openai(body: bytes) -> Read:
    """OpenAI's own type, which OpenRouter, Ollama's second route and Mistral follow."""
    answer = CreateEmbeddingResponse.construct(**json.loads(body))
    return [one.embedding for one in answer.data], answer.usage.prompt_tokens


def by_hand(body: bytes) -> Read:
    """Voyage and Ollama have no types here."""
    answer = json.loads(body)
    if "data" in answer:
        return [one["embedding"] for one in answer["data"]], answer["usage"]["total_tokens"]
    if "embedding" in answer:
        return [answer["embedding"]], answer.get("inputTextTokenCount")
    return answer["embeddings"], answer.get("prompt_eval_count")


def by_gemini(body: bytes) -> Read:
    """Google's own type."""
    raw: dict[str, Any] = json.loads(body)
    usage: dict[str, int] = raw.pop("usageMetadata", {})  # newer than the type
    if "embedding" in raw:
        raw["embeddings"] = [raw.pop("embedding")]
    answer = gemini.EmbedContentResponse.model_validate(raw)
    return [one.values for one in answer.embeddings or ()], usage.get("promptTokenCount")


def by_cohere(body: bytes) -> Read:
    """Cohere's own type, or what Bedrock's models answer without it."""
    raw = json.loads(body)
    if isinstance(raw["embeddings"], list):
        rows: list[Any] = raw["embeddings"]
        return [one["embedding"] if isinstance(one, dict) else one for one in rows], None
    answer = cohere.EmbedByTypeResponse.model_validate(raw)
    billed = answer.meta.billed_units if answer.meta else None
    tokens = billed.input_tokens if billed else None
    return answer.embeddings.float_ or [], None if tokens is None else int(tokens)


def numbers(vector: Any) -> list[float]:
    """A vector as numbers, whichever form it has; base64 that was cut in the recording stays."""
    if not isinstance(vector, str):
        return [struct.unpack("<f", struct.pack("<f", one))[0] for one in vector]
    packed = base64.b64decode(vector)
    return list(struct.unpack(f"<{len(packed) // 4}f", packed))


def of_other_type(exchange: Exchange) -> bool:
    """Vectors of Cohere's in bits or bytes: the contract has floats alone."""
    types = (exchange.request_json or {}).get("embedding_types")
    return types is not None and types != ["float"]


def asked_of(exchange: Exchange) -> tuple[dict[str, Any], dict[str, Any], str]:
    """A client's request that means the recorded one, what must go up, and the model's name."""
    sent = {n: v for n, v in (exchange.request_json or {}).items() if v is not None}
    if exchange.api.startswith("gemini"):
        first = sent["requests"][0]
        for one in sent["requests"]:
            one["content"].pop("role", None)
        texts = [one["content"]["parts"][0]["text"] for one in sent["requests"]]
        asked = {"input": texts, "dimensions": first.get("outputDimensionality")}
        return asked | {"input_type": first.get("taskType")}, sent, first["model"]
    if exchange.api.startswith("cohere"):
        sent.pop("max_tokens", None)
        sent.setdefault("truncate", "NONE")
        asked = {"input": sent["texts"], "dimensions": sent.get("output_dimension")}
        more = {n: sent[n] for n in ("input_type", "truncate")}
        return asked | more, sent, sent["model"]
    return (
        {n: v for n, v in sent.items() if n != "output_dimension"}
        | {"dimensions": sent.get("output_dimension", sent.get("dimensions"))},
        sent,
        sent["model"],
    )
