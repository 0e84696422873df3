"""Gemini's answers as clients of OpenAI's dialect get them: calls, seals, ends, counts."""

import json
from typing import Final

import pytest
from tests.wire.gemini_said import (
    BILL,
    HEAD,
    SEAL,
    SENT,
    Fields,
    calls,
    decoded,
    only,
    response,
    streamed,
)

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.bridge import bridge
from turnout.dialects.events import (
    Failure,
    Finish,
    ReasoningDelta,
    TextDelta,
    UsageReport,
)
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.openai_chat.client import CLIENT

ENDPOINT: Final = Endpoint(
    id="e",
    model="a/m",
    provider="p",
    tag="p",
    upstream_model="gemini-3-flash-preview",
    price=Unpriced(),
    context_tok=1,
)


def test_call_without_id_gets_one_that_is_stable() -> None:
    """Both ways agree on it; two calls differ."""
    body = response(
        {"functionCall": {"name": "f", "args": {"b": 1, "a": 12345678901234567890}}},
        {"functionCall": {"name": "f"}},
    )
    first, second = calls(decoded(body))
    assert first[0] is not None
    assert first[0].startswith("call_")
    assert first[0] != second[0]
    assert first[1:] == ("f", '{"b":1,"a":12345678901234567890}')
    assert second[1:] == ("f", "{}")
    assert calls(streamed(body)) == [first, second]
    assert only(decoded(body), Finish) == [Finish("tool_calls", "STOP")]


def test_call_keeps_the_id_that_google_gave() -> None:
    """It comes back with the result."""
    assert calls(decoded(response({"functionCall": {"id": "x", "name": "f"}}))) == [
        ("x", "f", "{}")
    ]


def test_arguments_in_pieces_become_one_text() -> None:
    """Paths, lists, joined strings, numbers and truth; the call is named at once."""
    pieces = [
        {"name": "f", "willContinue": True},
        {
            "partialArgs": [{"jsonPath": "$.a.b[0]", "stringValue": "x", "willContinue": True}],
            "willContinue": True,
        },
        {"partialArgs": [{"jsonPath": "$.a.b[0]", "stringValue": "y"}], "willContinue": True},
        {"partialArgs": [{"jsonPath": "$.a.b[1]", "numberValue": 2}], "willContinue": True},
        {"partialArgs": [{"jsonPath": "$['c d']", "boolValue": True}], "willContinue": True},
        {},
    ]
    bodies = [response({"functionCall": piece}, finish=None) for piece in pieces]
    head, tail = calls(streamed(*bodies, response()))
    assert head[1:] == ("f", "")
    assert json.loads(tail[2]) == {"a": {"b": ["xy", 2]}, "c d": True}


def test_seal_of_a_call_comes_with_the_call_and_among_the_details() -> None:
    """For clients that know one of both."""
    body = response({"functionCall": {"id": "x", "name": "f"}, "thoughtSignature": SEAL})
    answer = bridge(CLIENT, Gemini()).answer(json.dumps(body).encode(), HEAD, SENT)
    message = json.loads(answer.render(BILL))["choices"][0]["message"]
    (call,) = message["tool_calls"]
    assert call["extra_content"] == {"google": {"thought_signature": SEAL}}
    (detail,) = message["reasoning_details"]
    assert detail == {
        "type": "reasoning.encrypted",
        "data": SEAL,
        "id": "x",
        "format": "google-gemini-v1",
        "index": 0,
    }


@pytest.mark.parametrize(
    "parts",
    [
        [{"text": "hi", "thoughtSignature": SEAL}],
        [{"text": "hi"}, {"text": "", "thoughtSignature": SEAL}],
    ],
)
def test_seal_of_words_has_no_id(parts: list[Fields]) -> None:
    """On the words or on an empty part behind them: it belongs to the words."""
    events = decoded(response(*parts))
    assert [event.text for event in only(events, TextDelta)] == ["hi"]
    (sealed,) = only(events, ReasoningDelta)
    assert (sealed.kind, sealed.opaque.data, sealed.opaque.id) == ("encrypted", SEAL, None)


def test_thoughts_keep_order_and_blocks() -> None:
    """Thought, words, thought: two blocks, each with its own index, the format named."""
    events = decoded(
        response(
            {"text": "a", "thought": True},
            {"text": "b", "thought": True, "thoughtSignature": SEAL},
            {"text": "c"},
            {"text": "d", "thought": True},
        )
    )
    thoughts = only(events, ReasoningDelta)
    assert [(one.text, one.index, one.opaque.signature) for one in thoughts] == [
        ("a", 0, None),
        ("b", 0, SEAL),
        ("d", 1, None),
    ]
    assert {one.opaque.format for one in thoughts} == {"google-gemini-v1"}


