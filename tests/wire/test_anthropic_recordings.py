"""Real traffic of Anthropic's dialect: the splice loses nothing, the way round nothing known.

Answers are read by Anthropic's own SDK, the provider's bytes and the gateway's alike; streams again
with cuts at random bytes. Requests go up as they were recorded.
"""

import random
from collections.abc import Callable
from typing import Any, Final, cast

import msgspec
import pytest
from tests.recordings import Exchange, load
from tests.wire.heard import from_gateway
from tests.wire.messages_judge import blocks, counts, kinds, told, words
from tests.wire.messages_sent import comparable, hashed

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Bridge, Head, Outgoing, UpstreamRequest
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.client import CLIENT
from turnout.dialects.anthropic_messages.quirks import VERTEX
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.client import CLIENT as CHAT

pytestmark = pytest.mark.recordings

APIS: Final = (
    "anthropic.messages",
    "vertex.anthropic.rawPredict",
    "vertex.anthropic.streamRawPredict",
    "local.messages",
)
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
HEAD: Final = Head("gen-recorded", 1_700_000_000, "author/model", "Provider")
OWN: Final = AnthropicMessages()
VERTEXED: Final = AnthropicMessages(VERTEX)
STOPS: Final = {"tool_use": "tool_calls", "max_tokens": "length", "refusal": "content_filter"}

EXCHANGES: Final = load(APIS)
ANSWERS: Final = [one for one in EXCHANGES if one.status < 400]
REFUSALS: Final = [one for one in EXCHANGES if one.status >= 400]
REQUESTS: Final = [one for one in ANSWERS if one.request_json is not None]
COUNTS: Final = load(("anthropic.count_tokens",))


def each(exchanges: list[Exchange]) -> pytest.MarkDecorator:
    """One test for each of them, by name."""
    return pytest.mark.parametrize("exchange", exchanges, ids=lambda one: one.name)


def bill(usage: Usage | None) -> Bill:
    """The provider's own counts, at no known price."""
    return Bill(usage=usage or Usage(), charge=None)


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


def relay(one: Bridge, parts: list[bytes]) -> bytes:
    """What the client gets when the upstream sends these pieces."""
    stream = one.stream(HEAD, SENT)
    out = [stream.feed(part) for part in parts]
    out.append(stream.end())
    assert stream.tally.error is None
    out.append(stream.close(bill(stream.tally.usage)))
    return b"".join(out)


def passed(one: Bridge, exchange: Exchange) -> bytes:
    """The client's bytes for an answer, the same however a stream was cut."""
    if not exchange.streamed:
        answer = one.answer(exchange.body, HEAD, SENT)
        return answer.render(bill(answer.tally.usage))
    whole = relay(one, [exchange.body])
    for longest in (5, 200):
        assert relay(one, pieces(exchange.body, longest, exchange.id)) == whole
    return whole


def is_one(exchange: Exchange) -> bool:
    """One whole answer: of some streams only the beginning was kept, or several ran together."""
    starts, stops = (
        exchange.response_body.count(f'"{name}"') for name in ("message_start", "message_stop")
    )
    return not exchange.streamed or starts == stops == 1


MESSAGES: Final = [one for one in ANSWERS if is_one(one)]


@each(MESSAGES)
def test_recorded_answer_passes_with_all_it_has(exchange: Exchange) -> None:
    """On the splice the SDK sees the provider's own message, but for ids, model and the bill."""
    streamed = exchange.streamed
    theirs = told(exchange.body, streamed=streamed)
    ours = told(passed(bridge(CLIENT, OWN), exchange), streamed=streamed)
    assert blocks(ours) == blocks(theirs)
    assert counts(ours) == counts(theirs)
    for name in set(theirs) - {"id", "model", "usage", "content"}:
        if theirs[name] is not None:
            assert ours[name] == theirs[name]
    assert ours["id"] == "gen-recorded"
    if (
        '"fallback"' not in exchange.response_body
    ):  # the SDK itself takes the model from such a block
        assert ours["model"] == "author/model"
    assert ours["provider"] == "Provider"


@each(MESSAGES)
def test_recorded_answer_is_the_same_round_the_internal_form(exchange: Exchange) -> None:
    """Text, citations, sealed thoughts, calls, their order, the end and the counts all survive."""
    streamed = exchange.streamed
    theirs = told(exchange.body, streamed=streamed)
    ours = told(passed(Translation(CLIENT, OWN), exchange), streamed=streamed)
    assert words(ours) == words(theirs)
    assert list(kinds(ours)) == list(kinds(theirs))
    assert counts(ours) == counts(theirs)
    if theirs["stop_reason"] is not None:
        assert ours["stop_reason"] == theirs["stop_reason"]


