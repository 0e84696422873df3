"""What clients hear of Anthropic's streams and answers, on the splice and translated."""

import json
from typing import Final

import pytest
from tests.wire.fold import fold_answer, fold_stream
from tests.wire.messages_judge import blocks, told, words
from tests.wire.messages_streams import (
    BILL,
    HEAD,
    SENT,
    Fields,
    block,
    end,
    event,
    grammar,
    heard,
    run,
    start,
    text,
    thought,
    tool,
)

from turnout.core.errors import FailedAttempt, FailureKind, Refusal, UpstreamError
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bridge
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.client import CLIENT
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.client import CLIENT as CHAT

OWN: Final = AnthropicMessages()
SPLICED: Final = bridge(CLIENT, OWN)
ROUND: Final = Translation(CLIENT, OWN)
TO_CHAT: Final = Translation(CHAT, OWN)


INTERLEAVED: Final = (
    start(cache_read_input_tokens=2)
    + event("ping")
    + thought(0, "Hm.", "sig-1")
    + block(1, {"type": "redacted_thinking", "data": "xyz"})
    + text(2, "Grüße ", "👋")
    + tool(3, "", '{"ci', 'ty":"Aix"}')
    + thought(4, "", "sig-2")
    + tool(5, name="now")
    + end("tool_use")
)


def test_interleaved_thoughts_text_and_calls_reach_chat_in_order() -> None:
    """Thoughts keep their seals, calls their dense numbers, empty input is an empty object."""
    body, stream = heard(TO_CHAT, INTERLEAVED)
    voice = fold_stream(body)["choices"][0]
    assert voice["content"] == "Grüße 👋"
    assert voice["calls"] == [
        {"id": "toolu_3", "name": "look", "arguments": '{"city":"Aix"}'},
        {"id": "toolu_5", "name": "now", "arguments": "{}"},
    ]
    format_: Fields = {"format": "anthropic-claude-v1"}
    assert voice["details"] == [
        {"type": "reasoning.text", "text": "Hm.", "signature": "sig-1", "index": 0, **format_},
        {"type": "reasoning.encrypted", "data": "xyz", "index": 1, **format_},
        {"type": "reasoning.text", "text": "", "signature": "sig-2", "index": 2, **format_},
    ]
    assert voice["finish"] == ("tool_calls", "tool_use")
    tally = stream.tally
    assert (tally.upstream_id, tally.service_tier, tally.tool_calls) == ("msg_1", "standard", 2)
    assert tally.usage == Usage(text_in=10, cache_read=2, text_out=7)


@pytest.mark.parametrize("one", [SPLICED, ROUND], ids=["splice", "translation"])
def test_interleaved_thoughts_text_and_calls_reach_their_own_dialect(one: Bridge) -> None:
    """The grammar holds, the SDK reads the same message, the bill comes last and exact."""
    body, _ = heard(one, INTERLEAVED)
    events = grammar(body)
    message = told(body, streamed=True)
    assert words(message) == words(told(INTERLEAVED, streamed=True))
    assert [part["type"] for part in blocks(message)] == [
        "thinking",
        "redacted_thinking",
        "text",
        "tool_use",
        "thinking",
        "tool_use",
    ]
    assert events[0]["message"]["id"] == "gen-1"
    assert events[0]["message"]["provider"] == "Provider"
    assert events[-2]["delta"]["stop_reason"] == "tool_use"
    assert b'"cost":0.000093,' in body
    assert events[-2]["usage"]["cost_details"]["upstream_inference_cost"] == 0.000093
    assert events[-1] == {"type": "message_stop"}


def test_splice_and_translation_agree_on_the_tally() -> None:
    """What is recorded does not depend on the way."""
    tallies = [heard(one, INTERLEAVED)[1].tally for one in (SPLICED, ROUND)]
    for name in ("content", "usage", "finish", "native_finish", "tool_calls", "upstream_id"):
        assert getattr(tallies[0], name) == getattr(tallies[1], name)


