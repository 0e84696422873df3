"""The sides of a provider: embeddings, rankings, text completions and counts of tokens."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import cohere
from openai.types import Completion, CreateEmbeddingResponse
from tests.answers import Heard as Answer
from tests.conformance.asked import unequal
from tests.conformance.player import Player
from tests.conformance.refusals import message_of, refused
from tests.conformance.rows import Row, judged
from tests.conformance.scope import Way, streams
from tests.conformance.setup import slug
from tests.gateway import Gateway
from tests.recordings import Exchange
from tests.wire.heard import Fields, payloads
from tests.wire.vectors import (
    asked_of,
    by_cohere,
    by_gemini,
    by_hand,
    by_openai,
    numbers,
    of_other_type,
)

_ROUTES: Final = {
    "vectors": "/api/v1/embeddings",
    "ranking": "/api/v1/rerank",
    "completion": "/api/v1/completions",
    "count": "/api/v1/messages/count_tokens",
}
_VECTORS: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "ollama.embed": by_hand,
    "voyage.embeddings": by_hand,
    "gemini.batchEmbedContents": by_gemini,
    "gemini.embedContent": by_gemini,
    "cohere.v1.embed": by_cohere,
    "cohere.v2.embed": by_cohere,
    "bedrock.invoke": lambda body: (by_cohere if b'"embeddings"' in body else by_hand)(body),
}
_OWN_FORM: Final = ("bedrock.invoke", "gemini.embedContent", "ollama.embed", "cohere.v1.embed")
"""Requests in forms that no reader here says in the contract's."""


class Sides:
    """One gateway and the player behind it."""

    def __init__(self, gateway: Gateway, player: Player) -> None:
        self._gateway = gateway
        self._player = player

    def rows(self, exchange: Exchange, way: Way) -> Iterator[Row]:
        """Everything that is checked of one exchange."""
        client = way.dialect
        asked = _asked(exchange, way)
        if isinstance(asked, str):
            yield Row(exchange, client, "request", "excluded", asked)
            answer = self._call(exchange, way, _PLAIN[way.side], None)
        else:
            answer = self._call(exchange, way, asked[0], None)
            if not self._player.asked:
                yield Row(exchange, client, "request", "excluded", f"refused: {message_of(answer)}")
                answer = self._call(exchange, way, _PLAIN[way.side], None)
            elif asked[1] is not None:
                sent: Fields = json.loads(self._player.asked[0].body)
                if "messages" in sent and "prompt" in asked[1]:
                    why = "recast as a conversation, for a model that only chats"
                    yield Row(exchange, client, "request", "excluded", why)
                else:
                    found = unequal(_bare(sent), _bare(asked[1]), set())
                    yield judged(exchange, client, "request", found)
        if way.side == "vectors" and of_other_type(exchange):
            why = "vectors in bits or bytes: the contract has floats alone"
            yield Row(exchange, client, "answer", "excluded", why)
            return
        if "response" in exchange.elided:
            yield Row(exchange, client, "answer", "excluded", "the recording was cut")
            return
        yield judged(exchange, client, "answer", _found(exchange, way, answer))
        if streams(exchange) and exchange.status < 400:
            again = self._call(exchange, way, _PLAIN[way.side], "cut")
            yield judged(exchange, client, "cut stream", _found(exchange, way, again))

    def _call(self, exchange: Exchange, way: Way, body: Fields, seed: str | None) -> Answer:
        self._player.play(exchange, seed)
        routed = {**body, "model": slug(exchange, "chat")}
        if way.side == "completion":
            routed["stream"] = streams(exchange)
        return self._gateway.call("POST", _ROUTES[way.side], routed)


_PLAIN: Final[Mapping[str, Fields]] = {
    "vectors": {"input": "as recorded", "encoding_format": "float"},
    "ranking": {"query": "as recorded", "documents": [f"{place}" for place in range(100)]},
    "completion": {"prompt": "as recorded"},
    "count": {"messages": [{"role": "user", "content": "as recorded"}]},
}


def _asked(exchange: Exchange, way: Way) -> tuple[Fields, Fields | None] | str:
    """The recorded request as a client would send it and what must go up; why not, or neither."""
    recorded = exchange.request_json
    if recorded is None or "request" in exchange.elided:
        return _PLAIN[way.side], None
    match way.side:
        case "count" | "completion":
            return dict(recorded), dict(recorded)
        case "ranking":
            return {name: recorded[name] for name in ("query", "documents", "top_n")}, recorded
        case _:
            return _embedded(exchange, recorded)


