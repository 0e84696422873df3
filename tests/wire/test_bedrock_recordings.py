"""Recorded traffic of Bedrock's Converse, judged by AWS's own model of it (botocore)."""

import json
import random
from typing import Any, Final

import msgspec
import pytest
from tests.recordings import Exchange, load
from tests.wire.bedrock_asked import comparable
from tests.wire.bedrock_heard import (
    UnsayableError,
    as_chat,
    faults,
    from_bedrock,
    stream_from_bedrock,
    wire_bytes,
)
from tests.wire.heard import Heard, from_gateway

from turnout.core.errors import FailureKind
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Outgoing, UpstreamRequest
from turnout.dialects.bedrock_converse.adapter import BedrockConverse
from turnout.dialects.bridge import Translation
from turnout.dialects.openai_chat.client import CLIENT
from turnout.flow.attempt import with_options

pytestmark = pytest.mark.recordings

BRIDGE: Final = Translation(CLIENT, BedrockConverse())
HEAD: Final = Head("gen-recorded", 1_700_000_000, "author/model", "Provider")
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
ALL: Final = load(["bedrock.converse", "bedrock.converseStream"])
WHOLE: Final = [one for one in ALL if one.status == 200 and one.api == "bedrock.converse"]
STREAMS: Final = [one for one in ALL if one.status == 200 and one.api == "bedrock.converseStream"]
REFUSED: Final = [one for one in ALL if one.status != 200]
ASKED: Final = [
    one
    for one in ALL
    if one.status == 200 and one.request_json and one.request_json.get("messages")
]
SAID_APART: Final = ("guardrailConfig", "performanceConfig")


def each(exchanges: list[Exchange]) -> pytest.MarkDecorator:
    """One test for each of them, by name."""
    return pytest.mark.parametrize("exchange", exchanges, ids=lambda one: one.name)


def bill(usage: Usage | None) -> Bill:
    """The provider's own counts, at no known price."""
    return Bill(usage=usage or Usage(), charge=None)


def assert_same(told: Heard, got: Heard) -> None:
    """The client heard what the provider said."""
    said, heard = told.choices[0], got.choices[0]
    assert (heard.text, heard.reasoning, heard.finish) == (said.text, said.reasoning, said.finish)
    assert [(call.id, call.name) for call in heard.calls] == [
        (call.id, call.name) for call in said.calls
    ]
    for mine, theirs in zip(heard.calls, said.calls, strict=True):
        assert json.loads(mine.arguments) == json.loads(theirs.arguments)
    if told.usage is not None:
        assert got.usage == told.usage


@each(WHOLE)
def test_recorded_answer_reaches_the_client(exchange: Exchange) -> None:
    """A whole answer says to the client what botocore reads in it."""
    answer = BRIDGE.answer(exchange.body, HEAD, SENT)
    got = from_gateway(answer.render(bill(answer.tally.usage)), streamed=False)
    told = from_bedrock(exchange)
    if not got.choices:  # nothing was said but the end
        assert (told.choices[0].text, told.choices[0].calls) == ("", [])
        return
    assert_same(told, got)
    assert (answer.tally.usage is None) == (told.usage is None)


def pieces(body: bytes, longest: int, seed: str) -> list[bytes]:
    """The body cut at random bytes."""
    chance = random.Random(seed)
    cuts: list[bytes] = []
    at = 0
    while at < len(body):
        size = chance.randint(1, longest)
        cuts.append(body[at : at + size])
        at += size
    return cuts


def relay(parts: list[bytes]) -> bytes:
    """What the client gets when the upstream sends these pieces."""
    stream = BRIDGE.stream(HEAD, SENT)
    out = [stream.feed(part) for part in parts] + [stream.end()]
    assert stream.tally.error is None
    assert stream.tally.ended
    return b"".join([*out, stream.close(bill(stream.tally.usage))])


@each(STREAMS)
def test_recorded_stream_reaches_the_client(exchange: Exchange) -> None:
    """A stream says to the client what botocore reads in it, however the network cuts it."""
    body = wire_bytes(exchange)
    whole = relay([body])
    assert_same(stream_from_bedrock(body), from_gateway(whole, streamed=True))
    for longest in (7, 300):
        assert relay(pieces(body, longest, exchange.id)) == whole


def endpoint(exchange: Exchange) -> Endpoint:
    """The recorded model."""
    name = exchange.url.partition("/model/")[2].partition("/converse")[0]
    return Endpoint(
        id="author/model@amazon-bedrock",
        model="author/model",
        provider="amazon-bedrock",
        tag="amazon-bedrock",
        upstream_model=name.replace("%3A", ":").replace("%2F", "/"),
        price=Unpriced(),
        context_tok=1_000_000,
    )


@each(ASKED)
def test_recorded_request_goes_up_as_recorded(exchange: Exchange) -> None:
    """What was asked of Bedrock and can be said in the contract goes up as it was asked."""
    recorded = exchange.request_json
    assert recorded is not None
    try:
        chat = as_chat(recorded, stream=exchange.api.endswith("Stream"))
    except UnsayableError as reason:
        pytest.skip(f"the contract has no words for it: {reason}")
    inbound = CLIENT.read(msgspec.json.encode(chat), {})
    outgoing = BRIDGE.request(inbound, endpoint(exchange))
    assert outgoing.dropped == ()
    options = {
        n: msgspec.Raw(msgspec.json.encode(recorded[n])) for n in SAID_APART if n in recorded
    }
    request = with_options(outgoing.request, options)
    sent: dict[str, Any] = json.loads(request.body)
    assert comparable(sent) == comparable(recorded)
    assert faults(request.body) == ""
    assert exchange.url.partition("?")[0].endswith(request.path)


@each(REFUSED)
def test_recorded_refusal_is_understood(exchange: Exchange) -> None:
    """A model that is not there is told from a request that is wrong."""
    error = BedrockConverse().decode_error(
        exchange.status, exchange.response_headers, exchange.body
    )
    missing = "identifier is invalid" in exchange.response_body
    assert error.kind is (FailureKind.MODEL_NOT_FOUND if missing else FailureKind.BAD_REQUEST)
    assert error.message
    assert "://" not in error.message


def test_recordings_hold_what_is_tested() -> None:
    """A renamed api would otherwise pass by testing nothing."""
    assert all((WHOLE, STREAMS, REFUSED, ASKED)) or not ALL
