"""Recorded traffic of Cohere's v2 chat, judged by the types of Cohere's own SDK."""

import json
import random
from typing import Final

import msgspec
import pytest
from tests.recordings import Exchange, load
from tests.wire.cohere_asked import as_chat, comparable
from tests.wire.cohere_heard import from_cohere, stream_from_cohere
from tests.wire.heard import Fields, Heard, from_gateway, items

from turnout.core.errors import FailureKind
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Outgoing, UpstreamRequest
from turnout.dialects.bridge import Translation
from turnout.dialects.cohere_chat.adapter import CohereChat
from turnout.dialects.openai_chat.client import CLIENT

pytestmark = pytest.mark.recordings

BRIDGE: Final = Translation(CLIENT, CohereChat())
HEAD: Final = Head("gen-recorded", 1_700_000_000, "author/model", "Provider")
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
ALL: Final = load(["cohere.v2.chat"])
WHOLE: Final = [one for one in ALL if not one.streamed]
STREAMS: Final = [one for one in ALL if one.streamed]
ASKED: Final = [one for one in ALL if one.request_json]


def each(exchanges: list[Exchange]) -> pytest.MarkDecorator:
    """One test for each of them, by name."""
    return pytest.mark.parametrize("exchange", exchanges, ids=lambda one: one.name)


def bill(usage: Usage | None) -> Bill:
    """The provider's own counts, at no known price."""
    return Bill(usage=usage or Usage(), charge=None)


def assert_same(told: Heard, got: Heard) -> None:
    """The client heard what the provider said."""
    assert got.choices == told.choices
    assert got.usage == told.usage or told.usage is None


@each(WHOLE)
def test_recorded_answer_reaches_the_client(exchange: Exchange) -> None:
    """A whole answer says to the client what the SDK reads in it."""
    answer = BRIDGE.answer(exchange.body, HEAD, SENT)
    got = from_gateway(answer.render(bill(answer.tally.usage)), streamed=False)
    assert_same(from_cohere(exchange.body), got)


@each(WHOLE)
def test_recorded_citations_point_at_their_words(exchange: Exchange) -> None:
    """The places in the visible text hold the words that Cohere says were cited."""
    answer = BRIDGE.answer(exchange.body, HEAD, SENT)
    message: Fields = json.loads(answer.render(bill(None)))["choices"][0]["message"]
    wire: Fields = json.loads(exchange.body)["message"]
    cited = [one for one in items(wire, "citations") for _ in items(one, "sources")]
    for item, own in zip(items(message, "annotations"), cited, strict=True):
        place = item[item["type"]]
        assert message["content"][place["start_index"] : place["end_index"]] == own["text"]
        assert item["native_citation"] == own


def relay(parts: list[bytes]) -> tuple[bytes, FailureKind | None]:
    """What the client gets when the upstream sends these pieces."""
    stream = BRIDGE.stream(HEAD, SENT)
    out = [stream.feed(part) for part in parts] + [stream.end()]
    assert stream.tally.ended
    error = stream.tally.error
    usage = bill(stream.tally.usage)
    out.append(stream.fail(error, usage) if error else stream.close(usage))
    return b"".join(out), error.kind if error else None


@each(STREAMS)
def test_recorded_stream_reaches_the_client(exchange: Exchange) -> None:
    """A stream says to the client what the SDK reads in it, however the network cuts it."""
    told = stream_from_cohere(exchange.response_body)
    whole, failure = relay([exchange.body])
    got = from_gateway(whole, streamed=True)
    assert (failure is FailureKind.SERVER) == told.error == got.error
    if not told.error:
        assert_same(told, got)
    for longest in (5, 200):
        chance = random.Random(exchange.id)
        parts: list[bytes] = []
        rest = exchange.body
        while rest:
            size = chance.randint(1, longest)
            parts.append(rest[:size])
            rest = rest[size:]
        assert relay(parts)[0] == whole


@each(ASKED)
def test_recorded_request_goes_up_as_recorded(exchange: Exchange) -> None:
    """What was asked of Cohere and can be said in the contract goes up as it was asked."""
    recorded = exchange.request_json
    assert recorded is not None
    inbound = CLIENT.read(msgspec.json.encode(as_chat(recorded)), {})
    endpoint = Endpoint(
        id="author/model@cohere",
        model="author/model",
        provider="cohere",
        tag="cohere",
        upstream_model=recorded["model"],
        price=Unpriced(),
        context_tok=128_000,
    )
    outgoing = BRIDGE.request(inbound, endpoint)
    assert outgoing.dropped == ()
    assert comparable(json.loads(outgoing.request.body)) == comparable(recorded)


def test_recordings_hold_what_is_tested() -> None:
    """A renamed api would otherwise pass by testing nothing."""
    assert all((WHOLE, STREAMS, ASKED)) or not ALL
