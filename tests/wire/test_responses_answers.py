"""Answers as Responses clients get them: every kind of event, every way to end and to break."""

import json
from typing import Any, Final

import msgspec
import pytest
from tests.wire.heard import Fields, child, payloads

from turnout.core.conversation import Opaque
from turnout.core.errors import Availability, FailureKind, Refusal, UpstreamError
from turnout.core.money import Nusd
from turnout.core.usage import Charge, Usage
from turnout.dialects.adapter import Bill, Head, Outgoing, UpstreamRequest
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
from turnout.dialects.openai_responses.sealed import PREFIX

ADAPTER: Final = OpenAIResponses()
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
ASKED: Final = {
    name: msgspec.Raw(json.dumps(value).encode())
    for name, value in {
        "instructions": "Be kind.",
        "metadata": {"a": "b"},
        "tools": [
            {"type": "function", "name": "f"},
            {"type": "custom", "name": "patch"},
        ],
        "temperature": 0.5,
        "user": "ann",
        "max_output_tokens": None,
    }.items()
}
HEAD: Final = Head("gen-1", 1_700_000_000, "author/model", "Provider", asked=ASKED)
USAGE: Final = Usage(text_in=7, cache_read=3, cache_write=2, text_out=4, reasoning=1)
BILL: Final = Bill(
    usage=USAGE,
    charge=Charge(Nusd(93_000), Nusd(13_000), Nusd(80_000)),
    metadata=msgspec.Raw(b'{"served":"here"}'),
)
CITED: Final[Fields] = {
    "type": "url_citation",
    "url_citation": {"url": "https://a.test", "title": "A", "start_index": 1, "end_index": 2},
}
EVENTS: Final[tuple[Event, ...]] = (
    Identity("u", service_tier="flex"),
    ReasoningDelta("th", index=0),
    ReasoningDelta("ink", index=0),
    ReasoningDelta("", opaque=Opaque(format="anthropic-claude-v1", signature="s"), index=0),
    ReasoningDelta("sum", "summary", Opaque(format="openai-responses-v1", id="rs_9"), 1),
    ReasoningDelta(
        "", "encrypted", Opaque(format="openai-responses-v1", data="gAAA", id="rs_9"), 1
    ),
    TextDelta("Hel"),
    TextDelta("lo"),
    Logprobs(msgspec.Raw(b'{"content":[{"token":"Hello","logprob":-0.5}]}')),
    Annotations((msgspec.Raw(json.dumps(CITED).encode()),)),
    RefusalDelta("no"),
    MediaDelta(
        "image", msgspec.Raw(b'{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ"}}')
    ),
    ToolCallDelta(0, "c1", "f", '{"a"'),
    ToolCallDelta(1, "c2", "patch", '{"input":"x '),
    ToolCallDelta(0, arguments=":1}"),
    ToolCallDelta(1, arguments='\\"y\\""}'),
    Finish("tool_calls", "tool_calls"),
)


def whole(*events: Event) -> Fields:
    """The answer they make."""
    body: Fields = json.loads(CLIENT.write(Completion(events=events), HEAD, BILL))
    return body


def streamed(*events: Event) -> list[Fields]:
    """The events of the stream they make, which ends with its mark."""
    encoder = CLIENT.encoder(HEAD)
    out = b"".join(encoder.encode(event) for event in events) + encoder.close(BILL)
    told = payloads(out.decode())
    assert told[-1] == "[DONE]"
    return [json.loads(payload) for payload in told[:-1]]


def test_response_has_every_required_field_and_repeats_the_request() -> None:
    """Contract section 2.4: what must be there is, asked-for values as they were asked."""
    answer = whole(*EVENTS)
    required = {
        "completed_at", "created_at", "error", "frequency_penalty", "id", "incomplete_details",
        "instructions", "metadata", "model", "object", "output", "parallel_tool_calls",
        "presence_penalty", "status", "temperature", "tool_choice", "tools", "top_p",
    }  # fmt: skip
    assert required <= set(answer)
    assert answer["id"] == "gen-1"
    assert answer["object"] == "response"
    assert answer["status"] == "completed"
    assert answer["instructions"] == "Be kind."
    assert answer["metadata"] == {"a": "b"}
    assert answer["temperature"] == 0.5
    assert answer["user"] == "ann"
    assert answer["tools"][0] == {
        "type": "function",
        "name": "f",
        "parameters": None,
        "strict": None,
    }
    assert answer["service_tier"] == "flex"
    assert answer["store"] is False
    assert answer["openrouter_metadata"] == {"served": "here"}
    assert answer["usage"] == {
        "input_tokens": 12,
        "input_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 2},
        "output_tokens": 5,
        "output_tokens_details": {"reasoning_tokens": 1},
        "total_tokens": 17,
        "cost": 0.000093,
        "cost_details": {
            "upstream_inference_cost": 0.000093,
            "upstream_inference_input_cost": 0.000013,
            "upstream_inference_output_cost": 0.00008,
        },
        "is_byok": False,
    }


