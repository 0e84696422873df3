"""What Cohere says: events, ends, citations in streams, counts, errors."""

import json
from typing import Any, Final

import pytest
from tests.wire.cases.wire_case import Fields

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.usage import Usage
from turnout.dialects.cohere_chat.adapter import CohereChat
from turnout.dialects.events import (
    Annotations,
    Event,
    Failure,
    Finish,
    Identity,
    Logprobs,
    ReasoningDelta,
    ToolCallDelta,
    UsageReport,
)

ADAPTER: Final = CohereChat()
USAGE: Final[Fields] = {
    "billed_units": {"input_tokens": 1, "output_tokens": 2, "search_units": 1},
    "tokens": {"input_tokens": 30, "output_tokens": 4},
    "cached_tokens": 10,
}
COUNTED: Final = Usage(text_in=20, cache_read=10, text_out=4, searches=1)


def said(type_: str, index: int = 0, *, top: Fields | None = None, **message: Any) -> Fields:
    """One event of a stream."""
    return {"type": type_, "index": index, "delta": {"message": message}, **(top or {})}


def streamed(*events: Fields) -> list[Event]:
    """The events of a stream."""
    decoder = ADAPTER.decoder()
    body = "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in events)
    return decoder.feed(body.encode()) + decoder.end()


def end(reason: str, **more: Any) -> Fields:
    """The last event."""
    return {"type": "message-end", "delta": {"finish_reason": reason, **more}}


def test_plan_calls_and_thinking_come_in_order() -> None:
    """Both are reasoning: the plan for the calls is its summary."""
    assert streamed(
        {"type": "message-start", "id": "c1", "delta": {"message": {"role": "assistant"}}},
        said("content-start", content={"type": "thinking", "thinking": ""}),
        said("content-delta", content={"thinking": "hm"}),
        said("content-end"),
        said("tool-plan-delta", tool_plan="I will look."),
        said(
            "tool-call-start", tool_calls={"id": "t", "function": {"name": "look", "arguments": ""}}
        ),
        said("tool-call-delta", tool_calls={"function": {"arguments": '{"q":1}'}}),
        said("tool-call-end"),
        said("tool-call-start", 1, tool_calls={"id": "u", "function": {"name": "look"}}),
        said("tool-call-delta", 1, tool_calls={"function": {"arguments": "{}"}}),
        end("TOOL_CALL", usage=USAGE),
    ) == [
        Identity("c1"),
        ReasoningDelta("hm", index=1),
        ReasoningDelta("I will look.", "summary", index=0),
        ToolCallDelta(0, "t", "look"),
        ToolCallDelta(0, arguments='{"q":1}'),
        ToolCallDelta(1, "u", "look"),
        ToolCallDelta(1, arguments="{}"),
        Finish("tool_calls", "TOOL_CALL"),
        UsageReport(COUNTED),
    ]


def test_citation_of_a_stream_points_into_the_whole_text() -> None:
    """Its places are those of one item; pages have addresses, results of calls have ids."""
    page = {"type": "document", "id": "d", "document": {"url": "https://a.example", "title": "A"}}
    came = {"type": "tool", "id": "t:0", "tool_output": {"content": "x"}}
    own = {"start": 1, "end": 3, "text": "😀é", "sources": [page, came], "content_index": 1}
    events = streamed(
        said("content-delta", content={"text": "One."}),
        said("content-start", 1, content={"type": "text", "text": ""}),
        said("content-delta", 1, content={"text": "a😀é."}),
        said("citation-start", citations=own),
        said("citation-end"),
        end("COMPLETE"),
    )
    items = [json.loads(bytes(i)) for e in events if isinstance(e, Annotations) for i in e.items]
    place = {"start_index": 5, "end_index": 7}
    assert items[0]["url_citation"] == {
        "url": "https://a.example",
        "title": "A",
        "content": "",
        **place,
    }
    assert items[1]["file_citation"] == {
        "file_id": "t:0",
        "filename": "",
        "index": 1,
        "quote": "",
        **place,
    }
    assert all(item["native_citation"] == own for item in items)
    assert "One.a😀é."[5:7] == "😀é"


