"""Properties of the Responses dialect: any cut, any text, any bytes, any conversation."""

import contextlib
import json
from itertools import pairwise
from typing import Any, Final

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openai import omit
from openai._models import construct_type
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import ResponseStreamEvent
from tests.wire.heard import payloads
from tests.wire.responses_heard import from_answer, from_stream

from turnout.core.conversation import Opaque
from turnout.core.errors import FailureKind, Refusal, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Outgoing, StreamTranslator, UpstreamRequest
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.events import (
    Annotations,
    Completion,
    Event,
    Finish,
    Identity,
    Logprobs,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
)
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.client import CLIENT
from turnout.dialects.openai_responses.quirks import Quirks

ADAPTER: Final = OpenAIResponses(Quirks(drop=frozenset()))
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
HEAD: Final = Head("gen-1", 1, "a/m", "P")
BILL: Final = Bill(usage=Usage(), charge=None)
ENDPOINT: Final = Endpoint(
    id="e", model="a/m", provider="p", tag="p", upstream_model="m", price=Unpriced(), context_tok=1
)
Json = dict[str, Any]
TEXTS: Final = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(['"', "\\", '\\"', '"}', "\n\ndata: ", "\r", " "]),
)
CUTS: Final = st.lists(st.integers(0, 5_000), max_size=8)


def cut(body: bytes, cuts: list[int]) -> list[bytes]:
    """The body in pieces."""
    edges = sorted({0, len(body), *(at % (len(body) + 1) for at in cuts)})
    return [body[a:b] for a, b in pairwise(edges)]


def every_way() -> list[StreamTranslator]:
    """A splice, a translation, and a translation for a chat client."""
    return [
        bridge(CLIENT, ADAPTER).stream(HEAD, SENT),
        Translation(CLIENT, ADAPTER).stream(HEAD, SENT),
        Translation(CHAT, ADAPTER).stream(HEAD, SENT),
    ]


# ── any answer ──────────────────────────────────────────────────────────────────────────────────


def call(number: int, arguments: str) -> ToolCallDelta:
    """More of a call, with an id of its own."""
    return ToolCallDelta(number, f"c{number}", "f", arguments)


EVENTS: Final = st.one_of(
    st.builds(TextDelta, TEXTS),
    st.builds(RefusalDelta, TEXTS),
    st.builds(
        ReasoningDelta,
        TEXTS,
        st.sampled_from(["text", "summary"]),
        st.none(),
        st.sampled_from([None, 0, 1]),
    ),
    st.just(
        ReasoningDelta("", "encrypted", Opaque(format="openai-responses-v1", data="d", id="rs_1"))
    ),
    st.just(ReasoningDelta("", "text", Opaque(format="anthropic-claude-v1", signature="s"), 0)),
    st.builds(call, st.integers(0, 2), TEXTS),
    st.just(Logprobs(msgspec.Raw(b'{"content":[{"token":"a"}]}'))),
    st.just(
        Annotations((msgspec.Raw(b'{"type":"url_citation","url_citation":{"url":"https://a"}}'),))
    ),
    st.just(
        MediaDelta("image", msgspec.Raw(b'{"image_url":{"url":"data:image/png;base64,QUJD"}}'))
    ),
)


@given(st.lists(EVENTS, max_size=12), st.sampled_from([None, "stop", "length", "tool_calls"]))
def test_any_answer_is_the_same_whole_and_streamed(events: list[Event], reason: Any) -> None:
    """The SDK follows the stream to the very answer that a whole request would have got."""
    said: list[Event] = [Identity("u"), *events]
    if reason is not None:
        said.append(Finish(reason, reason))
    whole = CLIENT.write(Completion(events=tuple(said)), HEAD, BILL)
    encoder = CLIENT.encoder(HEAD)
    stream = b"".join(encoder.encode(event) for event in said) + encoder.close(BILL)
    state = ResponseStreamState(input_tools=omit, text_format=omit)
    told = [json.loads(payload) for payload in payloads(stream.decode())[:-1]]
    for place, event in enumerate(told):
        assert event["sequence_number"] == place
        typed: Any = construct_type(type_=ResponseStreamEvent, value=event)
        state.handle_event(typed)
    assert told[-1]["response"] == json.loads(whole)
    heard = from_answer(whole)
    assert heard.text == "".join(e.text for e in events if isinstance(e, TextDelta))
    assert heard.refusal == "".join(e.text for e in events if isinstance(e, RefusalDelta))
    thoughts = "".join(e.text for e in events if isinstance(e, ReasoningDelta))
    assert sorted("".join(heard.thoughts)) == sorted(thoughts)
    arguments = "".join(e.arguments for e in events if isinstance(e, ToolCallDelta))
    assert sorted("".join(call[2] for call in heard.calls)) == sorted(arguments)


