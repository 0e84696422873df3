"""The short ways for the events that come by the thousand say what the long ways say."""

import json
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from tests.wire.aws_frames import event as aws_event

from turnout.core.usage import Usage
from turnout.dialects.adapter import Head, Outgoing, StreamTranslator, UpstreamRequest
from turnout.dialects.bridge import Translation
from turnout.dialects.events import Event, Finish, Identity, ReasoningDelta, TextDelta, UsageReport
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.chunks import ChunkEncoder, ChunkWriter, top_members
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.openai_chat.deltas import said
from turnout.wire.aws_eventstream import Messages

HEAD: Final = Head("gen-1", 1_700_000_000, "author/model", "Provider")
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
TEXTS: Final = st.text(max_size=8)
CHOICES: Final = st.integers(0, 1)


def chunk(delta: dict[str, Any], index: int, more: dict[str, Any]) -> bytes:
    """One event of an upstream."""
    fields = {"id": "c-1", "choices": [{"index": index, "delta": delta, **more}]}
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


DELTAS: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {"content": TEXTS | st.none()},
    optional={
        "role": st.just("assistant"),
        "refusal": TEXTS | st.none(),
        "reasoning": TEXTS | st.none(),
        "reasoning_content": TEXTS | st.none(),
        "tool_calls": st.none(),
        "unknown": st.integers(),
    },
)


def heard(stream: StreamTranslator) -> tuple[object, ...]:
    """What counts of its tally."""
    tally = stream.tally
    return tally.content, tally.spoken, tally.thought, tally.finish, tally.native_finish


ENDS: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {},
    optional={
        "finish_reason": st.sampled_from(["stop", "length", None]),
        "logprobs": st.sampled_from([None, {"content": []}]),
    },
)


@given(st.lists(st.tuples(DELTAS, CHOICES, ENDS), max_size=5))
def test_common_chunk_is_read_as_any_other(rows: list[tuple[dict[str, Any], int, Any]]) -> None:
    """The short way for words says what the long way says of the same chunk."""
    short, long = (Translation(CLIENT, OpenAIChat()).stream(HEAD, SENT) for _ in range(2))
    for delta, index, more in rows:
        # An empty list of pictures says nothing and makes the chunk uncommon.
        told = long.feed(chunk({**delta, "images": []}, index, more))
        assert short.feed(chunk(delta, index, more)) == told
    assert heard(short) == heard(long)


EVENTS: Final[st.SearchStrategy[Event]] = st.one_of(
    st.builds(TextDelta, TEXTS, CHOICES),
    st.builds(TextDelta, TEXTS),
    st.builds(ReasoningDelta, TEXTS, choice=CHOICES),
    st.just(UsageReport(Usage(text_in=1))),
    st.builds(Finish, st.just("stop"), st.none(), CHOICES),
)


@given(st.lists(EVENTS, max_size=6), st.sampled_from([None, "fp-1"]), st.booleans())
def test_common_chunk_is_written_as_any_other(
    events: list[Event],
    fingerprint: str | None,
    late: bool,  # noqa: FBT001 (drawn)
) -> None:
    """More words of the first choice have the bytes that the writer of all chunks gives them."""
    head = Head("gen-1", 1_700_000_000, "author/model", "Provider", usage_with_choices=late)
    encoder, writer = ChunkEncoder(head), ChunkWriter(head)
    assert encoder.encode(Identity("c-1", fingerprint)) == b""
    top = top_members({"system_fingerprint": fingerprint} if fingerprint else {})
    for event in events:
        if isinstance(event, UsageReport):
            assert encoder.encode(event) == b""
            continue
        assert isinstance(event, TextDelta | ReasoningDelta | Finish)
        what = said((event,))
        finish = (what.finish.reason, what.finish.native) if what.finish else None
        assert encoder.encode(event) == writer.chunk(event.choice, what.delta, finish, top=top)


@given(st.lists(st.sampled_from(["contentBlockDelta", "messageStop", "other"]), max_size=6))
def test_remembered_headers_are_those_of_the_message(kinds: list[str]) -> None:
    """Messages whose headers came before are told apart from those of another kind."""
    found = Messages().feed(b"".join(aws_event(kind, {"n": 1}) for kind in kinds))
    assert [message.word(":event-type") for message in found] == kinds