def _embedded(exchange: Exchange, recorded: Fields) -> tuple[Fields, Fields] | str:
    """An embedding request."""
    if exchange.api in _OWN_FORM:
        return "its form has no reader here"
    if "model" not in recorded and "requests" not in recorded:
        return "it names no model"
    parts = [one["content"]["parts"] for one in recorded.get("requests", ())]
    if any(len(inside) != 1 for inside in parts):
        return "several parts joined into one vector: no other dialect says that"
    if any("text" not in inside[0] for inside in parts):
        return "media in the form of one provider"
    try:
        asked, expected, _ = asked_of(exchange)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return f"no request that its reader knows: {type(error).__name__}"
    return asked, expected


def _bare(request: Fields) -> Fields:
    """Without what is said by default; vectors may be asked for in the gateway's own choice."""
    skipped = ("model", "user", "encoding_format", "stream_options")
    return {n: v for n, v in request.items() if n not in skipped and v is not None}


def _found(exchange: Exchange, way: Way, answer: Answer) -> list[str]:
    if exchange.status >= 400:
        if way.side == "count" and answer.status == 200:  # counted here then, and said so
            return [] if answer.json.get("estimated") else ["an estimate that does not say so"]
        return refused(exchange, answer)
    if answer.status != 200:
        return [f"{answer.status}: {message_of(answer)}"]
    return _JUDGES[way.side](exchange, answer)


def _vectors(exchange: Exchange, answer: Answer) -> list[str]:
    judge = _VECTORS.get(exchange.api, by_openai)
    vectors, tokens = judge(exchange.body)
    told = CreateEmbeddingResponse.model_validate(_loose(answer.body))
    found: list[str] = []
    if [numbers(one.embedding) for one in told.data] != [numbers(one) for one in vectors]:
        found.append(f"other vectors: {len(told.data)} for {len(vectors)}")
    if tokens is not None and told.usage.prompt_tokens != tokens:
        found.append(f"usage: {told.usage.prompt_tokens} for {tokens}")
    return found


def _loose(body: bytes) -> Fields:
    """The SDK's type knows numbers alone; base64 is decoded by its client."""
    told: Fields = json.loads(body)
    for one in told["data"]:
        one["embedding"] = numbers(one["embedding"])
    return told


def _ranking(exchange: Exchange, answer: Answer) -> list[str]:
    theirs = cohere.V2RerankResponse.model_validate_json(exchange.body)
    told = answer.json
    found: list[str] = []
    ranked = [(one.index, one.relevance_score) for one in theirs.results]
    if [(one["index"], one["relevance_score"]) for one in told["results"]] != ranked:
        found.append("another order or other scores")
    units = theirs.meta.billed_units.search_units if theirs.meta and theirs.meta.billed_units else 0
    if (told["usage"].get("search_units") or 0) != (units or 0):
        found.append(f"search units: {told['usage'].get('search_units')} for {units}")
    return found


def _completion(exchange: Exchange, answer: Answer) -> list[str]:
    if _said(answer.body.decode()) != _said(exchange.response_body):
        return ["other text, reasons or counts"]
    return []


def _said(body: str) -> tuple[str, list[str], int | None]:
    """Text, reasons and count of a completion, whole or streamed, by the SDK's own type."""
    pieces = payloads(body) if body.lstrip().startswith(("data:", ":")) else [body]
    text, reasons, counted = "", list[str](), None
    for piece in pieces:
        if piece.strip() == "[DONE]":
            continue
        told = Completion.construct(**json.loads(piece))
        for choice in told.choices or ():
            text += choice.text or ""
            if choice.finish_reason:
                reasons.append(choice.finish_reason)
        if told.usage is not None:
            counted = told.usage.completion_tokens
    return text, reasons, counted if len(pieces) == 1 else None


def _count(exchange: Exchange, answer: Answer) -> list[str]:
    told, theirs = answer.json["input_tokens"], json.loads(exchange.body)["input_tokens"]
    return [] if told == theirs else [f"{told} for {theirs}"]


_JUDGES: Final[Mapping[str, Callable[[Exchange, Answer], list[str]]]] = {
    "vectors": _vectors,
    "ranking": _ranking,
    "completion": _completion,
    "count": _count,
}