@given(st.lists(EVENTS, max_size=8), CUTS)
def test_our_own_stream_passes_a_second_gateway(events: list[Event], cuts: list[int]) -> None:
    """What one gateway streams, another can read: by splice and by translation, cut anywhere."""
    encoder = CLIENT.encoder(HEAD)
    said: list[Event] = [Identity("u"), *events, Finish("stop", "stop")]
    stream = b"".join(encoder.encode(event) for event in said) + encoder.close(BILL)
    first = from_stream(stream.decode())
    for way in every_way()[:2]:
        out = b"".join(way.feed(piece) for piece in cut(stream, cuts)) + way.end()
        assert way.tally.ended
        again = from_stream((out + way.close(BILL)).decode())
        assert again.text == first.text
        assert again.calls == first.calls
        assert "".join(again.thoughts) == "".join(first.thoughts)


# ── any bytes ───────────────────────────────────────────────────────────────────────────────────

NAMES: Final = st.sampled_from(
    [
        "input", "instructions", "role", "content", "type", "text", "output", "output_index",
        "delta", "item", "response", "usage", "error", "code", "status", "name", "arguments",
        "call_id", "id", "input_tokens", "output_tokens", "input_tokens_details", "summary",
        "encrypted_content", "reasoning", "stream", "provider", "image_url", "file_data",
        "model", "tools", "tool_choice", "include", "annotation", "annotations", "logprobs",
        "incomplete_details", "reason", "format", "content_index", "summary_index", "part",
        "result", "sequence_number", "item_id", "message",
    ]
)  # fmt: skip
WORDS: Final = st.sampled_from(
    [
        "user", "assistant", "message", "function_call", "function_call_output", "reasoning",
        "custom_tool_call", "input_text", "output_text", "refusal", "input_image", "input_file",
        "completed", "incomplete", "failed", "response.created", "response.completed", "error",
        "response.output_item.added", "response.output_item.done", "response.output_text.delta",
        "response.function_call_arguments.delta", "response.reasoning_summary_text.delta",
        "response.output_text.annotation.added", "response.failed", "allowed_tools", "custom",
        "turnout-sealed-v1.e30=", "json_schema", "web_search_call", "image_generation_call",
    ]
)  # fmt: skip
VALUES: Final = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=6),
        WORDS,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=14,
)
LISTS: Final = st.lists(st.dictionaries(NAMES, VALUES, max_size=6), min_size=1, max_size=3)


def nearly(rest: Json, listed: str | None, items: list[Json]) -> bytes:
    """A body that is almost one of the API's."""
    return json.dumps(rest if listed is None else {**rest, listed: items}).encode()


NEARLY: Final = st.builds(
    nearly,
    st.dictionaries(NAMES, VALUES, max_size=7),
    st.sampled_from([None, "input", "output", "tools"]),
    LISTS,
)
ANY: Final = st.one_of(st.binary(max_size=60), NEARLY)


@given(ANY)
@example(b'{"input":[{"type":"reasoning","encrypted_content":"turnout-sealed-v1.e30="}]}')
@example(b'{"input":[{"role":"user","content":[null]}]}')
@example(b'{"input":"x","tools":[{"type":"custom","name":"a","cache_control":7}]}')
@example(b'{"input":"x","user":7}')
@example(b'{"input":"x","include":{}}')
def test_any_body_is_read_or_refused(body: bytes) -> None:
    """Nothing but a Refusal comes out of a client's bytes, however deep they are read."""
    with contextlib.suppress(Refusal):
        inbound = CLIENT.read(body, {})
        for adapter in (ADAPTER, OpenAIResponses(Quirks(thoughts=True, custom_tools=False))):
            bridge(CLIENT, adapter).request(inbound, ENDPOINT)
            Translation(CLIENT, adapter).request(inbound, ENDPOINT)


