"""What a client hears of upstream streams: the same whether spliced or translated."""

import json
from itertools import pairwise
from typing import Any, Final

import pytest
from tests.wire.cases.chat_calls import CALLS
from tests.wire.cases.chat_streams import STREAMS, USAGE, chunk
from tests.wire.fold import Folded, empty, fold_stream

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.money import Nusd
from turnout.core.usage import Charge, Usage
from turnout.dialects.adapter import Bill, Head, Outgoing, StreamTranslator, Tally, UpstreamRequest
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT
from turnout.dialects.openai_chat.quirks import Quirks

SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
HEAD: Final = Head("gen-1", 1_700_000_000, "a/m", "Provider")
BILL: Final = Bill(
    usage=Usage(text_in=3, cache_read=2, text_out=4, reasoning=3),
    charge=Charge(Nusd(93_000), Nusd(13_000), Nusd(80_000)),
)
ADAPTER: Final = OpenAIChat()
ROWS: Final = (*STREAMS, *CALLS)


def both(quirks: Quirks | None = None, head: Head = HEAD) -> list[StreamTranslator]:
    """A splice and a translation of the same upstream."""
    adapter = OpenAIChat(quirks) if quirks is not None else ADAPTER
    return [
        bridge(CLIENT, adapter).stream(head, SENT),
        Translation(CLIENT, adapter).stream(head, SENT),
    ]


def run(stream: StreamTranslator, body: bytes, cuts: tuple[int, ...] = ()) -> bytes:
    """All of a stream's client bytes, the body cut where told."""
    edges = [0, *cuts, len(body)]
    out = [stream.feed(body[a:b]) for a, b in pairwise(edges)]
    return b"".join(out) + stream.end()


def framed(payloads: tuple[str, ...], end: str = "\n\n") -> bytes:
    """Payloads as server-sent events."""
    return "".join(f"data: {payload}{end}" for payload in payloads).encode()