def test_response_items_hold_what_was_said_in_order() -> None:
    """Thoughts with their seals, words with citations, a picture, two calls side by side."""
    output = whole(*EVENTS)["output"]
    assert [item["type"] for item in output] == [
        "reasoning",
        "reasoning",
        "message",
        "image_generation_call",
        "function_call",
        "custom_tool_call",
    ]
    thought, summary, message, image, call, custom = output
    assert thought["content"] == [{"type": "reasoning_text", "text": "think"}]
    assert thought["encrypted_content"].startswith(PREFIX)
    assert summary["id"] == "rs_9"
    assert summary["summary"] == [{"type": "summary_text", "text": "sum"}]
    assert summary["encrypted_content"] == "gAAA"
    text, refusal = message["content"]
    assert text["text"] == "Hello"
    assert text["logprobs"] == [{"token": "Hello", "logprob": -0.5}]
    [cited] = text["annotations"]
    assert cited == {"type": "url_citation", **child(CITED, "url_citation")}
    assert refusal == {"type": "refusal", "refusal": "no"}
    assert image["result"] == "QQ"
    assert (call["call_id"], call["name"], call["arguments"]) == ("c1", "f", '{"a":1}')
    assert (custom["call_id"], custom["name"], custom["input"]) == ("c2", "patch", 'x "y"')
    assert {item["status"] for item in output} == {"completed"}
    assert len({item["id"] for item in output}) == len(output)


def test_response_stream_pairs_what_it_opens_and_ends_with_the_answer() -> None:
    """Numbers without gaps; created and in_progress first; the last event is the whole answer."""
    told = streamed(*EVENTS)
    assert [event["sequence_number"] for event in told] == list(range(len(told)))
    assert [event["type"] for event in told[:2]] == ["response.created", "response.in_progress"]
    assert told[0]["response"]["status"] == "in_progress"
    assert told[-1]["type"] == "response.completed"
    assert told[-1]["response"] == whole(*EVENTS)
    for opened, closed in (
        ("response.output_item.added", "response.output_item.done"),
        ("response.content_part.added", "response.content_part.done"),
        ("response.reasoning_summary_part.added", "response.reasoning_summary_part.done"),
    ):
        kinds = [event["type"] for event in told]
        assert kinds.count(opened) == kinds.count(closed) > 0
    pieces = [e["delta"] for e in told if e["type"] == "response.function_call_arguments.delta"]
    assert pieces == ['{"a"', ":1}"]
    [free] = [e["delta"] for e in told if e["type"] == "response.custom_tool_call_input.delta"]
    assert free == 'x "y"'


@pytest.mark.parametrize(
    ("reason", "status", "details"),
    [
        ("stop", "completed", None),
        ("tool_calls", "completed", None),
        ("length", "incomplete", {"reason": "max_output_tokens"}),
        ("content_filter", "incomplete", {"reason": "content_filter"}),
        ("error", "failed", None),
    ],
)
def test_response_ends_as_the_model_did(reason: Any, status: str, details: Any) -> None:
    """Every unified finish has its status, whole and streamed; a cut item says so too."""
    events = TextDelta("a"), Finish(reason, "native")
    answer = whole(*events)
    assert answer["status"] == status
    assert answer["incomplete_details"] == details
    assert (answer["error"] is None) == (status != "failed")
    assert answer["output"][0]["status"] == (
        "incomplete" if status == "incomplete" else "completed"
    )
    assert streamed(*events)[-1]["type"] == f"response.{status}"


@pytest.mark.parametrize(
    ("kind", "event", "code"),
    [
        (FailureKind.RATE_LIMITED, "response.failed", "rate_limit_exceeded"),
        (FailureKind.OVERLOADED, "response.failed", "server_error"),
        (FailureKind.BAD_REQUEST, "response.failed", "invalid_prompt"),
        (FailureKind.CONTEXT_LENGTH, "response.incomplete", None),
    ],
)
def test_response_that_breaks_says_how(kind: FailureKind, event: str, code: str | None) -> None:
    """The last event has the code and the true type; too long is a cut answer, not a failure."""
    encoder = CLIENT.encoder(HEAD)
    out = encoder.encode(TextDelta("a")) + encoder.fail(UpstreamError(kind, "Broke."), BILL)
    told = [json.loads(payload) for payload in payloads(out.decode())[:-1]]
    last = told[-1]
    assert last["type"] == event
    response = last["response"]
    assert response["output"][0]["status"] == "incomplete"
    assert response["usage"]["output_tokens"] == 5
    if code is None:
        assert response["error"] is None
    else:
        assert response["error"] == {"code": code, "message": "Broke."}
        assert response["error_type"]


