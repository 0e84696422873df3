"""Properties of Anthropic's dialect: any cut, any text, any bytes, any conversation."""

import contextlib
import json
from itertools import pairwise
from typing import Any, Final, cast

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.wire.messages_sent import comparable
from tests.wire.messages_streams import (
    BILL,
    HEAD,
    SENT,
    Fields,
    block,
    end,
    grammar,
    start,
    text,
    thought,
    tool,
)

from turnout.core.errors import Refusal, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Bridge, StreamTranslator
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.client import CLIENT
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.events import (
    Event,
    Finish,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
)
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT as CHAT

pytestmark = pytest.mark.timeout(600)
"""The deep profile draws thousands of requests."""

OWN: Final = AnthropicMessages()
WAYS: Final = (bridge(CLIENT, OWN), Translation(CLIENT, OWN), Translation(CHAT, OWN))
ENDPOINT: Final = Endpoint(
    id="e",
    model="a/m",
    provider="p",
    tag="p",
    upstream_model="claude-sonnet-4-5",
    price=Unpriced(),
    context_tok=200_000,
)

# Texts that try to be structure: quotes, escapes, the very bytes the splice looks for.
TEXTS: Final = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(['"', "\\", '\\"', '"}}', "\n\nevent: ", "\r", " ", '"}}\n\nevent: x\ndata: ']),
)
PIECES: Final = st.lists(TEXTS, max_size=4)
CUTS: Final = st.lists(st.integers(0, 5_000), max_size=8)


def cut(body: bytes, cuts: list[int]) -> list[bytes]:
    """The body in pieces."""
    edges = sorted({0, len(body), *(at % (len(body) + 1) for at in cuts)})
    return [body[a:b] for a, b in pairwise(edges)]


def heard(stream: StreamTranslator, parts: list[bytes]) -> bytes:
    """All of it, to the last word."""
    out = [stream.feed(part) for part in parts]
    return b"".join(out) + stream.end() + stream.close(BILL)


def built(kinds: list[tuple[str, list[str]]]) -> bytes:
    """A stream of such blocks."""
    out = [start()]
    for index, (kind, pieces) in enumerate(kinds):
        match kind:
            case "text":
                out.append(text(index, *pieces))
            case "thinking":
                out.append(thought(index, "".join(pieces), f"sig-{index}"))
            case "tool":
                arguments = json.dumps({"x": "".join(pieces)}, ensure_ascii=False)
                half = len(arguments) // 2
                out.append(tool(index, arguments[:half], arguments[half:]))
            case _:
                out.append(block(index, {"type": kind, "x": pieces}))
    return b"".join(out) + end()


BLOCKS: Final = st.lists(
    st.tuples(st.sampled_from(["text", "thinking", "tool", "web_search_tool_result"]), PIECES),
    max_size=5,
)


@given(BLOCKS, CUTS)
def test_stream_does_not_depend_on_cuts(
    kinds: list[tuple[str, list[str]]], cuts: list[int]
) -> None:
    """The client's bytes are the same however the network cut the upstream's."""
    body = built(kinds)
    for one in WAYS:
        whole = heard(one.stream(HEAD, SENT), [body])
        assert heard(one.stream(HEAD, SENT), cut(body, cuts)) == whole


@given(BLOCKS)
def test_splice_and_translation_say_the_same(kinds: list[tuple[str, list[str]]]) -> None:
    """Texts, thoughts and calls are the same on both ways, and the grammar holds on both."""
    body = built(kinds)
    told = [_said(heard(one.stream(HEAD, SENT), [body])) for one in WAYS[:2]]
    assert told[0] == told[1]


def _said(body: bytes) -> Fields:
    said: Fields = {"text": "", "thinking": "", "partial_json": "", "signature": []}
    for event in grammar(body):
        for name, value in event.get("delta", {}).items():
            if name == "signature":
                said[name].append(value)
            elif name in said:
                said[name] += value
    # A call without arguments is told by the translation alone, which knows its end.
    said["partial_json"] = said["partial_json"].replace("{}", "")
    return said


