"""What Anthropic's clients hear of any model: streams by the grammar, and whole answers."""

import base64
import json
from typing import Final

import msgspec
import pytest
from tests.wire.messages_judge import blocks, told, words
from tests.wire.messages_streams import (
    BILL,
    HEAD,
    Fields,
    grammar,
)

from turnout.core.conversation import Opaque, Reasoning
from turnout.core.types import FinishReason
from turnout.core.usage import Usage
from turnout.dialects.anthropic_messages.client import CLIENT
from turnout.dialects.events import (
    Annotations,
    Completion,
    Event,
    Finish,
    Identity,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)

OTHERS: Final[tuple[Event, ...]] = (
    Identity("chatcmpl-1"),
    ReasoningDelta("Hm."),
    TextDelta("A "),
    RefusalDelta("no."),
    Annotations(
        (
            msgspec.Raw(
                b'{"type":"url_citation","url_citation":{"url":"https://x.test","title":"X"}}'
            ),
        )
    ),
    ToolCallDelta(0, "call_1", "look"),
    ToolCallDelta(1, "call_2", "now"),
    ToolCallDelta(0, arguments='{"a":'),
    ToolCallDelta(1, arguments="{}"),
    ToolCallDelta(0, arguments="1}"),
    UsageReport(Usage(text_in=1)),
    Finish("tool_calls", "tool_calls"),
)


def written(events: tuple[Event, ...]) -> tuple[bytes, Fields, Fields]:
    """The stream, and what the SDK makes of it and of the whole answer."""
    encoder = CLIENT.encoder(HEAD)
    stream = b"".join(encoder.encode(one) for one in events) + encoder.close(BILL)
    whole = CLIENT.write(Completion(events=events), HEAD, BILL)
    return stream, told(stream, streamed=True), told(whole, streamed=False)


def test_any_model_answers_in_the_dialect() -> None:
    """Interleaved calls are written one after the other; a stream adds up to the whole answer."""
    stream, message, whole = written(OTHERS)
    grammar(stream)
    assert blocks(message) == blocks(whole)
    assert [part["type"] for part in blocks(message)] == [
        "thinking",
        "text",
        "tool_use",
        "tool_use",
    ]
    said = words(message)
    assert said["text"] == "A no."
    assert said["citations"][0]["url"] == "https://x.test"
    assert said["calls"] == [("call_1", "look", {"a": 1}), ("call_2", "now", {})]
    assert message["stop_reason"] == whole["stop_reason"] == "tool_use"
    usage = whole["usage"]
    assert usage["input_tokens"] == 3
    assert usage["cache_creation"] == {
        "ephemeral_5m_input_tokens": 5,
        "ephemeral_1h_input_tokens": 6,
    }
    assert usage["output_tokens_details"] == {"thinking_tokens": 3}
    for key in ("id", "type", "role", "model", "content", "stop_reason", "usage"):
        assert whole[key] is not None


def test_calls_that_follow_each_other_stream_as_they_come() -> None:
    """The second begins at once when the first is whole."""
    encoder = CLIENT.encoder(HEAD)
    for one in (ToolCallDelta(0, "a", "f"), ToolCallDelta(0, arguments="{}")):
        encoder.encode(one)
    assert b'"name":"g"' in encoder.encode(ToolCallDelta(1, "b", "g"))


@pytest.mark.parametrize(
    ("reason", "native", "expected"),
    [
        ("stop", "stop", "end_turn"),
        ("stop", "stop_sequence", "stop_sequence"),
        ("stop", "pause_turn", "pause_turn"),
        ("length", "length", "max_tokens"),
        ("length", "model_context_window_exceeded", "model_context_window_exceeded"),
        ("tool_calls", "stop", "tool_use"),
        ("content_filter", "content_filter", "refusal"),
        ("error", "abort", "end_turn"),
    ],
)
def test_ends_are_the_dialects_own_words(reason: FinishReason, native: str, expected: str) -> None:
    """The upstream's word where it is one of them and means the same, else the nearest."""
    _, message, whole = written((TextDelta("a"), Finish(reason, native)))
    assert message["stop_reason"] == whole["stop_reason"] == expected


def test_sealed_thoughts_of_other_makers_ride_in_the_seal() -> None:
    """A client of the dialect carries them unknowing; sent back, they are their maker's again."""
    google = Opaque(format="google-gemini-v1", signature="gsig", id="x")
    openai = Opaque(format="openai-responses-v1", data="blob", id="rs_1")
    _, message, whole = written(
        (
            ReasoningDelta("Hm.", opaque=google),
            ReasoningDelta(kind="encrypted", opaque=openai),
            TextDelta("a"),
            Finish("stop", "stop"),
        )
    )
    assert blocks(message) == blocks(whole)
    content = [part for part in blocks(message) if part["type"] != "text"]
    body = {"messages": [{"role": "assistant", "content": content}]}
    parts = CLIENT.read(json.dumps(body).encode(), {}).conversation().messages[0].parts
    thoughts = [part for part in parts if isinstance(part, Reasoning)]
    assert [part.opaque for part in thoughts] == [google, openai]
    assert thoughts[0].text == "Hm."


def test_picture_in_an_answer_is_a_block() -> None:
    """By value or by address, as the dialect has pictures in requests."""
    data = base64.b64encode(b"png").decode()
    url = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
    item = MediaDelta("image", msgspec.Raw(msgspec.json.encode(url)))
    events: tuple[Event, ...] = (item, TextDelta("a"), Finish("stop", None))
    encoder = CLIENT.encoder(HEAD)
    stream = b"".join(encoder.encode(one) for one in events) + encoder.close(BILL)
    source = {"type": "base64", "media_type": "image/png", "data": data}
    picture = {"type": "image", "source": source}
    assert grammar(stream)[1]["content_block"] == picture
    whole = json.loads(CLIENT.write(Completion(events=events), HEAD, BILL))
    assert whole["content"] == [picture, {"type": "text", "text": "a"}]