@given(ANY, st.integers(100, 599))
@example(b'{"output":[{"type":"message","content":[{"type":"output_text","text":7}]}]}', 200)
@example(b'{"output":[],"usage":{"input_tokens":"x"}}', 200)
def test_any_answer_is_decoded_or_an_upstream_error(body: bytes, status: int) -> None:
    """Nothing but an UpstreamError comes out of a provider's bytes."""
    assert ADAPTER.decode_error(status, {}, body).message
    for way in (
        bridge(CLIENT, ADAPTER),
        Translation(CLIENT, ADAPTER),
        Translation(CHAT, ADAPTER),
    ):
        with contextlib.suppress(UpstreamError):
            json.loads(way.answer(body, HEAD, SENT).render(BILL))
    with contextlib.suppress(UpstreamError):
        ADAPTER.decode_models(body)


@pytest.mark.timeout(300)  # six streams for each example
@given(st.lists(ANY, max_size=4), CUTS)
@example([b'{"type":"response.completed"}'], [])
@example([b'{"type":"error"}'], [])
@example([b'{"type":"response.output_item.added","item":{"type":"message"}}'], [])
def test_any_stream_is_relayed_or_an_upstream_error(payload: list[bytes], cuts: list[int]) -> None:
    """Raw bytes and nearly right events: valid events out, or UpstreamError, never a crash."""
    framed = b"".join(b"data: " + one + b"\n\n" for one in payload)
    for body in (b"".join(payload), framed):
        for stream in every_way():
            out: list[bytes] = []
            with contextlib.suppress(UpstreamError):
                out.extend(stream.feed(piece) for piece in cut(body, cuts))
                out.append(stream.end())
                broken = stream.tally.error or UpstreamError(FailureKind.NETWORK, "gone")
                out.append(stream.fail(broken, BILL) if not stream.tally.ended else b"")
            for one in payloads(b"".join(out).decode()):
                if one != "[DONE]":
                    json.loads(one)


# ── any conversation ────────────────────────────────────────────────────────────────────────────

SPOKEN: Final = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


def item(kind: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An item of a type."""
    return st.fixed_dictionaries({"type": st.just(kind), **fields})


PARTS: Final = st.lists(
    st.one_of(
        item("input_text", text=SPOKEN),
        item("input_image", detail=st.just("auto"), image_url=st.just("https://x.test/a")),
        item("input_file", file_id=SPOKEN),
    ),
    min_size=2,
    max_size=3,
)
ITEMS: Final = st.lists(
    st.one_of(
        item("message", role=st.sampled_from(["user", "developer"]), content=SPOKEN | PARTS),
        item("function_call", call_id=SPOKEN, name=st.just("f"), arguments=st.just('{"a": 1}')),
        item("function_call_output", call_id=SPOKEN, output=SPOKEN | PARTS),
        item(
            "reasoning",
            id=st.just("rs_1"),
            summary=st.lists(item("summary_text", text=SPOKEN), max_size=2),
            encrypted_content=SPOKEN,
        ),
        item("web_search_call", id=SPOKEN, status=st.just("completed")),
    ),
    min_size=1,
    max_size=6,
).map(lambda items: [*items, {"type": "message", "role": "user", "content": "go on"}])


@given(ITEMS)
def test_conversations_survive_the_internal_form(items: list[Json]) -> None:
    """Client JSON to conversation to upstream JSON loses nothing and adds nothing."""
    inbound = CLIENT.read(msgspec.json.encode({"model": "a/m", "input": items}), {})
    sent = Translation(CLIENT, ADAPTER).request(inbound, ENDPOINT)
    assert json.loads(sent.request.body)["input"] == items
    assert sent.dropped == ()