def thought_aloud(thoughts: list[Any]) -> str:
    """The words of thoughts; redacted ones are no tuples and have none."""
    return "".join(cast("str", one[0]) for one in thoughts if isinstance(one, tuple))


@each(MESSAGES)
def test_recorded_answer_reaches_a_client_of_chat(exchange: Exchange) -> None:
    """The same in the other dialect: text, thoughts, calls, the unified end, the counts."""
    streamed = exchange.streamed
    theirs = told(exchange.body, streamed=streamed)
    said = words(theirs)
    thoughts: list[Any] = said["thoughts"]
    got = from_gateway(passed(Translation(CHAT, OWN), exchange), streamed=streamed)
    voice = got.choices.get(0)
    if voice is None:
        assert not said["text"]
        return
    assert voice.text == said["text"]
    assert voice.reasoning == thought_aloud(thoughts)
    assert [(c.id, c.name, msgspec.json.decode(c.arguments)) for c in voice.calls] == said["calls"]
    native = theirs["stop_reason"]
    if native is not None:
        expected = STOPS.get(native, "stop")
        assert voice.finish == ("tool_calls" if said["calls"] and expected == "stop" else expected)
    assert got.usage is not None
    counted = counts(theirs)
    assert got.usage.prompt == sum(counted.values()) - counted["output_tokens"]
    assert got.usage.completion == counted["output_tokens"]
    assert got.usage.cached == counted["cache_read_input_tokens"]


def endpoint(model: str) -> Endpoint:
    """The model that was asked."""
    return Endpoint(
        id="author/model@recorded",
        model="author/model",
        provider="anthropic",
        tag="anthropic",
        upstream_model=model,
        price=Unpriced(),
        context_tok=1_000_000,
    )


Way = Callable[[AnthropicMessages], Bridge]


def spliced(adapter: AnthropicMessages) -> Bridge:
    """The way on which the bytes pass."""
    return bridge(CLIENT, adapter)


def translated(adapter: AnthropicMessages) -> Bridge:
    """The way through the internal form."""
    return Translation(CLIENT, adapter)


@pytest.mark.parametrize("way", [spliced, translated])
@each(REQUESTS)
def test_recorded_request_goes_up_as_recorded(exchange: Exchange, way: Way) -> None:
    """What a client of Anthropic sends, the gateway sends too, the user's id hashed."""
    recorded = exchange.request_json
    assert recorded is not None
    vertex = exchange.api.startswith("vertex")
    model = exchange.url.rpartition("/")[2].partition(":")[0] if vertex else recorded["model"]
    inbound = CLIENT.read(msgspec.json.encode({"model": model, **recorded}), {})
    outgoing = way(VERTEXED if vertex else OWN).request(inbound, endpoint(model))
    sent: dict[str, Any] = msgspec.json.decode(outgoing.request.body)
    want = hashed(recorded)
    assert outgoing.dropped == ()
    if way is spliced:
        assert sent == {name: value for name, value in want.items() if value not in (None, False)}
    else:
        assert comparable(sent) == comparable(want)
    if vertex:
        assert exchange.url.endswith(outgoing.request.path)
    else:
        assert outgoing.request.headers == (("anthropic-version", "2023-06-01"),)


@each(COUNTS)
def test_recorded_count_is_asked_and_read(exchange: Exchange) -> None:
    """The question goes up as it came; the number comes back, or the error is understood."""
    recorded = exchange.request_json
    assert recorded is not None
    inbound = CLIENT.read(msgspec.json.encode(recorded), {})
    request = OWN.count_request(inbound, endpoint(recorded["model"]))
    assert request is not None
    assert msgspec.json.decode(request.body) == recorded
    assert request.path == "/messages/count_tokens"
    if exchange.status < 400:
        assert OWN.decode_count(exchange.body) == msgspec.json.decode(exchange.body)["input_tokens"]
    else:
        error = OWN.decode_error(exchange.status, {}, exchange.body)
        assert error.kind is FailureKind.MODEL_NOT_FOUND


@each(REFUSALS)
def test_recorded_refusal_is_understood(exchange: Exchange) -> None:
    """A provider's no becomes the failure that its status stands for, in its own words."""
    error = OWN.decode_error(exchange.status, exchange.response_headers, exchange.body)
    assert isinstance(error, UpstreamError)
    kinds_by_status = {400: FailureKind.BAD_REQUEST, 404: FailureKind.MODEL_NOT_FOUND}
    assert error.kind is kinds_by_status[exchange.status]
    assert error.message


@pytest.mark.parametrize("api", APIS)
def test_recordings_hold_messages_of_this_api(api: str) -> None:
    """A renamed api would otherwise pass by testing nothing."""
    assert any(exchange.api == api for exchange in EXCHANGES)
