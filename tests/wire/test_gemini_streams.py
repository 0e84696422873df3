"""Gemini's streams, sources, media and errors as clients of OpenAI's dialect get them."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from tests.wire.fold import fold_stream
from tests.wire.gemini_said import (
    BILL,
    HEAD,
    SENT,
    Fields,
    decoded,
    only,
    response,
    streamed,
)

from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.bridge import bridge
from turnout.dialects.events import (
    Annotations,
    Failure,
    Finish,
    ReasoningDelta,
    TextDelta,
    UsageReport,
)
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.openai_chat.client import CLIENT


def grounded(text_start: int, text_end: int, words: str, **segment: Any) -> Fields:
    """Grounding of one stretch on the second of two pages."""
    return {
        "groundingChunks": [
            {"web": {"uri": "https://a.example", "title": "A"}},
            {"web": {"uri": "https://b.example", "title": "B"}},
        ],
        "groundingSupports": [
            {
                "segment": {
                    "startIndex": text_start,
                    "endIndex": text_end,
                    "text": words,
                    **segment,
                },
                "groundingChunkIndices": [1, 7],
            }
        ],
        "webSearchQueries": ["q1", "q2"],
    }


def cited(events: Any) -> Iterator[tuple[str, str]]:
    """Each cited page with the words that rest on it."""
    text = "".join(event.text for event in only(events, TextDelta))
    for annotation in only(events, Annotations):
        for item in annotation.items:
            place = json.loads(bytes(item))["url_citation"]
            yield place["url"], text[place["start_index"] : place["end_index"]]


def test_byte_offsets_become_code_points() -> None:
    """Behind letters of two and four bytes, in the part that is meant, and in a stream's pieces."""
    text = "Grüße 🌍. Das ist wahr."
    start = len("Grüße 🌍. ".encode())
    grounding = grounded(start, len(text.encode()), "Das ist wahr.")
    expected = [("https://b.example", "Das ist wahr."), ("https://a.example", "")]
    whole = response({"text": text}, groundingMetadata=grounding)
    assert list(cited(decoded(whole))) == expected
    second = grounded(0, len("Das ist wahr."), "Das ist wahr.", partIndex=1)
    parts = response({"text": "Grüße 🌍. "}, {"text": "Das ist wahr."}, groundingMetadata=second)
    assert list(cited(decoded(parts))) == expected
    pieces = [response({"text": one}, finish=None) for one in ("Grüße ", "🌍. Das ", "ist wahr.")]
    last = response(groundingMetadata=grounding)
    assert list(cited(streamed(*pieces, last))) == expected


def test_searches_are_counted_by_query_or_by_answer() -> None:
    """Google bills each query of generation 3, and before that each answer that searched."""
    for model, searches in (("gemini-3-flash-preview", 2), ("gemini-2.5-flash", 1)):
        body = {
            **response({"text": "x"}, groundingMetadata=grounded(0, 1, "x")),
            "modelVersion": model,
            "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1},
        }
        (report,) = only(decoded(body), UsageReport)
        assert report.usage.searches == searches


def test_pictures_come_as_the_contracts_images() -> None:
    """As data URLs, whole or streamed."""
    body = response({"inlineData": {"mimeType": "image/png", "data": "AA=="}})
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    answer = bridge(CLIENT, Gemini()).answer(json.dumps(body).encode(), HEAD, SENT)
    assert json.loads(answer.render(BILL))["choices"][0]["message"]["images"] == [image]
    stream = bridge(CLIENT, Gemini()).stream(HEAD, SENT)
    out = stream.feed(b"data: " + json.dumps(body).encode() + b"\n\n") + stream.end()
    assert fold_stream(out + stream.close(BILL))["choices"][0]["images"] == [image]


def test_logprobs_come_in_openais_form() -> None:
    """Chosen tokens with their rivals."""
    one = {"token": "é", "logProbability": -0.5}
    result = {"chosenCandidates": [one], "topCandidates": [{"candidates": [one]}]}
    answer = bridge(CLIENT, Gemini()).answer(
        json.dumps(response({"text": "é"}, logprobsResult=result)).encode(), HEAD, SENT
    )
    token = {"token": "é", "logprob": -0.5, "bytes": [195, 169]}
    assert json.loads(answer.render(BILL))["choices"][0]["logprobs"] == {
        "content": [{**token, "top_logprobs": [token]}],
        "refusal": None,
    }


def test_programs_that_google_ran_are_told_as_work_on_the_way() -> None:
    """The answer's own words stay as they are."""
    events = decoded(
        response(
            {"executableCode": {"language": "PYTHON", "code": "print(1)"}},
            {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1\n"}},
            {"text": "one"},
        )
    )
    assert [event.text for event in only(events, TextDelta)] == ["one"]
    assert "print(1)" in only(events, ReasoningDelta)[0].text


def test_array_of_responses_is_a_stream_too() -> None:
    """Where `alt=sse` got lost; the end is the body's."""
    bodies = [response({"text": "a"}, finish=None), response({"text": 'b"}]'})]
    for form in ("events", "array"):
        events = streamed(*bodies, form=form)
        assert [event.text for event in only(events, TextDelta)] == ["a", 'b"}]']
        assert only(events, Finish) == [Finish("stop", "STOP")]


def test_stream_that_just_stops_is_not_ended() -> None:
    """Missing finish at the end of the body is an error, not a stop."""
    decoder = Gemini().decoder()
    decoder.feed(b"data: " + json.dumps(response({"text": "a"}, finish=None)).encode() + b"\n\n")
    decoder.end()
    assert not decoder.ended


ERROR: Final[Fields] = {
    "error": {
        "code": 429,
        "message": "Resource has been exhausted (e.g. check quota).",
        "status": "RESOURCE_EXHAUSTED",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7.5s"}],
    }
}


@pytest.mark.parametrize("form", ["events", "array"])
def test_error_in_the_middle_is_told_apart(form: str) -> None:
    """As an event or as the last element."""
    events = streamed(response({"text": "a"}, finish=None), ERROR, form=form)
    (failure,) = only(events, Failure)
    assert failure.error.kind is FailureKind.RATE_LIMITED
    assert failure.error.retry_after_s == 7.5


def test_bare_error_behind_the_events_is_seen() -> None:
    """Some fronts append the object without an event around it."""
    decoder = Gemini().decoder()
    decoder.feed(b"data: " + json.dumps(response({"text": "a"}, finish=None)).encode() + b"\n\n")
    events = [*decoder.feed(json.dumps(ERROR).encode()), *decoder.end()]
    (failure,) = only(events, Failure)
    assert failure.error.kind is FailureKind.RATE_LIMITED


def test_error_inside_a_success_is_raised() -> None:
    """A 200 with an error object is that error."""
    with pytest.raises(UpstreamError, match="exhausted"):
        decoded(ERROR)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"[{", b'{"candidates":7}', b"null", b"\xff"]
)
def test_foreign_answer_is_a_decode_failure(body: bytes) -> None:
    """Whatever it is, it is not repeated."""
    with pytest.raises(UpstreamError) as raised:
        Gemini().decode(body)
    assert raised.value.kind is FailureKind.DECODE


def test_page_in_a_stream_is_a_decode_failure() -> None:
    """A proxy's HTML under a 200."""
    with pytest.raises(UpstreamError) as raised:
        Gemini().decoder().feed(b"<html>\n<body>busy</body>\n\n")
    assert raised.value.kind is FailureKind.DECODE
