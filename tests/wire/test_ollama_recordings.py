"""Recorded traffic of Ollama's own /api/chat, with a reading of its own beside the adapter's."""

import json
import random
from typing import Final

import msgspec
import pytest
from tests.recordings import Exchange, load
from tests.wire.heard import Call, Counts, Fields, Heard, Voice, child, from_gateway, items, text
from tests.wire.ollama_asked import as_chat, comparable

from turnout.core.errors import FailureKind
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Outgoing, UpstreamRequest
from turnout.dialects.bridge import Translation
from turnout.dialects.ollama_chat.adapter import OllamaChat
from turnout.dialects.openai_chat.client import CLIENT

pytestmark = pytest.mark.recordings

BRIDGE: Final = Translation(CLIENT, OllamaChat())
HEAD: Final = Head("gen-recorded", 1_700_000_000, "author/model", "Provider")
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))


def is_native(exchange: Exchange) -> bool:
    """Some answers of the compatible surface were filed under the native one's address."""
    return exchange.url.endswith("/api/chat") and '"choices"' not in exchange.response_body


ALL: Final = [one for one in load(["ollama.chat"]) if is_native(one)]
ANSWERS: Final = [one for one in ALL if one.status == 200]
REFUSED: Final = [one for one in ALL if one.status != 200]
ASKED: Final = [one for one in ALL if one.request_json]


def each(exchanges: list[Exchange]) -> pytest.MarkDecorator:
    """One test for each of them, by name."""
    return pytest.mark.parametrize("exchange", exchanges, ids=lambda one: one.name)


def lines_of(exchange: Exchange) -> list[Fields]:
    """The JSON texts: one for a whole answer, which may be spread over lines."""
    try:
        return [json.loads(exchange.response_body)]
    except ValueError:
        return [json.loads(line) for line in exchange.response_body.splitlines() if line.strip()]


def from_ollama(lines: list[Fields]) -> Heard:
    """What Ollama said."""
    heard, voice = Heard(), Voice()
    heard.choices[0] = voice
    for line in lines:
        message = child(line, "message")
        voice.text += text(message, "content")
        voice.reasoning += text(message, "thinking")
        for item in items(message, "tool_calls"):
            function = child(item, "function")
            call = Call(text(item, "id"), function["name"], json.dumps(function["arguments"]))
            voice.calls.append(call)
        if line["done"]:
            heard.ended = True
            voice.finish = "length" if line["done_reason"] == "length" else "stop"
            if "eval_count" in line:
                heard.usage = Counts(line["prompt_eval_count"], line["eval_count"], 0, 0)
    if voice.calls and voice.finish == "stop":
        voice.finish = "tool_calls"
    return heard


def bill(usage: Usage | None) -> Bill:
    """The provider's own counts, at no known price."""
    return Bill(usage=usage or Usage(), charge=None)


def assert_same(told: Heard, got: Heard) -> None:
    """The client heard what the provider said; ids that were not sent are made up."""
    said, heard = told.choices[0], got.choices[0]
    assert (heard.text, heard.reasoning, heard.finish) == (said.text, said.reasoning, said.finish)
    assert [(call.name, json.loads(call.arguments)) for call in heard.calls] == [
        (call.name, json.loads(call.arguments)) for call in said.calls
    ]
    assert all(
        mine.id == (theirs.id or mine.id)
        for mine, theirs in zip(heard.calls, said.calls, strict=True)
    )
    assert len({call.id for call in heard.calls}) == len(heard.calls)
    assert got.usage == told.usage or told.usage is None


@each(ANSWERS)
def test_recorded_answer_reaches_the_client(exchange: Exchange) -> None:
    """Lines as a stream and one body as an answer say what Ollama said, cut anywhere."""
    lines = lines_of(exchange)
    told = from_ollama(lines)
    if len(lines) == 1:
        answer = BRIDGE.answer(exchange.body, HEAD, SENT)
        whole = answer.render(bill(answer.tally.usage))
        assert_same(told, from_gateway(whole, streamed=False))
        return
    whole = relay([exchange.body])
    assert_same(told, from_gateway(whole, streamed=True))
    for longest in (5, 200):
        chance = random.Random(exchange.id)
        parts: list[bytes] = []
        rest = exchange.body
        while rest:
            size = chance.randint(1, longest)
            parts.append(rest[:size])
            rest = rest[size:]
        assert relay(parts) == whole


def relay(parts: list[bytes]) -> bytes:
    """What the client gets when the upstream sends these pieces."""
    stream = BRIDGE.stream(HEAD, SENT)
    out = [stream.feed(part) for part in parts] + [stream.end()]
    assert stream.tally.error is None
    assert stream.tally.ended
    return b"".join([*out, stream.close(bill(stream.tally.usage))])


@each(ASKED)
def test_recorded_request_goes_up_as_recorded(exchange: Exchange) -> None:
    """What was asked of Ollama and can be said in the contract goes up as it was asked."""
    recorded = exchange.request_json
    assert recorded is not None
    inbound = CLIENT.read(msgspec.json.encode(as_chat(recorded)), {})
    endpoint = Endpoint(
        id="author/model@ollama",
        model="author/model",
        provider="ollama",
        tag="ollama",
        upstream_model=recorded["model"],
        price=Unpriced(),
        context_tok=32_768,
    )
    outgoing = BRIDGE.request(inbound, endpoint)
    assert outgoing.dropped == ()
    assert comparable(json.loads(outgoing.request.body)) == comparable(recorded)


@each(REFUSED)
def test_recorded_refusal_is_understood(exchange: Exchange) -> None:
    """A model that is not there is told as such."""
    error = OllamaChat().decode_error(exchange.status, exchange.response_headers, exchange.body)
    assert error.kind is FailureKind.MODEL_NOT_FOUND
    assert "not found" in error.message


def test_recordings_hold_what_is_tested() -> None:
    """A renamed api would otherwise pass by testing nothing."""
    assert all((ANSWERS, REFUSED, ASKED)) or not ALL
