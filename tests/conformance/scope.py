"""Which recorded exchanges are asked of the gateway, at which provider, and why the others are not.

Nothing here knows the recordings at hand: an api is "<provider>.<kind>", and the kind says the
dialect. A provider that has no file of its own is played as a compatible server.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, cast

import msgspec
from tests.recordings import Exchange
from tests.wire.heard import Fields

from turnout.core.types import Dialect
from turnout.providers import find

KINDS: Final[Mapping[str, Dialect]] = {
    "chat": "openai.chat",
    "openai.chat": "openai.chat",
    "responses": "openai.responses",
    "messages": "anthropic.messages",
    "anthropic.rawPredict": "anthropic.messages",
    "anthropic.streamRawPredict": "anthropic.messages",
    "generateContent": "gemini",
    "streamGenerateContent": "gemini",
    "converse": "bedrock.converse",
    "converseStream": "bedrock.converse",
    "v2.chat": "cohere.chat",
    "embeddings": "openai.embeddings",
    "invoke.embed": "openai.embeddings",
    "v1.embed": "openai.embeddings",
    "v2.embed": "openai.embeddings",
    "embedContent": "openai.embeddings",
    "batchEmbedContents": "openai.embeddings",
    "v2.rerank": "rerank",
    "completions": "openai.completions",
    "count_tokens": "anthropic.messages",
}

Side = Literal["", "vectors", "ranking", "completion", "count"]
_SIDES: Final[Mapping[Dialect, Side]] = {
    "openai.embeddings": "vectors",
    "rerank": "ranking",
    "openai.completions": "completion",
}

NOT_ASKED: Final[Mapping[str, str]] = {
    "models": "a list of models, which the gateway has of its own",
    "batches": "batches are not served",
    "batchGenerateContent": "batches are not served",
    "conversations": "stored conversations are not served: the gateway keeps no prompts",
    "responses.item": "stored responses are not served: the gateway keeps no prompts",
    "responses.compact": "compaction is not served",
    "responses.input_tokens": "counting by this route is not served",
    "countTokens": "counting by this route is not served",
    "v1.tokenize": "counting by this route is not served",
    "cachedContents": "stored contexts are not served",
    "interactions": "an API of stored conversations, not served",
    "images": "making images by a route of its own is not served",
    "transcriptions": "transcription is not served",
    "invoke": "the same models are asked by Converse",
    "invokeStream": "the same models are asked by Converse",
    "v1.chat": "Cohere's first chat API; the second is asked",
    "embed": "Ollama's own embedding route; its compatible one is asked",
    "complete": "Anthropic's first API, before Messages",
    "predict": "Vertex's older embedding route; embedContent is asked",
}
"""Kinds that no route of the gateway leads to."""

_SERVERS: Final[Mapping[Dialect, str]] = {
    "openai.chat": "openai-compatible",
    "openai.responses": "openai-responses",
    "anthropic.messages": "anthropic",
    "gemini": "gemini",
    "bedrock.converse": "bedrock",
    "cohere.chat": "cohere",
    "ollama.chat": "ollama",
    "openai.embeddings": "openai-compatible",
    "openai.completions": "openai-compatible",
    "rerank": "cohere",
}
_PROVIDERS: Final[Mapping[str, str]] = {
    "gemini": "google-ai-studio",
    "vertex": "google-vertex",
    "bedrock": "amazon-bedrock",
    "moonshot": "moonshotai",
}
_AUTHORS: Final[Mapping[str, str]] = {
    "claude": "anthropic",
    "gemini": "google",
    "gpt": "openai",
    "grok": "x-ai",
    "o1": "openai",
    "o3": "openai",
    "o4": "openai",
}
_MODEL_IN_URL: Final = re.compile(
    r"/models?/([^/?]+?)(?::[A-Za-z]+)?(?:/(?:converse|invoke|count)[^?]*)?(?:\?|\Z)"
)
_MARKS: Final[Mapping[str, frozenset[str]]] = {
    "openai.chat": frozenset({"choices"}),
    "openai.responses": frozenset({"object", "output"}),
    "anthropic.messages": frozenset({"content", "stop_reason"}),
    "gemini": frozenset({"candidates"}),
    "bedrock.converse": frozenset({"output", "stopReason"}),
    "cohere.chat": frozenset({"message", "finish_reason"}),
    "ollama.chat": frozenset({"message", "done"}),
    "a stored context": frozenset({"name", "expireTime"}),
}
"""What whole answers of a dialect have, and of no other."""
_BEGINNING: Final = re.compile(r'"type":\s*"(?:message_start|response\.created)"')

_NO_SLUG: Final = re.compile(r"[^a-z0-9-]+")
_NUMBER: Final = re.compile(r'^data:.*"sequence_number":\s*(\d+)', re.MULTILINE)


class Way(msgspec.Struct, frozen=True):
    """Where an exchange is asked: a provider of the gateway, the dialect it is played in.

    `kind` is what turnout.toml calls a server of that dialect, "" for a provider with a file;
    `side` is "" for chats.
    """

    provider: str
    dialect: Dialect
    kind: str = ""
    side: Side = ""


def way_of(exchange: Exchange) -> Way | str:
    """The way, or why there is none."""
    house, _, kind = exchange.api.partition(".")
    if kind == "invoke" and "embed" in exchange.url:
        kind = "invoke.embed"  # embedding models have no other route at Bedrock
    if kind in NOT_ASKED:
        return NOT_ASKED[kind]
    dialect = KINDS.get(kind)
    if dialect is None:
        return f"no dialect is known for the kind {kind}"
    if house == "ollama":
        house, dialect = _at_ollama(exchange, dialect)
    side: Side = "count" if kind == "count_tokens" else _SIDES.get(dialect, "")
    unplayable = _unplayable(exchange, dialect)
    if unplayable is not None:
        return unplayable
    provider = find(_PROVIDERS.get(house, house))
    if provider is not None and side == "vectors" and dialect not in provider.dialects:
        return "embeddings of this provider are not served"
    # "local" is a recorder's own server, not our model.
    if provider is None or provider.id == "local" or dialect not in provider.dialects:
        server = _SERVERS[dialect]
        return Way(f"recorded-{_NO_SLUG.sub('-', house.lower())}-{server}", dialect, server, side)
    return Way(provider.id, dialect, side=side)


def _at_ollama(exchange: Exchange, dialect: Dialect) -> tuple[str, Dialect]:
    """Its own surface, or the compatible one, which a provider of ours speaks in the cloud."""
    if dialect != "openai.chat":
        return "ollama", dialect
    native = exchange.url.rstrip("/").endswith("/api/chat")
    return ("ollama", "ollama.chat") if native else ("ollama-cloud", dialect)


def _unplayable(exchange: Exchange, dialect: Dialect) -> str | None:
    """Why a recording is not one answer of one model."""
    if exchange.method.upper() != "POST":
        return f"a {exchange.method}, not a request to a model"
    if "enum-encoding%3Dint" in exchange.url or "enum-encoding=int" in exchange.url:
        return "enumerations as numbers, which only Google's generated clients ask for"
    if (other := _another(exchange, dialect)) is not None:
        return f"the answer is not of the route it is filed under, but of {other}"
    if exchange.streamed and len(_BEGINNING.findall(exchange.response_body)) > 1:
        return "the recording holds several answers, one behind the other"
    if exchange.streamed and _has_gaps(exchange):
        return "the recording leaves events of its stream out: their numbers have gaps"
    return None


def _has_gaps(exchange: Exchange) -> bool:
    found = [int(number) for number in _NUMBER.findall(exchange.response_body)]
    return found != list(range(found[0], found[0] + len(found))) if found else False


def _another(exchange: Exchange, dialect: Dialect) -> str | None:
    """The dialect that an answer is plainly in, where it is not the one of its address."""
    if exchange.streamed or exchange.status >= 400:
        return None
    try:
        body: Any = json.loads(exchange.response_body)
    except ValueError:
        return None
    told: Any = cast("Fields", body) if isinstance(body, dict) else {}
    if dialect not in _MARKS or _MARKS[dialect] <= told.keys():
        return None
    return next((other for other, marks in _MARKS.items() if marks <= told.keys()), None)


def model_of(exchange: Exchange) -> str:
    """The model as the provider calls it."""
    body = exchange.request_json or {}
    named = body.get("model")
    if isinstance(named, str) and named:
        return named
    found = _MODEL_IN_URL.search(exchange.url)
    return found.group(1).replace("%3A", ":") if found else "recorded"


def author_of(exchange: Exchange) -> str:
    """Who made the model: sealed thinking goes back to its maker alone."""
    name = model_of(exchange).lower()
    return next((author for mark, author in _AUTHORS.items() if mark in name), "recorded")


def streams(exchange: Exchange) -> bool:
    """Whether the answer is a stream, in whichever framing."""
    kind = exchange.api.rpartition(".")[2].lower()
    if exchange.status >= 400:
        return bool((exchange.request_json or {}).get("stream")) or "stream" in kind
    if exchange.streamed or "stream" in kind:
        return True
    content_type = {n.lower(): v for n, v in exchange.response_headers.items()}.get(
        "content-type", ""
    )
    return "ndjson" in content_type or len(_json_lines(exchange.response_body)) > 1


def _json_lines(body: str) -> list[str]:
    lines = [line for line in body.splitlines() if line.strip()]
    return lines if all(line.startswith("{") and line.endswith("}") for line in lines) else []