def test_splice_keeps_what_nobody_knows() -> None:
    """New blocks, deltas, events and members pass with their own bytes."""
    strange = (
        event("content_block_start", index=0, content_block={"type": "hologram", "x": 1.5})
        + event("content_block_delta", index=0, delta={"type": "hologram_delta", "y": "é"})
        + event("content_block_stop", index=0)
        + event("weather_report", sky="blue")
    )
    last = event(
        "message_delta",
        delta={"stop_reason": "pause_turn", "stop_sequence": None, "container": {"id": "c"}},
        usage={"output_tokens": 3, "iterations": [1]},
        context_management={"applied": []},
    )
    body = start() + strange + last + event("message_stop")
    got, stream = heard(SPLICED, body)
    assert strange in got
    assert stream.tally.content, "work of an unknown kind shows, too"
    ended = grammar(got)[-2]
    assert ended["delta"] == {
        "stop_reason": "pause_turn",
        "stop_sequence": None,
        "container": {"id": "c"},
    }
    assert ended["context_management"] == {"applied": []}
    assert ended["usage"]["iterations"] == [1]
    assert stream.tally.native_finish == "pause_turn"
    assert stream.tally.finish == "stop"
    assert fold_stream(heard(TO_CHAT, body)[0])["choices"][0]["finish"] == ("stop", "pause_turn")


CITED: Final[Fields] = {
    "type": "web_search_result_location",
    "url": "https://x.test",
    "title": "X",
    "cited_text": "sun",
    "encrypted_index": "e",
}
PAGED: Final[Fields] = {
    "type": "page_location",
    "cited_text": "rain",
    "document_index": 1,
    "document_title": "Doc",
    "start_page_number": 1,
    "end_page_number": 2,
}


def test_citations_are_annotations_with_their_places_and_their_source() -> None:
    """Places count code points of the whole text; the upstream's own citation rides along."""
    cited = event("content_block_start", index=1, content_block={"type": "text", "text": ""})
    cited += event("content_block_delta", index=1, delta={"type": "text_delta", "text": "It is "})
    for one in (CITED, PAGED):
        delta = {"type": "citations_delta", "citation": one}
        cited += event("content_block_delta", index=1, delta=delta)
    cited += event("content_block_delta", index=1, delta={"type": "text_delta", "text": "sunny."})
    body = start() + text(0, "👋 ") + cited + event("content_block_stop", index=1) + end()
    got, _ = heard(TO_CHAT, body)
    first, second = fold_stream(got)["choices"][0]["annotations"]
    assert first["url_citation"] == {
        "url": "https://x.test",
        "title": "X",
        "content": "sun",
        "start_index": 2,
        "end_index": 14,
    }
    assert first["citation"] == CITED
    assert second["type"] == "file_citation"
    assert second["file_citation"]["filename"] == "Doc"
    assert second["citation"] == PAGED
    back = told(heard(ROUND, body)[0], streamed=True)
    assert words(back)["citations"] == [CITED, PAGED]


ERRORS: Final = (
    ("overloaded_error", "Overloaded", FailureKind.OVERLOADED),
    ("rate_limit_error", "This request would exceed your rate limit", FailureKind.RATE_LIMITED),
    ("api_error", "Internal server error", FailureKind.SERVER),
    ("invalid_request_error", "prompt is too long: 9 tokens > 8", FailureKind.CONTEXT_LENGTH),
    ("invalid_request_error", "Your credit balance is too low", FailureKind.QUOTA),
    ("authentication_error", "invalid x-api-key", FailureKind.AUTH),
)


