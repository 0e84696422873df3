"""Every fault, by its bytes on a real socket."""

from collections.abc import Callable
from typing import Any

import pytest
from wire_client import LOOPS, Heard, Loop, ask, hear

from turnout.simulator.faults import KINDS
from turnout.simulator.scenario import Answering, Fault, FaultKind, Provider, Scenario

TEXT = "one two three four"
DONE = b"data: [DONE]\n\n"
USAGE: dict[str, Any] = {"stream_options": {"include_usage": True}}
TOOLS: dict[str, Any] = {"tools": [{"type": "function", "function": {"name": "find"}}]}


def _play(kind: FaultKind, *, stream: bool, loop: Loop = LOOPS[0], **fault: Any) -> Heard:
    scenario = Scenario(
        providers={
            "a": Provider(answer=Answering(text=TEXT), faults=(Fault(kind=kind, **fault),)),
        }
    )
    asked = ask(stream=stream, **(USAGE if stream else {}))
    return hear(scenario, asked, loop=loop)[0]


def _calls(heard: Heard) -> list[Any]:
    deltas = [c["delta"] for event in heard.events for c in event["choices"]]
    return [call for delta in deltas for call in delta.get("tool_calls", ())]


def _named_calls(heard: Heard) -> list[Any]:
    return [call for call in _calls(heard) if "name" in call["function"]]


def _finishes(heard: Heard) -> list[str]:
    reasons = [c["finish_reason"] for event in heard.events for c in event["choices"]]
    return [reason for reason in reasons if reason is not None]


def _usages(heard: Heard) -> list[Any]:
    return [event["usage"] for event in heard.events if "usage" in event]


Claim = Callable[[Heard], bool]

STREAMED: dict[FaultKind, Claim] = {
    "status": lambda h: h.status == 500 and h.json["error"]["type"] == "server_error",
    "error-in-200": lambda h: (
        h.status == 200 and h.events[0]["error"]["code"] == 500 and len(h.events) == 1
    ),
    "html-200": lambda h: h.status == 200 and "text/html" in h.headers["content-type"],
    "html-502": lambda h: h.status == 502 and h.body.startswith(b"<!doctype html>"),
    "stall-head": lambda h: h.raw == b"" and h.ending == "quiet",
    "stall-first-token": lambda h: h.status == 200 and h.text == "" and h.ending == "quiet",
    "stall-after-tokens": lambda h: h.text == "one" and h.ending == "quiet",
    "cut-mid-frame": lambda h: (
        h.ending == "eof" and not h.complete and not h.body.endswith(b"\n\n")
    ),
    "reset": lambda h: h.raw == b"" and h.ending == "reset",
    "close": lambda h: h.raw == b"" and h.ending == "eof",
    "truncated-json": lambda h: (
        h.complete and DONE in h.body and b'"choices":[{"index":0,"delta":{"con\n\n' not in h.body
    ),
    "empty": lambda h: h.text == "" and _usages(h)[0]["completion_tokens"] == 0,
    "no-usage": lambda h: h.text == TEXT and not _usages(h),
    "no-done": lambda h: h.text == TEXT and DONE not in h.body and h.complete,
    "no-finish": lambda h: h.text == TEXT and not _finishes(h) and DONE in h.body,
    "no-role": lambda h: b'"role"' not in h.body and h.text == TEXT,
    "drip": lambda h: h.complete and len(h.reads) > 50,
    "crlf": lambda h: b"\r\n\r\n" in h.body and b"}\n" not in h.body and h.text == TEXT,
    "bom": lambda h: h.body.startswith(b"\xef\xbb\xbfdata:"),
    "comments": lambda h: h.body.startswith(b": keep-alive\n\n: inside\ndata:") and h.text == TEXT,
    "split-utf8": lambda h: any(_cut(chunk) for chunk in h.chunks) and h.text == TEXT + " naïve 🙂",
    "wrong-content-type": lambda h: h.headers["content-type"] == "text/plain" and h.text == TEXT,
    "redirect": lambda h: h.status == 302 and h.headers["location"].startswith("https://"),
    "tool-index-missing": lambda h: all("index" not in call for call in _calls(h)),
    "tool-index-duplicate": lambda h: (
        [call["index"] for call in _named_calls(h)] == [0, 0]
        and len({call["id"] for call in _named_calls(h)}) == 2
    ),
    "tool-id-repeated": lambda h: (
        len({call["id"] for call in _named_calls(h)}) == 1
        and [call["index"] for call in _named_calls(h)] == [0, 1]
    ),
    "tool-id-empty": lambda h: [call["id"] for call in _named_calls(h)] == ["", ""],
    "error-event": lambda h: (
        h.text == "one" and h.events[-1]["error"]["message"] == "simulated failure"
    ),
    "usage-every-chunk": lambda h: (
        len(_usages(h)) == len(h.events)
        and [u["completion_tokens"] for u in _usages(h)] == [0, 1, 2, 3, 4, 4]
    ),
    "giant-event": lambda h: max(map(len, h.chunks)) > 1_048_576,
    "early-1xx": lambda h: (
        h.raw.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n")
        and b"HTTP/1.1 200 OK\r\n" in h.raw
    ),
    "http10": lambda h: (
        h.raw.startswith(b"HTTP/1.0 200 OK\r\n")
        and h.ending == "eof"
        and "content-length" not in h.headers
        and h.text == TEXT
    ),
}

