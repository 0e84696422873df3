"""Real Responses traffic through every bridge it can take: words, calls, counts and seals arrive.

Each answer goes to a client of the same dialect (by splice, and by translation) and to a chat
client, whole and cut at random bytes. Both ends are read by the official SDK's own types, and the
SDK's stream state judges the grammar of what we stream.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import pytest
from openai import omit
from openai._models import construct_type
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import ResponseStreamEvent
from tests.recordings import Exchange, load
from tests.wire.heard import Fields, from_gateway, payloads
from tests.wire.responses_heard import Said, from_answer, from_stream
from tests.wire.responses_sent import as_recorded, comparable
from tests.wire.test_recordings import pieces

from turnout.core.errors import FailureKind, Refusal
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import (
    Bill,
    Bridge,
    Head,
    Outgoing,
    StreamTranslator,
    UpstreamRequest,
)
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.client import CLIENT
from turnout.dialects.openai_responses.quirks import OPEN_MODELS
from turnout.providers import PROVIDERS

pytestmark = pytest.mark.recordings

# Recorded api to provider; None: a host that has no file of its own (yet).
APIS: Final[Mapping[str, str | None]] = {
    "azure.responses": "azure",
    "bedrock-mantle.responses": None,
    "deepseek.responses": "deepseek",
    "lmstudio.responses": "lmstudio",
    "local.responses": None,
    "openai.responses": "openai",
    "openrouter.responses": "openrouter",
    "xai.responses": "xai",
}
END: Final[Mapping[str | None, str]] = {None: "max_output_tokens", "complete": "completed"}
"""Ends that some hosts tell in other words, or without a reason."""
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))


def creations() -> list[Exchange]:
    """All recorded creations of one response.

    Left out: background ones, which no answer holds; recordings of several responses in one body;
    streams that were shortened by hand, so that their pieces are not what their end says; and
    bodies of another dialect that a host answered on this path.
    """
    return [
        exchange
        for exchange in load(APIS)
        if not (exchange.request_json or {}).get("background")
        and exchange.response_body.count("event: response.created") < 2
        and '"chat.completion' not in exchange.response_body
        and (exchange.streamed or exchange.status >= 400 or '"output"' in exchange.response_body)
        and not (exchange.streamed and shortened(exchange.response_body))
    ]


def shortened(body: str) -> bool:
    """Whether a stream says other words in pieces than in whole parts, or leaves out places."""
    pieces_of: dict[tuple[int, int], str] = {}
    for payload in payloads(body):
        event: Fields = {} if payload.strip() == "[DONE]" else json.loads(payload)
        kind = event.get("type", "")
        if kind.startswith("response.output_") and "output_index" not in event:
            return True
        if kind == "response.output_text.delta":
            place = event["output_index"], event["content_index"]
            pieces_of[place] = pieces_of.get(place, "") + event["delta"]
        elif kind == "response.output_text.done":
            place = event["output_index"], event["content_index"]
            if pieces_of.get(place, event["text"]) != event["text"]:
                return True
    return False


CREATIONS: Final = creations()
ANSWERS: Final = [exchange for exchange in CREATIONS if exchange.status < 400]
WHOLE: Final = [
    one for one in ANSWERS if not one.streamed and '"status": "failed"' not in one.response_body
]
STREAMS: Final = [exchange for exchange in ANSWERS if exchange.streamed]
REFUSALS: Final = [exchange for exchange in CREATIONS if exchange.status >= 400]
REQUESTS: Final = [exchange for exchange in ANSWERS if exchange.request_json is not None]


def adapter(exchange: Exchange) -> OpenAIResponses:
    """The adapter of whoever answered."""
    name = APIS[exchange.api]
    if name is None:
        return OpenAIResponses(OPEN_MODELS)
    provider = PROVIDERS[name]
    adapters = [provider.adapter, *(side.adapter for side in provider.sides)]
    return next(one for one in adapters if isinstance(one, OpenAIResponses))


def head(told: Said, body: str) -> Head:
    """An answer to a request whose free-text tools are those that the answer calls."""
    custom = body.count('"custom_tool_call"')
    tools = [{"type": "custom", "name": name} for _, name, _ in told.calls] if custom else []
    asked = {"tools": msgspec.Raw(msgspec.json.encode(tools))}
    return Head("gen-recorded", 1_700_000_000, "author/model", "Provider", asked=asked)


def each(exchanges: list[Exchange]) -> pytest.MarkDecorator:
    """One test for each of them, by name."""
    return pytest.mark.parametrize("exchange", exchanges, ids=lambda one: one.name)


def spliced(exchange: Exchange) -> Bridge:
    """The way on which the bytes pass."""
    return bridge(CLIENT, adapter(exchange))


def translated(exchange: Exchange) -> Bridge:
    """The way through the internal form."""
    return Translation(CLIENT, adapter(exchange))


both_ways = pytest.mark.parametrize("way", [spliced, translated])


def bill(usage: Usage | None) -> Bill:
    """The provider's own counts, at no known price."""
    return Bill(usage=usage or Usage(), charge=None)