EVENTS: Final = st.lists(
    st.one_of(
        st.builds(TextDelta, TEXTS),
        st.builds(ReasoningDelta, TEXTS, index=st.sampled_from([None, 0, 1])),
        st.builds(RefusalDelta, TEXTS),
        st.builds(
            ToolCallDelta,
            st.integers(0, 3),
            st.just("id"),
            st.just("f"),
            st.sampled_from(["", "{}", '{"a":', "1}", "}"]),
        ),
    ),
    max_size=12,
)


@given(EVENTS)
def test_grammar_holds_for_any_events(events: list[Event]) -> None:
    """Starts, deltas and stops pair, indices are dense, and no word is lost."""
    encoder = CLIENT.encoder(HEAD)
    said = [encoder.encode(event) for event in [*events, Finish("stop", None)]]
    told = grammar(b"".join(said) + encoder.close(BILL))
    assert [event["type"] for event in told[-2:]] == ["message_delta", "message_stop"]
    words = "".join(event.get("delta", {}).get("text") or "" for event in told)
    assert words == "".join(e.text for e in events if isinstance(e, TextDelta | RefusalDelta))
    thoughts = "".join(event.get("delta", {}).get("thinking") or "" for event in told)
    assert thoughts == "".join(e.text for e in events if isinstance(e, ReasoningDelta))
    arguments = sorted("".join(e.get("delta", {}).get("partial_json") or "" for e in told))
    assert arguments == sorted("".join(e.arguments for e in events if isinstance(e, ToolCallDelta)))


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES: Final = (
    "type", "index", "delta", "message", "content_block", "usage", "error", "text", "thinking",
    "signature", "partial_json", "citation", "citations", "input", "id", "name", "content",
    "stop_reason", "input_tokens", "output_tokens", "cache_creation", "data",
)  # fmt: skip
WORDS: Final = (
    "message_start", "content_block_start", "content_block_delta", "content_block_stop",
    "message_delta", "message_stop", "error", "text", "text_delta", "thinking", "thinking_delta",
    "tool_use", "input_json_delta", "signature_delta", "citations_delta", "redacted_thinking",
)  # fmt: skip
ODD: Final = st.recursive(
    st.none() | st.integers(-9, 9) | st.sampled_from(WORDS) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=14,
)


@given(st.lists(ODD, max_size=6))
@example([{"type": "message_start", "message": {"content": None, "usage": {}}}])
@example([{"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use"}}])
@example([{"type": "message_delta", "usage": {"input_tokens": -5, "output_tokens": 1}}])
def test_no_event_raises_anything_but_a_typed_error(values: list[object]) -> None:
    """Whatever JSON an upstream sends, it is understood, skipped or an UpstreamError."""
    body = b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values)
    for one in WAYS:
        stream = one.stream(HEAD, SENT)
        with contextlib.suppress(UpstreamError):
            stream.feed(body)
            stream.end()
        stream.close(BILL)
        for value in values:
            with contextlib.suppress(UpstreamError):
                one.answer(json.dumps(value).encode(), HEAD, SENT).render(BILL)


@given(st.binary(max_size=200), CUTS)
def test_no_bytes_raise_anything_but_a_typed_error(body: bytes, cuts: list[int]) -> None:
    """Nor do bytes that are no events, no JSON or no text."""
    for one in WAYS:
        stream = one.stream(HEAD, SENT)
        with contextlib.suppress(UpstreamError):
            for part in cut(body, cuts):
                stream.feed(part)
            stream.end()
        with contextlib.suppress(UpstreamError):
            one.answer(body, HEAD, SENT)
    OWN.decode_error(500, {}, body)


@given(
    st.dictionaries(
        st.sampled_from(
            ["messages", "system", "tools", "tool_choice", "thinking", "model", "output_config"]
        ),
        JSON | ODD,
    )
)
def test_no_request_raises_anything_but_a_refusal(fields: dict[str, object]) -> None:
    """Whatever a client sends, it is read or refused; what is read can be written or is refused."""
    body = json.dumps({"messages": [{"role": "user", "content": "a"}], **fields}).encode()
    ways: tuple[Bridge, ...] = (WAYS[0], WAYS[1], Translation(CLIENT, OpenAIChat()))
    with contextlib.suppress(Refusal):
        inbound = CLIENT.read(body, {})
        for one in ways:
            with contextlib.suppress(Refusal):
                one.request(inbound, ENDPOINT)