UNARY: dict[FaultKind, Claim] = {
    "error-in-200": lambda h: h.status == 200 and h.json["error"]["code"] == 500,
    "error-event": lambda h: h.status == 200 and "error" in h.json,
    "stall-first-token": lambda h: h.status == 200 and h.body == b"" and h.ending == "quiet",
    "stall-after-tokens": lambda h: (
        0 < len(h.body) < int(h.headers["content-length"]) and h.ending == "quiet"
    ),
    "cut-mid-frame": lambda h: len(h.body) < int(h.headers["content-length"]) and h.ending == "eof",
    "truncated-json": lambda h: (
        len(h.body) == int(h.headers["content-length"]) and not h.body.endswith(b"}")
    ),
    "empty": lambda h: h.json["choices"][0]["message"]["content"] == "",
    "no-usage": lambda h: "usage" not in h.json,
    "no-finish": lambda h: h.json["choices"][0]["finish_reason"] is None,
    "no-role": lambda h: "role" not in h.json["choices"][0]["message"],
    "bom": lambda h: h.body.startswith(b"\xef\xbb\xbf{"),
    "tool-id-repeated": lambda h: (
        len({call["id"] for call in h.json["choices"][0]["message"]["tool_calls"]}) == 1
    ),
    "split-utf8": lambda h: h.json["choices"][0]["message"]["content"].endswith("🙂"),
    "http10": lambda h: h.json["object"] == "chat.completion",
}


def _cut(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return True
    return False


def test_every_fault_has_a_case() -> None:
    """A new kind needs a claim here."""
    assert set(STREAMED) == set(KINDS)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", KINDS)
def test_fault_does_to_a_stream_what_it_says(kind: FaultKind, loop: Loop) -> None:
    """The bytes of the stream show the fault and nothing else is wrong, on either event loop."""
    heard = _play(kind, stream=True, gap_ms=0.2, loop=loop)
    assert STREAMED[kind](heard), heard.raw[-600:]


@pytest.mark.parametrize("kind", list(UNARY))
def test_fault_does_to_a_unary_answer_what_it_says(kind: FaultKind) -> None:
    """The same for whole answers, where the fault has a meaning."""
    heard = _play(kind, stream=False)
    assert UNARY[kind](heard), heard.raw


def test_truncated_event_is_the_only_broken_one() -> None:
    """One event is half a JSON text; those around it are whole."""
    heard = _play("truncated-json", stream=True, after_tokens=2)
    rows = [r[6:] for r in heard.body.split(b"\n\n") if r.startswith(b"data: {")]
    broken = [at for at, row in enumerate(rows) if not row.endswith(b"}")]
    assert broken == [3]


def test_status_carries_both_forms_of_retry_after() -> None:
    """Seconds in the standard header, milliseconds in the one Azure and OpenAI send."""
    fault: dict[str, Any] = {"status": 429, "retry_after_s": 1.5, "retry_after_ms": 1500}
    heard = _play("status", stream=True, **fault)
    assert heard.status == 429
    assert heard.headers["retry-after"] == "1.5"
    assert heard.headers["retry-after-ms"] == "1500"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 413, 429, 500, 503, 504, 529])