def joined(thoughts: list[str]) -> str:
    """All that was thought; where one part ends and the next begins may be told otherwise."""
    return "".join(thoughts).replace("\n\n", "")


def assert_same(told: Said, got: Said) -> None:
    """A client of the same dialect heard what the provider said."""
    assert got.text == told.text
    assert got.refusal == told.refusal
    assert got.calls == told.calls
    assert got.cited == told.cited
    assert got.images == told.images
    assert joined(got.thoughts) == joined(told.thoughts)
    assert len(got.sealed) == len(told.sealed)
    assert END.get(got.end, got.end) == END.get(told.end, told.end)
    if told.usage is not None:
        assert got.usage == told.usage


@both_ways
@each(WHOLE)
def test_recorded_response_reaches_its_own_kind_of_client(exchange: Exchange, way: Any) -> None:
    """A whole answer says to a client of the dialect what the provider said, seals untouched."""
    told = from_answer(exchange.response_body)
    answer = way(exchange).answer(exchange.body, head(told, exchange.response_body), SENT)
    body = answer.render(bill(answer.tally.usage))
    got = from_answer(body)
    assert_same(told, got)
    if adapter(exchange).quirks.sealed in (None, "openai-responses-v1") or way is spliced:
        assert got.sealed == told.sealed
    fields: Fields = json.loads(body)
    assert fields["id"] == "gen-recorded"
    assert fields["model"] == "author/model"
    assert "cost" in fields["usage"]


@each(WHOLE)
def test_recorded_response_reaches_a_chat_client(exchange: Exchange) -> None:
    """A whole answer says to a chat client what the provider said."""
    told = from_answer(exchange.response_body)
    answer = Translation(CHAT, adapter(exchange)).answer(
        exchange.body, head(told, exchange.response_body), SENT
    )
    assert_chat(told, answer.render(bill(answer.tally.usage)), streamed=False)


def assert_chat(told: Said, body: bytes, *, streamed: bool) -> None:
    """A chat client heard it too; free text of a custom tool is one string to it."""
    got = from_gateway(body, streamed=streamed)
    voice = got.choices[0]
    assert voice.text == told.text
    assert voice.refusal == told.refusal
    assert joined([voice.reasoning]) == joined(told.thoughts)
    assert [(call.id, call.name) for call in voice.calls] == [call[:2] for call in told.calls]
    for call, (_, _, arguments) in zip(voice.calls, told.calls, strict=True):
        assert arguments in (call.arguments, json.loads(call.arguments or "{}").get("input"))
    match told.end:
        case "completed" | "complete" | "in_progress":
            assert voice.finish == ("tool_calls" if told.calls else "stop")
        case "content_filter":
            assert voice.finish == "content_filter"
        case _:
            assert voice.finish == "length"
    if told.usage is not None:
        assert got.usage == told.usage


def relay(stream: StreamTranslator, parts: list[bytes]) -> bytes:
    """What the client gets when the upstream sends these pieces."""
    out = [stream.feed(part) for part in parts]
    out.append(stream.end())
    error = stream.tally.error
    if error is not None:
        out.append(stream.fail(error, bill(stream.tally.usage)))
    else:
        assert stream.tally.ended
        out.append(stream.close(bill(stream.tally.usage)))
    return b"".join(out)