def seen(tally: Tally) -> dict[str, Any]:
    """What both ways must agree on; `spoken` is escaped on one of them."""
    return {
        "content": tally.content,
        "thought": bytes(tally.thought),
        "usage": tally.usage,
        "finish": tally.finish,
        "native": tally.native_finish,
        "calls": tally.tool_calls,
        "id": tally.upstream_id,
        "ended": tally.ended,
        "error": tally.error is not None,
    }


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n", "\r\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(
    ("payloads", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_client_hears_what_the_upstream_said(
    payloads: tuple[str, ...], expected: dict[str, Any], end: str
) -> None:
    """Every oddity of a stream is canonical for the client, on both ways, whole or byte by byte."""
    body = framed(payloads, end)
    tallies: list[dict[str, Any]] = []
    folds: list[Folded] = []
    for cuts in ((), tuple(range(1, len(body)))):
        for stream in both():
            folds.append(fold_stream(run(stream, body, cuts) + stream.close(BILL)))
            tallies.append(seen(stream.tally))
    assert all(fold == folds[0] for fold in folds)
    assert all(tally == tallies[0] for tally in tallies)
    voice = folds[0]["choices"].get(0, empty())
    words = {name: said for name, said in expected.items() if name != "usage"}
    assert {name: voice[name] for name in words} == words
    if "usage" in expected:
        counted = tallies[0]["usage"]
        assert (counted.prompt_tok, counted.completion_tok) == expected["usage"]
    assert folds[0]["done"] == 1


def test_bill_is_the_last_chunk_and_exact() -> None:
    """Usage comes once, with empty choices, with our counts and exact money, then [DONE]."""
    body = framed((chunk({"content": "a"}, "stop", usage={**USAGE, "x_own": 1}), "[DONE]"))
    stream = bridge(CLIENT, ADAPTER).stream(HEAD, SENT)
    assert b"usage" not in run(stream, body)
    usage, done, nothing = stream.close(BILL).split(b"\n\n")
    assert (done, nothing) == (b"data: [DONE]", b"")
    assert b'"choices":[],' in usage
    assert b'"cost":0.000093,' in usage
    assert json.loads(usage[6:])["usage"] == {
        "prompt_tokens": 5,
        "completion_tokens": 7,
        "total_tokens": 12,
        "cost": 0.000093,
        "cost_details": {
            "upstream_inference_cost": 0.000093,
            "upstream_inference_prompt_cost": 0.000013,
            "upstream_inference_completions_cost": 0.00008,
        },
        "is_byok": False,
        "prompt_tokens_details": {
            "cached_tokens": 2,
            "cache_write_tokens": 0,
            "audio_tokens": 0,
            "video_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": 3,
            "image_tokens": 0,
            "audio_tokens": 0,
        },
        "x_own": 1,
    }


def test_unpriced_and_estimated_say_so() -> None:
    """No price is null, not zero; our own counts are marked."""
    for stream in both():
        bill = Bill(usage=Usage(text_in=1, estimated=True), charge=None)
        usage = json.loads(stream.close(bill).split(b"\n\n")[0][6:])["usage"]
        assert usage["cost"] is None
        assert usage["estimated"] is True


def test_usage_may_ride_on_the_last_choice() -> None:
    """For clients that index choices[0] of every chunk, no chunk is without a choice."""
    head = Head("gen-1", 1, "a/m", "P", usage_with_choices=True)
    body = framed((chunk({"content": "a"}), chunk({}, "stop"), "[DONE]"))
    for stream in both(head=head):
        out = run(stream, body) + stream.close(BILL)
        chunks = [json.loads(event[6:]) for event in out.decode().split("\n\n")[:-2]]
        assert all(one["choices"] for one in chunks)
        assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
        assert chunks[-1]["usage"]["total_tokens"] == 12


def test_broken_stream_ends_in_an_error_chunk() -> None:
    """An integer code, an error_type of the vocabulary, finish_reason error, usage, [DONE]."""
    error = UpstreamError(FailureKind.RATE_LIMITED, "slow down", status=429, code="rate_limited")
    for stream in both():
        run(stream, framed((chunk({"content": "a"}),)))
        first, second, done, _ = stream.fail(error, BILL).split(b"\n\n")
        broken = json.loads(first[6:])
        assert broken["error"] == {
            "code": 429,
            "message": "slow down",
            "metadata": {"error_type": "rate_limit_exceeded", "provider_code": "rate_limited"},
        }
        assert broken["choices"] == [
            {
                "index": 0,
                "delta": {"content": ""},
                "finish_reason": "error",
                "native_finish_reason": None,
            }
        ]
        assert b'"usage"' in second
        assert done == b"data: [DONE]"
        assert b'"usage"' not in stream.fail(error, None)


def test_error_inside_a_stream_is_tallied_and_ends_it() -> None:
    """An error object sets tally.error; nothing after it reaches the client."""
    broken = '{"error":{"message":"Rate limit","code":429}}'
    body = framed((chunk({"content": "a"}), broken, chunk({"content": "b"})))
    for stream in both():
        out = run(stream, body)
        assert stream.tally.error is not None
        assert stream.tally.error.kind is FailureKind.RATE_LIMITED
        assert fold_stream(out)["choices"][0]["content"] == "a"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error":{"message":"no","code":503}}', FailureKind.OVERLOADED),
        (b'{\n "error": {\n  "message": "no", "code": 429}\n}\n', FailureKind.RATE_LIMITED),
        (b'{"id":"x","choices":[]}', FailureKind.DECODE),
    ],
)
def test_bare_json_for_a_stream_is_a_failure(body: bytes, kind: FailureKind) -> None:
    """A body that is no stream at all is understood when it ends."""
    for stream in both():
        assert run(stream, body) == b""
        assert stream.tally.error is not None
        assert stream.tally.error.kind is kind