def test_any_status_can_be_played(status: int) -> None:
    """Also those that have no standard phrase."""
    assert _play("status", stream=False, status=status).status == status


@pytest.mark.parametrize("tokens", [0, 1, 3])
@pytest.mark.parametrize(
    ("kind", "ending"),
    [("stall-after-tokens", "quiet"), ("reset", "reset"), ("close", "eof"), ("error-event", "eof")],
)
def test_fault_mid_stream_comes_after_its_tokens(kind: FaultKind, ending: str, tokens: int) -> None:
    """Exactly `after_tokens` tokens arrive before it."""
    heard = _play(kind, stream=True, after_tokens=tokens)
    assert heard.text == "".join(["one", " two", " three", " four"][:tokens])
    assert heard.ending == ending


SCRIPTS: list[tuple[dict[str, Any], list[int]]] = [
    ({"every": 3}, [200, 200, 500, 200, 200, 500]),
    ({"first": 2}, [500, 500, 200, 200, 200, 200]),
    ({"every": 2, "first": 4}, [200, 500, 200, 500, 200, 200]),
    ({"from_s": 1000.0}, [200] * 6),
    ({"until_s": 1000.0}, [500] * 6),
    ({"on_request": True}, [200] * 6),
    ({"probability": 0.0}, [200] * 6),
    ({"probability": 1.0}, [500] * 6),
]


@pytest.mark.parametrize(("when", "statuses"), SCRIPTS)
def test_script_fires_when_it_says(when: dict[str, Any], statuses: list[int]) -> None:
    """Counts are per provider and start at 1."""
    scenario = Scenario(providers={"a": Provider(faults=(Fault(kind="status", **when),))})
    assert [h.status for h in hear(scenario, *[ask()] * 6)] == statuses


def test_probability_is_kept_over_many_requests_and_repeats_by_seed() -> None:
    """About the share asked for, and the same requests fail in every run of a seed."""

    def failures(seed: int) -> list[int]:
        fault = Fault(kind="status", probability=0.25)
        scenario = Scenario(seed=seed, providers={"a": Provider(faults=(fault,))})
        return [h.status for h in hear(scenario, *[ask()] * 200)]

    first = failures(1)
    assert 30 < first.count(500) < 70
    assert failures(1) == first
    assert failures(2) != first


ASKED = [
    (ask(head="x-simulate: status:503\r\n"), 503),
    (ask(head="x-simulate: none\r\n"), 200),
    (ask("please [[fault:status:418]] now"), 418),
    (ask("[[fault:a/status:429]]"), 429),
    (ask("[[fault:b/status:429]]"), 402),
    (ask("[[fault:b/status:429]] [[fault:a/html-502]]"), 502),
    (ask("[[fault:mine]]"), 507),
    (ask(head="x-simulate: nonsense\r\n"), 400),
    (ask(head="x-simulate: status:abc\r\n"), 400),
]


@pytest.mark.parametrize(("asked", "status"), ASKED)
def test_request_chooses_its_fault(asked: bytes, status: int) -> None:
    """By header or prompt, by kind or name, for this provider only; else the script decides."""
    script = (
        Fault(kind="status", name="mine", status=507, on_request=True),
        Fault(kind="status", status=402),
    )
    scenario = Scenario(providers={"a": Provider(faults=script)})
    assert hear(scenario, asked)[0].status == status


def test_request_names_the_wait_too() -> None:
    """KIND:N:RETRY_AFTER_S."""
    heard = hear("[providers.a]", ask(head="x-simulate: status:429:7\r\n"))[0]
    assert (heard.status, heard.headers["retry-after"]) == (429, "7")


def test_unknown_fault_is_told_with_the_allowed_ones() -> None:
    """A typo in a test must not look like a healthy provider."""
    heard = hear("[providers.a]", ask("[[fault:stal-head]]"))[0]
    assert heard.status == 400
    assert "stall-head" in heard.json["error"]["message"]


def test_tool_faults_use_the_offered_tools() -> None:
    """Falsified calls still call what the request offers."""
    scenario = Scenario(providers={"a": Provider(faults=(Fault(kind="tool-index-missing"),))})
    heard = hear(scenario, ask(stream=True, **TOOLS))[0]
    assert {call["function"]["name"] for call in _named_calls(heard)} == {"find"}