def test_refusals_are_told_in_the_dialect() -> None:
    """Before a stream: error and metadata; in one that was opened: a failed response."""
    refusal = Refusal(
        "rate_limit_exceeded",
        "Slow down.",
        param="model",
        availability=Availability(
            code="capacity_exhausted", retryable=True, requested_models=("a/m",)
        ),
        provider="Provider",
        provider_code="slow",
    )
    body = json.loads(CLIENT.tell(refusal, 429, "gen-1"))
    assert body["error"]["code"] == "rate_limit_exceeded"
    assert body["error"]["message"] == "Slow down."
    assert body["error"]["param"] == "model"
    assert body["error"]["availability"]["code"] == "capacity_exhausted"
    assert body["error_type"] == "rate_limit_exceeded"
    assert body["metadata"] == {"provider_name": "Provider", "provider_code": "slow"}
    assert json.loads(CLIENT.tell(Refusal("server", "x"), 500, ""))["metadata"] is None
    told = payloads(CLIENT.tell_in_stream(refusal, 429, "gen-1", 7).decode())
    assert told[1:] == ["[DONE]"]
    event = json.loads(told[0])
    assert event["type"] == "response.failed"
    assert event["response"]["error"]["message"] == "Slow down."
    assert event["response"]["id"] == "gen-1"


# ── from an upstream of the dialect ─────────────────────────────────────────────────────────────


def frames(*events: Fields) -> bytes:
    """A stream of them."""
    return b"".join(
        b"event: %b\ndata: %b\n\n" % (event["type"].encode(), json.dumps(event).encode())
        for event in events
    )


CREATED: Final = {
    "type": "response.created",
    "response": {"id": "resp_1", "object": "response", "status": "in_progress", "model": "their"},
    "sequence_number": 0,
}


def test_splice_passes_what_it_does_not_know_byte_for_byte() -> None:
    """Events and fields of tomorrow reach the client; id and model are ours."""
    tomorrow = {"type": "response.dream.delta", "delta": {"deep": [1]}, "sequence_number": 1}
    text = {
        "type": "response.output_text.delta",
        "delta": "hi",
        "obfuscation": "xyz",
        "output_index": 0,
        "content_index": 0,
        "item_id": "msg_1",
        "sequence_number": 2,
    }
    done = {
        "type": "response.completed",
        "response": {
            "id": "resp_1",
            "status": "completed",
            "model": "their",
            "output": [{"type": "dream", "id": "d"}],
            "usage": {"input_tokens": 7, "output_tokens": 2, "new_count": 3},
            "novelty": True,
        },
        "sequence_number": 3,
    }
    stream = bridge(CLIENT, ADAPTER).stream(HEAD, SENT)
    out = stream.feed(frames(CREATED, tomorrow, text, done))
    assert stream.tally.ended
    assert stream.tally.upstream_id == "resp_1"
    assert stream.tally.spoken == b"hi"
    assert frames(tomorrow, text) in out
    told = payloads((out + stream.close(BILL)).decode())
    first, last = json.loads(told[0]), json.loads(told[-2])
    for required in ("completed_at", "presence_penalty", "frequency_penalty", "tools"):
        assert required in last["response"], "an older server leaves it out, the contract does not"
    assert first["response"]["id"] == "gen-1"
    assert first["response"]["model"] == "author/model"
    assert last["response"]["novelty"] is True
    assert last["response"]["output"] == [{"type": "dream", "id": "d"}]
    assert last["response"]["usage"]["new_count"] == 3
    assert last["response"]["usage"]["cost"] == 0.000093
    assert last["sequence_number"] == 3


@pytest.mark.parametrize("client", [CLIENT, CHAT], ids=["responses", "chat"])
@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "code": "rate_limit_exceeded", "message": "slow", "param": None},
        {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "slow"}},
        {
            "type": "response.failed",
            "response": {
                "id": "resp_1",
                "status": "failed",
                "error": {"code": "rate_limit_exceeded", "message": "slow"},
                "output": [],
                "usage": {"input_tokens": 7, "output_tokens": 0},
            },
        },
    ],
    ids=["flat", "nested", "failed"],
)
def test_error_inside_a_stream_is_an_upstream_error(client: Any, event: Fields) -> None:
    """Each form of it, on every way, before any content: so another endpoint may try."""
    for way in (bridge(client, ADAPTER), Translation(client, ADAPTER)):
        stream = way.stream(HEAD, SENT)
        stream.feed(frames(CREATED, event))
        assert stream.tally.error is not None
        assert stream.tally.error.kind is FailureKind.RATE_LIMITED
        assert not stream.tally.content
        assert not stream.tally.ended


def test_usage_of_an_incomplete_response_is_counted() -> None:
    """Cached, written and reasoning tokens fall into buckets of their own; searches are counted."""
    answer = {
        "id": "resp_1",
        "status": "incomplete",
        "incomplete_details": {"reason": "max_output_tokens"},
        "output": [
            {"type": "web_search_call", "id": "ws_1", "status": "completed"},
            {"type": "message", "content": [{"type": "output_text", "text": "a"}]},
        ],
        "usage": {
            "input_tokens": 100,
            "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10},
            "output_tokens": 50,
            "output_tokens_details": {"reasoning_tokens": 20},
            "total_tokens": 150,
        },
    }
    for way in (bridge(CLIENT, ADAPTER), Translation(CHAT, ADAPTER)):
        tally = way.answer(json.dumps(answer).encode(), HEAD, SENT).tally
        assert tally.finish == "length"
        assert tally.native_finish == "max_output_tokens"
        assert tally.usage == Usage(
            text_in=30, cache_read=60, cache_write=10, text_out=30, reasoning=20, searches=1
        )
