"""What Bedrock says, whole and streamed, by a table: blocks, ends, counts, exceptions, errors."""

import json
from base64 import b64encode
from typing import Any, Final

import pytest
from tests.wire.aws_frames import event
from tests.wire.cases.wire_case import Fields

from turnout.core.conversation import Opaque
from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.usage import Usage
from turnout.dialects.bedrock_converse.adapter import BedrockConverse
from turnout.dialects.events import (
    Annotations,
    Event,
    Finish,
    Identity,
    MediaDelta,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)

ADAPTER: Final = BedrockConverse()
CLAUDE: Final = "anthropic-claude-v1"


def whole(*blocks: Fields, stop: str = "end_turn", **more: Any) -> tuple[Event, ...]:
    """The events of a whole answer."""
    message = {"role": "assistant", "content": list(blocks)}
    body = {"output": {"message": message}, "stopReason": stop, **more}
    return ADAPTER.decode(json.dumps(body).encode()).events


def streamed(*events: tuple[str, Fields]) -> list[Event]:
    """The events of a stream."""
    decoder = ADAPTER.decoder()
    return decoder.feed(b"".join(event(*one) for one in events)) + decoder.end()


def started(place: int, **start: Any) -> tuple[str, Fields]:
    """ContentBlockStart."""
    return "contentBlockStart", {"contentBlockIndex": place, "start": start}


def more(place: int, **delta: Any) -> tuple[str, Fields]:
    """ContentBlockDelta."""
    return "contentBlockDelta", {"contentBlockIndex": place, "delta": delta}


def stopped(place: int) -> tuple[str, Fields]:
    """ContentBlockStop."""
    return "contentBlockStop", {"contentBlockIndex": place}


def end(reason: str) -> tuple[str, Fields]:
    """MessageStop."""
    return "messageStop", {"stopReason": reason}


def test_thinking_text_and_calls_come_in_order() -> None:
    """Signatures stay with their thinking, calls are counted from nought, whole as streamed."""
    blocks: list[Fields] = [
        {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "sig"}}},
        {"text": "Let me."},
        {"toolUse": {"toolUseId": "a", "name": "look", "input": {"q": 1}}},
        {"toolUse": {"toolUseId": "b", "name": "look", "input": {}}},
    ]
    signed = Opaque(format=CLAUDE, signature="sig")
    assert whole(*blocks, stop="tool_use") == (
        ReasoningDelta("hm", "text", signed, 0),
        TextDelta("Let me."),
        ToolCallDelta(0, "a", "look"),
        ToolCallDelta(0, arguments='{"q": 1}'),
        ToolCallDelta(1, "b", "look"),
        ToolCallDelta(1, arguments="{}"),
        Finish("tool_calls", "tool_use"),
    )
    assert streamed(
        ("messageStart", {"role": "assistant"}),
        more(0, reasoningContent={"text": "h"}),
        more(0, reasoningContent={"text": "m"}),
        more(0, reasoningContent={"signature": "sig"}),
        stopped(0),
        more(1, text="Let "),
        more(1, text="me."),
        stopped(1),
        started(2, toolUse={"toolUseId": "a", "name": "look"}),
        more(2, toolUse={"input": '{"q"'}),
        more(2, toolUse={"input": ":1}"}),
        stopped(2),
        started(3, toolUse={"toolUseId": "b", "name": "look"}),
        more(3, toolUse={"input": ""}),
        stopped(3),
        end("tool_use"),
    ) == [
        ReasoningDelta("h", "text", None, 0),
        ReasoningDelta("m", "text", None, 0),
        ReasoningDelta("", "text", signed, 0),
        TextDelta("Let "),
        TextDelta("me."),
        ToolCallDelta(0, "a", "look"),
        ToolCallDelta(0, arguments='{"q"'),
        ToolCallDelta(0, arguments=":1}"),
        ToolCallDelta(1, "b", "look"),
        ToolCallDelta(1, arguments="{}"),
        Finish("tool_calls", "tool_use"),
    ]


def test_sealed_thinking_is_unwrapped_once() -> None:
    """What Anthropic sealed is Anthropic's own text again; another seal stays as it came."""
    sealed = b64encode(b"c2VhbGVk").decode()
    other = b64encode(b"\x00\xff").decode()
    events = whole(
        {"reasoningContent": {"redactedContent": sealed}},
        {"reasoningContent": {"redactedContent": other}},
    )
    assert events[:2] == (
        ReasoningDelta("", "encrypted", Opaque(format=CLAUDE, data="c2VhbGVk"), 0),
        ReasoningDelta("", "encrypted", Opaque(format="unknown", data=other), 1),
    )


def test_work_of_bedrocks_own_tools_is_not_the_callers() -> None:
    """A call that the provider answers itself is no call to answer, and ends nothing."""
    use = {"toolUseId": "s", "name": "nova_code_interpreter", "type": "server_tool_use"}
    came = {"toolUseId": "s", "type": "nova_code_interpreter_result", "status": "success"}
    assert streamed(
        started(0, toolUse=use),
        more(0, toolUse={"input": '{"snippet":"1"}'}),
        stopped(0),
        started(1, toolResult=came),
        more(1, toolResult=[{"json": {"stdOut": "1"}}]),
        stopped(1),
        more(2, text="1"),
        stopped(2),
        end("end_turn"),
    ) == [TextDelta("1"), Finish("stop", "end_turn")]
    blocks: list[Fields] = [
        {"toolUse": {**use, "input": {}}},
        {"toolResult": {**came, "content": []}},
        {"text": "1"},
    ]
    assert whole(*blocks) == (TextDelta("1"), Finish("stop", "end_turn"))