# ── conversations ───────────────────────────────────────────────────────────────────────────────

SAID: Final = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
MARKS: Final = st.sampled_from([{}, {"cache_control": {"type": "ephemeral", "ttl": "1h"}}])


def _text_block(words: str, mark: Fields) -> Fields:
    return {"type": "text", "text": words, **mark}


TEXT_BLOCK: Final = st.builds(_text_block, SAID, MARKS)
PICTURE: Final = st.just(
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
)
STRANGE: Final = st.just({"type": "hologram", "depth": 3})
THOUGHT: Final = st.one_of(
    st.just({"type": "thinking", "thinking": "hm", "signature": "s"}),
    st.just({"type": "redacted_thinking", "data": "x"}),
)


@st.composite
def conversations(draw: st.DrawFn) -> list[Fields]:
    """Turns with calls and all their results, thoughts, media and blocks nobody knows."""
    messages: list[Fields] = []
    for turn in range(draw(st.integers(1, 3))):
        content = draw(st.lists(TEXT_BLOCK | PICTURE | STRANGE, min_size=1, max_size=3))
        messages.append({"role": "user", "content": content})
        calls = [f"t{turn}_{n}" for n in range(draw(st.integers(0, 2)))]
        said = draw(st.lists(THOUGHT, max_size=2)) + draw(
            st.lists(TEXT_BLOCK | STRANGE, min_size=1, max_size=2)
        )
        said += [
            {"type": "tool_use", "id": id_, "name": "f", "input": {"x": draw(SAID)}}
            for id_ in calls
        ]
        messages.append({"role": "assistant", "content": said})
        if calls:
            results: list[Fields] = [
                {
                    "type": "tool_result",
                    "tool_use_id": id_,
                    "content": draw(st.lists(TEXT_BLOCK | PICTURE, max_size=2)),
                    **draw(st.sampled_from([{}, {"is_error": True}])),
                }
                for id_ in calls
            ]
            messages.append({"role": "user", "content": results})
            messages.append({"role": "assistant", "content": [_text_block("so", {})]})
    messages.append({"role": "user", "content": draw(SAID)})
    return messages


@given(conversations())
def test_conversations_survive_the_internal_form(messages: list[Fields]) -> None:
    """Read and written again for the same dialect, nothing of it has changed."""
    request: dict[str, Any] = {"model": "a/m", "max_tokens": 9, "messages": messages}
    inbound = CLIENT.read(msgspec.json.encode(request), {})
    for one in (WAYS[0], WAYS[1]):
        sent = json.loads(one.request(inbound, ENDPOINT).request.body)
        assert comparable(sent) == comparable({**request, "model": "claude-sonnet-4-5"})


@given(conversations())
def test_conversations_survive_the_way_through_chat(messages: list[Fields]) -> None:
    """As a client of chat would send them: roles alternate, every call has its one result."""
    inbound = CLIENT.read(msgspec.json.encode({"model": "a/m", "messages": messages}), {})
    chat = json.loads(Translation(CLIENT, OpenAIChat()).request(inbound, ENDPOINT).request.body)
    there = CHAT.read(msgspec.json.encode({**chat, "model": "a/m"}), {})
    sent = json.loads(Translation(CHAT, OWN).request(there, ENDPOINT).request.body)["messages"]
    roles = [turn["role"] for turn in sent]
    assert all(mine != theirs for mine, theirs in pairwise(roles))
    assert roles[0] == "user"
    assert _blocks(sent, "tool_use", "id") == _blocks(messages, "tool_use", "id")
    assert _blocks(sent, "tool_result", "tool_use_id") == _blocks(
        messages, "tool_result", "tool_use_id"
    )


def _blocks(messages: list[Fields], kind: str, name: str) -> list[str]:
    return [
        str(one[name])
        for message in messages
        if isinstance(message["content"], list)
        for one in cast("list[Fields]", message["content"])
        if one["type"] == kind
    ]