@pytest.mark.parametrize(("kind", "message", "failure"), ERRORS)
def test_error_in_the_stream_is_understood(kind: str, message: str, failure: FailureKind) -> None:
    """On every way, before and after the first word; what was said before it was said."""
    error = event("error", error={"type": kind, "message": message})
    for one in (SPLICED, ROUND, TO_CHAT):
        for before in (b"", start() + text(0, "a")):
            stream = one.stream(HEAD, SENT)
            run(stream, before + error + text(1, "b"))
            assert stream.tally.error is not None
            assert stream.tally.error.kind is failure
            assert stream.tally.content == bool(before)


@pytest.mark.parametrize(
    ("status", "kind", "message", "failure"),
    [
        (400, "invalid_request_error", "temperature: range", FailureKind.BAD_REQUEST),
        (
            400,
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 9 + 9 > 8",
            FailureKind.CONTEXT_LENGTH,
        ),
        (400, "invalid_request_error", "Your credit balance is too low", FailureKind.QUOTA),
        (401, "authentication_error", "invalid x-api-key", FailureKind.AUTH),
        (402, "billing_error", "Please update billing", FailureKind.QUOTA),
        (403, "permission_error", "not allowed", FailureKind.PERMISSION),
        (404, "not_found_error", "model: claude-9", FailureKind.MODEL_NOT_FOUND),
        (413, "request_too_large", "Request exceeds the maximum size", FailureKind.TOO_LARGE),
        (429, "rate_limit_error", "would exceed your rate limit", FailureKind.RATE_LIMITED),
        (500, "api_error", "Internal server error", FailureKind.SERVER),
        (529, "overloaded_error", "Overloaded", FailureKind.OVERLOADED),
    ],
)
def test_error_by_status_is_understood(
    status: int, kind: str, message: str, failure: FailureKind
) -> None:
    """Every status and type of the dialect, with the wait the provider asks for."""
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    error = OWN.decode_error(status, {"retry-after": "7"}, json.dumps(body).encode())
    assert (error.kind, error.retry_after_s) == (failure, 7.0)
    assert error.code == kind


def test_client_is_told_errors_in_its_own_shape() -> None:
    """Before the stream, as its first words, and in its middle."""
    refusal = Refusal(
        "provider_overloaded",
        "busy",
        param="model",
        provider="P",
        attempts=(FailedAttempt("P", 529, "overloaded"),),
    )
    body = json.loads(CLIENT.tell(refusal, 503, ""))
    assert body["type"] == "error"
    assert body["request_id"] is None
    assert body["error"]["type"] == "overloaded_error"
    assert body["error"]["error_type"] == "provider_overloaded"
    assert body["error"]["metadata"]["previous_errors"][0]["provider"] == "P"
    [first] = grammar(CLIENT.tell_in_stream(refusal, 503, "gen-1", 0))
    assert (first["type"], first["request_id"]) == ("error", "gen-1")
    error = UpstreamError(FailureKind.RATE_LIMITED, "slow down")
    for one in (SPLICED, ROUND):
        stream = one.stream(HEAD, SENT)
        run(stream, start() + text(0, "a"))
        [last] = grammar(stream.fail(error, BILL))
        assert last["error"]["type"] == "rate_limit_error"


def test_odd_hosts_are_understood() -> None:
    """No event names, no stops, input at once, [DONE] at the end, usage only at the end."""
    payloads: list[Fields] = [
        {"type": "message_start", "message": {"id": "m", "content": []}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
        {
            "type": "content_block_start",
            "index": 1,
            "content_block": {"type": "tool_use", "id": "t", "name": "f", "input": {"x": 1}},
        },
        {"type": "content_block_stop", "index": 1},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"input_tokens": 5, "output_tokens": 6},
        },
    ]
    body = "".join(f"data: {json.dumps(one)}\r\n\r\n" for one in payloads).encode()
    got, stream = heard(TO_CHAT, body + b"data: [DONE]\n\n")
    voice = fold_stream(got)["choices"][0]
    assert voice["content"] == "a"
    assert voice["calls"] == [{"id": "t", "name": "f", "arguments": '{"x": 1}'}]
    assert voice["finish"] == ("tool_calls", "end_turn")
    assert stream.tally.usage == Usage(text_in=5, text_out=6)
    assert stream.tally.ended