@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE html>\n<html>\n\n", b"data: {nope}\n\n", b"data: []\n\n"]
)
def test_foreign_stream_is_not_decoded(body: bytes) -> None:
    """HTML and broken JSON raise DECODE as soon as they are seen."""
    for stream in both():
        with pytest.raises(UpstreamError) as caught:
            stream.feed(body)
        assert caught.value.kind is FailureKind.DECODE


def test_stream_cut_in_a_frame_is_no_decode_error() -> None:
    """A connection that dies mid-frame leaves a tally without an end, for the flow to judge."""
    body = framed((chunk({"content": "a"}),)) + b'data: {"id":"up-1","cho'
    for stream in both():
        run(stream, body)
        assert not stream.tally.ended
        assert stream.tally.finish is None
        assert stream.tally.error is None


def test_last_frame_without_blank_line_counts() -> None:
    """A final [DONE] whose blank line is missing still ends the stream."""
    body = framed((chunk({"content": "a"}, "stop"), "[DONE]"))[:-2]
    for stream in both():
        run(stream, body)
        assert stream.tally.ended


def test_unknown_fields_ride_along() -> None:
    """What nobody knows stays: at the top, on the choice, in the delta; the original names too."""
    payload = (
        '{"id":"u","citations":["x"],"system_fingerprint":null,"choices":[{"index":0,'
        '"delta":{"reasoning_content":"hm","x_d":1},"finish_reason":null,"stop_reason":7}]}'
    )
    body = framed((payload,))
    stream = bridge(CLIENT, ADAPTER).stream(HEAD, SENT)
    sent = json.loads(run(stream, body)[6:])
    assert sent["citations"] == ["x"]
    assert sent["id"] == "gen-1"
    assert "system_fingerprint" not in sent
    choice = sent["choices"][0]
    assert choice["stop_reason"] == 7
    assert choice["delta"]["x_d"] == 1
    assert choice["delta"]["reasoning_content"] == choice["delta"]["reasoning"] == "hm"


def test_splice_learns_only_what_repeats() -> None:
    """A pattern never carries one event's extra fields into another."""
    body = framed(
        (
            chunk({"content": "a"}),
            chunk({"content": "b"}),
            chunk({"content": "c"}),
            chunk({"content": "d", "x": 1}),
            chunk({"content": "e"}),
            chunk({"content": "f"}, system_fingerprint="fp"),
            chunk({"content": "g"}),
        )
    )
    stream = bridge(CLIENT, ADAPTER).stream(HEAD, SENT)
    sent = [json.loads(e[6:]) for e in run(stream, body).decode().split("\n\n")[:-1]]
    assert [one["choices"][0]["delta"]["content"] for one in sent] == list("abcdefg")
    assert ["x" in one["choices"][0]["delta"] for one in sent].count(True) == 1
    assert ["system_fingerprint" in one for one in sent].count(True) == 1


def test_several_choices_keep_apart() -> None:
    """With n > 1 each choice has its role, words and end."""
    body = framed(
        tuple(
            json.dumps({"id": "u", "choices": [{"index": i, "delta": d, "finish_reason": f}]})
            for i, d, f in [
                (0, {"content": "a"}, None),
                (1, {"content": "x"}, None),
                (0, {"content": "b"}, None),
                (1, {}, "length"),
                (0, {}, "stop"),
            ]
        )
    )
    for stream in both():
        choices = fold_stream(run(stream, body))["choices"]
        assert choices[0]["content"] == "ab"
        assert choices[1]["content"] == "x"
        assert choices[1]["finish"] == ("length", "length")


def test_usage_under_the_quirks_key() -> None:
    """Groq's older place for usage."""
    body = framed((chunk({"content": "a"}, "stop", x_groq={"id": "r", "usage": USAGE}), "[DONE]"))
    for stream in both(Quirks(usage_key="x_groq")):
        out = run(stream, body)
        assert stream.tally.usage == Usage(text_in=5, text_out=7)
        assert b"x_groq" not in out