@both_ways
@each(STREAMS)
def test_recorded_response_stream_reaches_its_own_kind_of_client(
    exchange: Exchange, way: Any
) -> None:
    """A stream says what the provider said, however it is cut; the SDK follows every event."""
    told = from_stream(exchange.response_body)
    one, first = way(exchange), head(told, exchange.response_body)
    whole = relay(one.stream(first, SENT), [exchange.body])
    got = from_stream(whole.decode())
    if told.end == "failed":
        assert got.end == "failed"
    else:
        assert_same(told, got)
    assert whole.endswith(b"data: [DONE]\n\n")
    if way is translated:
        assert_grammar(whole.decode())
    for longest in (5, 200):
        cut = relay(one.stream(first, SENT), pieces(exchange.body, longest, exchange.id))
        assert cut == whole


def assert_grammar(stream: str) -> None:
    """Numbers without gaps, pairs closed, and the SDK's own accumulation follows."""
    state = ResponseStreamState(input_tools=omit, text_format=omit)
    open_items: set[int] = set()
    for place, payload in enumerate(payloads(stream)[:-1]):
        event: Fields = json.loads(payload)
        assert event["sequence_number"] == place
        if event["type"] == "response.output_item.added":
            open_items.add(event["output_index"])
        elif event["type"] == "response.output_item.done":
            open_items.remove(event["output_index"])
        elif "output_index" in event:
            assert event["output_index"] in open_items
        typed: Any = construct_type(type_=ResponseStreamEvent, value=event)
        state.handle_event(typed)
    assert not open_items


@each(STREAMS)
def test_recorded_response_stream_reaches_a_chat_client(exchange: Exchange) -> None:
    """A stream says to a chat client what the provider said, however it is cut."""
    told = from_stream(exchange.response_body)
    one, first = Translation(CHAT, adapter(exchange)), head(told, exchange.response_body)
    whole = relay(one.stream(first, SENT), [exchange.body])
    if told.end == "failed":
        assert from_gateway(whole, streamed=True).error
    else:
        assert_chat(told, whole, streamed=True)
    for longest in (5, 200):
        cut = relay(one.stream(first, SENT), pieces(exchange.body, longest, exchange.id))
        assert cut == whole


@both_ways
@each(REQUESTS)
def test_recorded_response_request_goes_up_as_recorded(exchange: Exchange, way: Any) -> None:
    """What a client of that provider sends, the gateway sends too, quirks and model aside."""
    recorded = exchange.request_json
    assert recorded is not None
    try:
        inbound = CLIENT.read(msgspec.json.encode({**recorded, "store": False}), {})
    except Refusal as refusal:
        pytest.skip(f"asks for something stored: {refusal.message}")
    one = adapter(exchange)
    endpoint = Endpoint(
        id="author/model@recorded",
        model="author/model",
        provider=exchange.provider,
        tag=exchange.provider,
        upstream_model=recorded["model"],
        price=Unpriced(),
        context_tok=1_000_000,
    )
    outgoing = way(exchange).request(inbound, endpoint)
    sent = msgspec.json.decode(outgoing.request.body, type=dict[str, Any])
    assert sent["model"] == recorded["model"]
    want, got = as_recorded(recorded, one.quirks), sent
    if way is translated:
        want, got = comparable(want), comparable(got)
    assert got == want


EXPECTED_KINDS: Final[Mapping[int, FailureKind]] = {
    400: FailureKind.BAD_REQUEST,
    401: FailureKind.AUTH,
}


@each(REFUSALS)
def test_recorded_response_refusal_is_understood(exchange: Exchange) -> None:
    """A provider's no becomes the failure that its status stands for, in its own words."""
    error = adapter(exchange).decode_error(
        exchange.status, exchange.response_headers, exchange.body
    )
    usual = EXPECTED_KINDS[exchange.status]
    assert error.kind is (
        FailureKind.MODEL_NOT_FOUND if "model_not_found" in exchange.response_body else usual
    )
    assert error.message
    assert "://" not in error.message


@pytest.mark.parametrize("api", APIS)
def test_recordings_hold_responses_of_this_api(api: str) -> None:
    """A renamed api would otherwise pass by testing nothing."""
    assert any(exchange.api == api for exchange in CREATIONS)