def cited(events: list[Event] | tuple[Event, ...]) -> list[Fields]:
    """The annotations."""
    return [
        json.loads(bytes(item))
        for one in events
        if isinstance(one, Annotations)
        for item in one.items
    ]


def test_citations_point_at_the_text_of_their_block() -> None:
    """Pages and files, in code points, with Bedrock's own words beside."""
    page = {
        "title": "A",
        "location": {"web": {"url": "https://a.example/x", "domain": "a.example"}},
    }
    part = {"start": 3, "end": 9, "documentIndex": 1}
    leaf = {
        "title": "b.pdf",
        "sourceContent": [{"text": "quote"}],
        "location": {"documentChar": part},
    }
    got = cited(
        whole(
            {"text": "é 😀 "},
            {"citationsContent": {"content": [{"text": "Cited."}], "citations": [page, leaf]}},
        )
    )
    place = {"start_index": 4, "end_index": 10}
    assert got[0]["url_citation"] == {
        "url": "https://a.example/x",
        "title": "A",
        "content": "",
        **place,
    }
    assert got[1]["file_citation"] == {
        "file_id": "",
        "filename": "b.pdf",
        "index": 1,
        "quote": "quote",
        **place,
    }
    assert [one["native_citation"] for one in got] == [page, leaf]
    assert (
        cited(
            streamed(
                more(0, text="é 😀 "),
                stopped(0),
                more(1, text="Cited."),
                more(1, citation=page),
                more(1, citation=leaf),
                stopped(1),
            )
        )
        == got
    )


def test_picture_in_pieces_is_one_picture() -> None:
    """Each piece is base64 by itself."""
    pieces = [b64encode(one).decode() for one in (b"ab", b"cde")]
    events = streamed(
        started(0, image={"format": "png"}),
        *(more(0, image={"source": {"bytes": one}}) for one in pieces),
        stopped(0),
    )
    picture = whole({"image": {"format": "png", "source": {"bytes": b64encode(b"abcde").decode()}}})
    assert events == [picture[0]]
    assert isinstance(events[0], MediaDelta)
    url = json.loads(bytes(events[0].payload))["image_url"]["url"]
    assert url == "data:image/png;base64," + b64encode(b"abcde").decode()


@pytest.mark.parametrize(
    ("native", "unified"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("guardrail_intervened", "content_filter"),
        ("content_filtered", "content_filter"),
        ("malformed_tool_use", "error"),
        ("malformed_model_output", "error"),
        ("tomorrow", "stop"),
    ],
)
def test_ends_are_unified(native: str, unified: str) -> None:
    """The native reason stays beside the unified one."""
    (_, finish) = whole({"text": "a"}, stop=native)
    assert isinstance(finish, Finish)
    assert (finish.reason, finish.native) == (unified, native)


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        (
            {"inputTokens": 3, "outputTokens": 5, "totalTokens": 8},
            Usage(text_in=3, text_out=5),
        ),
        (
            {
                "inputTokens": 3,
                "outputTokens": 5,
                "totalTokens": 38,
                "cacheReadInputTokens": 10,
                "cacheWriteInputTokens": 20,
                "cacheDetails": [
                    {"ttl": "1h", "inputTokens": 15},
                    {"ttl": "5m", "inputTokens": 5},
                ],
            },
            Usage(text_in=3, cache_read=10, cache_write=5, cache_write_1h=15, text_out=5),
        ),
        (
            {"inputTokens": 13, "outputTokens": 5, "totalTokens": 18, "cacheReadInputTokens": 10},
            Usage(text_in=3, cache_read=10, text_out=5),
        ),
        ({"outputTokens": 5}, Usage(text_out=5)),
        ({}, None),
    ],
)
def test_counts_are_disjoint(told: Fields, usage: Usage | None) -> None:
    """Cache reads and writes by time to live are in no other bucket, told apart or not."""
    events = whole({"text": "a"}, usage=told)
    reports = [one.usage for one in events if isinstance(one, UsageReport)]
    assert reports == ([usage] if usage else [])


def test_tier_that_served_is_told() -> None:
    """Billing follows the tier actually served."""
    events = whole({"text": "a"}, serviceTier={"type": "flex"}, usage={"inputTokens": 1})
    assert Identity(None, service_tier="flex") in events


def test_stream_is_whole_with_its_metadata() -> None:
    """The stop reason alone is an end only when nothing follows."""
    decoder = ADAPTER.decoder()
    decoder.feed(event(*more(0, text="a")) + event(*end("end_turn")))
    assert not decoder.ended
    decoder.feed(event("metadata", {"usage": {"inputTokens": 1, "outputTokens": 1}}))
    assert decoder.ended
    cut = ADAPTER.decoder()
    cut.feed(event(*more(0, text="a")))
    cut.end()
    assert not cut.ended
    without = ADAPTER.decoder()
    without.feed(event(*end("end_turn")))
    without.end()
    assert without.ended


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"output":{}}', b'{"output":{"message":{"content":3}}}'],
)
def test_foreign_answers_are_a_typed_failure(body: bytes) -> None:
    """Whatever a proxy says with a 200."""
    with pytest.raises(UpstreamError) as caught:
        ADAPTER.decode(body)
    assert caught.value.kind is FailureKind.DECODE


def test_arguments_without_a_call_are_a_typed_failure() -> None:
    """They would be lost in silence else."""
    with pytest.raises(UpstreamError) as caught:
        streamed(more(0, toolUse={"input": "{}"}))
    assert caught.value.kind is FailureKind.DECODE