@pytest.mark.parametrize("one", [SPLICED, ROUND], ids=["splice", "translation"])
def test_second_beginning_in_one_stream_goes_on_behind_the_first(one: Bridge) -> None:
    """A proxy that tries once more begins again; the client's grammar holds all the same."""
    body = start() + start(input_tokens=12) + text(0, "a") + start() + text(0, "b") + tool(1, "{}")
    got, stream = heard(one, body + end("tool_use"))
    events = grammar(got)
    assert [event["type"] for event in events].count("message_start") == 1
    said = words(told(got, streamed=True))
    assert said["text"] == "ab"
    assert said["calls"] == [("toolu_1", "look", {})]
    assert stream.tally.tool_calls == 1


@pytest.mark.parametrize(
    "body", [b"<html>busy</html>\n\n", b'data: {"type": 5}\n\n', b"data: x\n\n"]
)
def test_foreign_bytes_are_a_decode_error(body: bytes) -> None:
    """And nothing of them is repeated."""
    for one in (SPLICED, ROUND, TO_CHAT):
        with pytest.raises(UpstreamError) as caught:
            run(one.stream(HEAD, SENT), body)
        assert caught.value.kind is FailureKind.DECODE
        assert "busy" not in caught.value.message


def test_bare_error_instead_of_a_stream_is_understood() -> None:
    """A JSON body where events were due is read for the error in it."""
    body = b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    for one in (SPLICED, ROUND):
        stream = one.stream(HEAD, SENT)
        run(stream, body)
        assert stream.tally.error is not None
        assert stream.tally.error.kind is FailureKind.OVERLOADED
        with pytest.raises(UpstreamError):
            one.answer(body, HEAD, SENT)


def test_whole_answer_keeps_members_and_reaches_chat() -> None:
    """Unknown members pass on the splice; the translation gives chat its contract."""
    answer: Fields = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": [
            {"type": "text", "text": "a"},
            {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"x": 1}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "context_management": {"applied": []},
        "usage": {
            "input_tokens": 3,
            "output_tokens": 4,
            "cache_creation_input_tokens": 9,
            "cache_read_input_tokens": 2,
            "cache_creation": {
                "ephemeral_5m_input_tokens": 4,
                "ephemeral_1h_input_tokens": 5,
            },
            "output_tokens_details": {"thinking_tokens": 1},
            "server_tool_use": {"web_search_requests": 2},
        },
    }
    body = json.dumps(answer).encode()
    spliced = SPLICED.answer(body, HEAD, SENT)
    assert spliced.tally.usage == Usage(
        text_in=3, cache_read=2, cache_write=4, cache_write_1h=5, text_out=3, reasoning=1,
        searches=2,
    )  # fmt: skip
    told_ = json.loads(spliced.render(BILL))
    assert told_["content"] == answer["content"]
    assert told_["context_management"] == {"applied": []}
    assert (told_["stop_details"], told_["container"]) == (None, None)
    assert told_["usage"]["cost"] == 0.000093
    assert told_["usage"]["input_tokens"] == 3
    chat = fold_answer(TO_CHAT.answer(body, HEAD, SENT).render(BILL))
    assert chat["choices"][0]["content"] == "a"
    assert chat["choices"][0]["calls"][0]["arguments"] == '{"x": 1}'


@pytest.mark.parametrize(
    ("native", "reason"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content_filter"),
        ("compaction", "stop"),
        ("something_new", "stop"),
    ],
)
def test_ends_of_anthropic_are_unified(native: str, reason: str) -> None:
    """And its own word is kept beside."""
    body, _ = heard(TO_CHAT, start() + text(0, "a") + end(native))
    assert fold_stream(body)["choices"][0]["finish"] == (reason, native)