def test_seal_survives_the_clients_history() -> None:
    """Answer → the client's message, as it is → the next request has the seal on the same part."""
    body = response(
        {"text": "hm", "thought": True},
        {"text": "words", "thoughtSignature": "d29yZHM="},
        {"functionCall": {"id": "x", "name": "f", "args": {"a": 1}}, "thoughtSignature": SEAL},
        {"functionCall": {"id": "y", "name": "f", "args": {}}},
    )
    answer = bridge(CLIENT, Gemini()).answer(json.dumps(body).encode(), HEAD, SENT)
    message = json.loads(answer.render(BILL))["choices"][0]["message"]
    stripped = {
        **message,
        "tool_calls": [
            {name: value for name, value in call.items() if name != "extra_content"}
            for call in message["tool_calls"]
        ],
    }
    for said in (message, stripped):
        request = {
            "model": "a/m",
            "messages": [
                {"role": "user", "content": "hi"},
                said,
                {"role": "tool", "tool_call_id": "x", "content": "1"},
                {"role": "tool", "tool_call_id": "y", "content": "2"},
            ],
        }
        conversation = CLIENT.read(json.dumps(request).encode(), {}).conversation()
        sent = Gemini().encode(conversation, ENDPOINT)
        assert json.loads(sent.request.body)["contents"][1]["parts"] == [
            {"text": "hm", "thought": True},
            {"text": "words", "thoughtSignature": "d29yZHM="},
            {"functionCall": {"name": "f", "args": {"a": 1}, "id": "x"}, "thoughtSignature": SEAL},
            {"functionCall": {"name": "f", "args": {}, "id": "y"}},
        ]
        assert sent.dropped == ()


@pytest.mark.parametrize(
    ("native", "reason"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "content_filter"),
        ("RECITATION", "content_filter"),
        ("BLOCKLIST", "content_filter"),
        ("PROHIBITED_CONTENT", "content_filter"),
        ("SPII", "content_filter"),
        ("IMAGE_SAFETY", "content_filter"),
        ("MALFORMED_FUNCTION_CALL", "error"),
        ("UNEXPECTED_TOOL_CALL", "error"),
        ("OTHER", "error"),
        ("A_WORD_OF_TOMORROW", "stop"),
    ],
)
def test_finish_is_unified_and_the_native_word_kept(native: str, reason: str) -> None:
    """After words; see the next tests for an answer without any."""
    (finish,) = only(decoded(response({"text": "x"}, finish=native)), Finish)
    assert (finish.reason, finish.native) == (reason, native)


def test_numbered_finish_is_read_as_its_word() -> None:
    """Where somebody asked for numbers."""
    (finish,) = only(decoded(response({"text": "x"}, finish=2)), Finish)
    assert finish == Finish("length", "MAX_TOKENS")


def test_answer_that_breaks_before_its_first_word_is_a_failure() -> None:
    """Another try may do better; the model's broken call is not repeated to the client."""
    body = response(finish="MALFORMED_FUNCTION_CALL", finishMessage="Malformed function call: f(")
    with pytest.raises(UpstreamError) as raised:
        decoded(body)
    assert (raised.value.kind, raised.value.code) == (
        FailureKind.SERVER,
        "MALFORMED_FUNCTION_CALL",
    )
    (failure,) = only(streamed(body), Failure)
    assert failure.error.kind is FailureKind.SERVER


def test_filtered_prompt_ends_for_the_filter() -> None:
    """No candidates, the reason beside them."""
    body = {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {"promptTokenCount": 5, "totalTokenCount": 5},
    }
    for events in (decoded(body), streamed(body)):
        assert only(events, Finish) == [Finish("content_filter", "PROHIBITED_CONTENT")]
        (usage,) = only(events, UsageReport)
        assert (usage.usage.prompt_tok, usage.usage.completion_tok) == (5, 0)


def test_no_candidates_is_no_answer() -> None:
    """Neither a finish nor words: whoever asked tries elsewhere."""
    bodies: list[Fields] = [{}, {"candidates": []}, {"candidates": [{}]}]
    for body in bodies:
        assert only(decoded(body), Finish) == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            {"promptTokenCount": 100, "candidatesTokenCount": 10, "thoughtsTokenCount": 5},
            {"text_in": 100, "text_out": 10, "reasoning": 5},
        ),
        (
            {  # the details leave the cached tokens out
                "promptTokenCount": 88830,
                "cachedContentTokenCount": 88759,
                "candidatesTokenCount": 38,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 71}],
            },
            {"text_in": 71, "cache_read": 88759, "text_out": 38},
        ),
        (
            {  # the details hold the cached tokens
                "promptTokenCount": 17713,
                "cachedContentTokenCount": 17379,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 16},
                    {"modality": "VIDEO", "tokenCount": 15780},
                    {"modality": "AUDIO", "tokenCount": 1917},
                ],
                "cacheTokensDetails": [
                    {"modality": "AUDIO", "tokenCount": 1881},
                    {"modality": "TEXT", "tokenCount": 15},
                    {"modality": "VIDEO", "tokenCount": 15483},
                ],
                "candidatesTokenCount": 68,
                "thoughtsTokenCount": 821,
            },
            {
                "text_in": 1,
                "video_in": 297,
                "audio_in": 36,
                "cache_read": 17379,
                "text_out": 68,
                "reasoning": 821,
            },
        ),
        (
            {
                "promptTokenCount": 13,
                "toolUsePromptTokenCount": 289,
                "candidatesTokenCount": 194,
                "totalTokenCount": 496,
            },
            {"text_in": 302, "text_out": 194},
        ),
        (
            {
                "promptTokenCount": 22,
                "candidatesTokenCount": 1216,
                "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
            },
            {"text_in": 22, "text_out": 96, "image_out": 1120},
        ),
        (
            {"promptTokenCount": 5, "thoughtsTokenCount": 4, "totalTokenCount": 16},
            {"text_in": 5, "reasoning": 4, "text_out": 7},
        ),
    ],
)
def test_counts_fall_into_disjoint_buckets(told: Fields, expected: Fields) -> None:
    """Every token is in exactly one; the sum is Google's own."""
    (report,) = only(decoded({**response({"text": "x"}), "usageMetadata": told}), UsageReport)
    assert report.usage == Usage(**expected)