def test_probabilities_have_openais_form() -> None:
    """One entry for each piece of text."""
    piece = {"text": "a", "token_ids": [1], "logprobs": [-0.5]}
    events = streamed(said("content-delta", content={"text": "a"}, top={"logprobs": piece}))
    (told,) = (json.loads(bytes(e.payload)) for e in events if isinstance(e, Logprobs))
    assert told == {"content": [{"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}]}


@pytest.mark.parametrize(
    ("native", "unified"),
    [("COMPLETE", "stop"), ("STOP_SEQUENCE", "stop"), ("MAX_TOKENS", "length"), ("X", "stop")],
)
def test_ends_are_unified(native: str, unified: str) -> None:
    """The native reason stays beside the unified one."""
    message = {"role": "assistant", "content": [{"type": "text", "text": "a"}]}
    body = json.dumps({"id": "c", "message": message, "finish_reason": native}).encode()
    *_, finish = ADAPTER.decode(body).events
    assert isinstance(finish, Finish)
    assert (finish.reason, finish.native) == (unified, native)


@pytest.mark.parametrize(
    ("native", "kind"),
    [
        ("ERROR", FailureKind.SERVER),
        ("ERROR_TOXIC", FailureKind.CONTENT_POLICY),
        ("TIMEOUT", FailureKind.FIRST_TOKEN_TIMEOUT),
    ],
)
def test_failure_without_words_is_a_failure(native: str, kind: FailureKind) -> None:
    """In a stream, whose counts still count, and in a whole answer; another endpoint may try."""
    *_, usage, failure = streamed(end(native, error="it broke", usage=USAGE))
    assert usage == UsageReport(COUNTED)
    assert isinstance(failure, Failure)
    assert failure.error.kind is kind
    body = json.dumps({"id": "c", "message": {"role": "assistant"}, "finish_reason": native})
    with pytest.raises(UpstreamError) as caught:
        ADAPTER.decode(body.encode())
    assert caught.value.kind is kind


def test_filter_after_words_is_how_they_ended() -> None:
    """The words stay, as with every other provider's filter."""
    *_, finish = streamed(said("content-delta", content={"text": "a"}), end("ERROR_TOXIC"))
    assert finish == Finish("content_filter", "ERROR_TOXIC")


def test_failure_after_words_is_a_failure() -> None:
    """A client must not take a broken answer for a whole one."""
    *_, failure = streamed(
        said("content-delta", content={"text": "a"}), end("ERROR", error="bad tool", error_type="X")
    )
    assert isinstance(failure, Failure)
    assert (failure.error.message, failure.error.code) == ("bad tool", "X")


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "invalid request: bad", FailureKind.BAD_REQUEST),
        (400, "too many tokens: total number of tokens exceeds 4096", FailureKind.CONTEXT_LENGTH),
        (401, "invalid api token", FailureKind.AUTH),
        (404, "model 'x' not found", FailureKind.MODEL_NOT_FOUND),
        (429, "You are using a Trial key, which is limited to 40 calls", FailureKind.QUOTA),
        (429, "Please wait", FailureKind.RATE_LIMITED),
        (498, "invalid token", FailureKind.AUTH),
        (500, "internal server error", FailureKind.SERVER),
        (503, "unavailable", FailureKind.OVERLOADED),
    ],
)
def test_errors_are_told_apart(status: int, message: str, kind: FailureKind) -> None:
    """By status and by Cohere's words."""
    error = ADAPTER.decode_error(status, {}, json.dumps({"id": "e", "message": message}).encode())
    assert (error.kind, error.status) == (kind, status)


def test_stream_without_an_end_is_not_whole() -> None:
    """message-end is the only end mark."""
    decoder = ADAPTER.decoder()
    decoder.feed(b'data: {"type":"content-delta","delta":{"message":{"content":{"text":"a"}}}}\n\n')
    decoder.end()
    assert not decoder.ended


def test_error_instead_of_a_stream_is_typed() -> None:
    """A line of JSON, or an event without a type."""
    decoder = ADAPTER.decoder()
    decoder.feed(b'{"message":"rate limit exceeded"}')
    (failure,) = decoder.end()
    assert isinstance(failure, Failure)
    assert failure.error.kind is FailureKind.RATE_LIMITED
    (failure,) = ADAPTER.decoder().feed(b'data: {"message":"internal server error"}\n\n')
    assert isinstance(failure, Failure)


def test_models_are_listed() -> None:
    """For discovery."""
    assert ADAPTER.decode_models(b'{"models":[{"name":"command-a"}]}') == ("command-a",)
    with pytest.raises(UpstreamError):
        ADAPTER.decode_models(b"[]")
