"""Anthropic's streams as an upstream sends them, and the grammar its clients may rely on."""

import json
from itertools import pairwise
from typing import Any, Final

from turnout.core.money import Nusd
from turnout.core.usage import Charge, Usage
from turnout.dialects.adapter import Bill, Bridge, Head, Outgoing, StreamTranslator, UpstreamRequest

Fields = dict[str, Any]

SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
HEAD: Final = Head("gen-1", 1_700_000_000, "a/m", "Provider")
BILL: Final = Bill(
    usage=Usage(text_in=3, cache_read=2, cache_write=5, cache_write_1h=6, text_out=4, reasoning=3),
    charge=Charge(Nusd(93_000), Nusd(13_000), Nusd(80_000)),
)


def event(kind: str, **fields: Any) -> bytes:
    """One event of an upstream."""
    payload = json.dumps({"type": kind, **fields}, ensure_ascii=False)
    return f"event: {kind}\ndata: {payload}\n\n".encode()


def start(**usage: Any) -> bytes:
    """The first event."""
    message: Fields = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 1, "service_tier": "standard", **usage},
    }
    return event("message_start", message=message)


def block(index: int, opening: Fields, *deltas: Fields) -> bytes:
    """One block, whole."""
    inner = b"".join(event("content_block_delta", index=index, delta=one) for one in deltas)
    begun = event("content_block_start", index=index, content_block=opening)
    return begun + inner + event("content_block_stop", index=index)


def text(index: int, *pieces: str, **opening: Any) -> bytes:
    """A block of text."""
    deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
    return block(index, {"type": "text", "text": "", **opening}, *deltas)


def thought(index: int, words: str, seal: str) -> bytes:
    """A block of thinking."""
    return block(
        index,
        {"type": "thinking", "thinking": "", "signature": ""},
        *([{"type": "thinking_delta", "thinking": words}] if words else []),
        {"type": "signature_delta", "signature": seal},
    )


def tool(index: int, *pieces: str, name: str = "look", given: Fields | None = None) -> bytes:
    """A call."""
    opening: Fields = {"type": "tool_use", "id": f"toolu_{index}", "name": name}
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return block(index, {**opening, "input": given or {}}, *deltas)


def end(reason: str | None = "end_turn", **usage: Any) -> bytes:
    """The last two events."""
    delta = {"stop_reason": reason, "stop_sequence": None}
    last = event("message_delta", delta=delta, usage={"output_tokens": 7, **usage})
    return last + event("message_stop")


def run(stream: StreamTranslator, body: bytes, cuts: tuple[int, ...] = ()) -> bytes:
    """All of a stream's client bytes, the body cut where told."""
    edges = [0, *cuts, len(body)]
    out = [stream.feed(body[a:b]) for a, b in pairwise(edges)]
    return b"".join(out) + stream.end()


def heard(one: Bridge, body: bytes) -> tuple[bytes, StreamTranslator]:
    """A whole stream to its last word; the same bytes however it is cut."""
    outs: list[bytes] = []
    stream = one.stream(HEAD, SENT)
    for cuts in (tuple(range(1, len(body))), ()):
        stream = one.stream(HEAD, SENT)
        outs.append(run(stream, body, cuts) + stream.close(BILL))
    assert outs[0] == outs[1]
    return outs[0], stream


def grammar(body: bytes) -> list[Fields]:
    """The events of a client's stream; fails where starts, deltas and stops do not pair."""
    events: list[Fields] = []
    opened, seen = None, -1
    for frame in body.decode().split("\n\n")[:-1]:
        name, data = frame.split("\n")
        one = json.loads(data.removeprefix("data: "))
        assert name == f"event: {one['type']}"
        match one["type"]:
            case "message_start":
                assert not events
            case "content_block_start":
                assert opened is None
                assert one["index"] == seen + 1, "indices are dense"
                opened = seen = one["index"]
            case "content_block_delta":
                assert one["index"] == opened
            case "content_block_stop":
                assert one["index"] == opened
                opened = None
            case "message_delta":
                assert opened is None
            case _:
                pass
        events.append(one)
    return events
