"""The stream a client reads: its events are spelled here for splice and translation alike.

message_start, (content_block_start, content_block_delta…, content_block_stop)…,
message_delta with the end and the bill, message_stop; ping anywhere, error at the end.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from turnout.core.errors import UpstreamError
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head
from turnout.dialects.anthropic_messages.said import Blocks, Delta, Piece, Start, Stop
from turnout.dialects.anthropic_messages.telling import error_event
from turnout.dialects.anthropic_messages.usage import usage_start, write_usage
from turnout.dialects.anthropic_messages.vocabulary import stop_reason
from turnout.dialects.events import (
    Event,
    Finish,
    Identity,
    ReasoningDelta,
    TextDelta,
    UsageReport,
)
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.tiers import anthropic_tier

STOP: Final = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
PING: Final = b'event: ping\ndata: {"type":"ping"}\n\n'


_DELTA: Final = (
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%%d,'
    b'"delta":{"type":"%b_delta","%b":%%b}}\n\n'
)
_MORE_TEXT: Final = _DELTA % (b"text", b"text")
_MORE_THOUGHT: Final = _DELTA % (b"thinking", b"thinking")
_ENCODE: Final = msgspec.json.Encoder().encode


def framed(name: str, payload: bytes) -> bytes:
    """One event."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), payload)


def message_start(head: Head, usage: bytes, rest: Mapping[str, msgspec.Raw]) -> bytes:
    """The first event; `rest`: members of the upstream's message that nobody here speaks for."""
    message = msgspec.json.encode(
        {
            "id": head.id,
            "model": head.model,
            "provider": head.provider,
            "type": "message",
            "role": "assistant",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "container": None,
            **rest,
        }
    )
    payload = b'{"type":"message_start","message":%b,"usage":%b}}' % (message[:-1], usage)
    return framed("message_start", payload)


def last_words(
    delta: Mapping[str, Json],
    bill: Bill,
    reported: Mapping[str, msgspec.Raw],
    tier: str | None,
    rest: Mapping[str, msgspec.Raw],
) -> bytes:
    """message_delta with the bill, and message_stop; `rest`: the upstream's further members."""
    said = msgspec.json.encode({"type": "message_delta", "delta": delta, **rest})
    end = b"}"
    if bill.metadata is not None:
        end = b',"openrouter_metadata":' + bytes(bill.metadata) + b"}"
    payload = said[:-1] + b',"usage":' + write_usage(bill, reported, tier) + end
    return framed("message_delta", payload) + STOP


class EventEncoder:
    """Events to the dialect's own, one per stream."""

    __slots__ = ("_begun", "_blocks", "_finish", "_head", "_tier", "_usage")

    def __init__(self, head: Head) -> None:
        self._head = head
        self._blocks = Blocks()
        self._begun = False
        self._finish: Finish | None = None
        self._tier: str | None = None
        self._usage = Usage()

    def encode(self, event: Event) -> bytes:
        """See StreamEncoder; the common event, more of the open block, is written at once."""
        index = self._blocks.continued_by(event)
        if index is not None and isinstance(event, TextDelta | ReasoningDelta):
            more = _MORE_TEXT if type(event) is TextDelta else _MORE_THOUGHT
            return more % (index, _ENCODE(event.text))
        match event:
            case Identity():
                self._tier = event.service_tier
                return b""
            case UsageReport(usage=usage):
                self._usage = usage
                return b""
            case Finish():
                if event.choice == 0:
                    self._finish = event
                return b""
            case _:
                return self._written(self._blocks.pieces(event))

    def close(self, bill: Bill) -> bytes:
        """See StreamEncoder."""
        finish = self._finish
        reason = stop_reason(finish.reason if finish else None, finish.native if finish else None)
        delta: dict[str, Json] = {"stop_reason": reason, "stop_sequence": None}
        out = self._written(self._blocks.end())
        return self._start() + out + last_words(delta, bill, {}, anthropic_tier(self._tier), {})

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:  # noqa: ARG002 (an error event has no usage)
        """See StreamEncoder."""
        return error_event(error, self._head.id)

    def _start(self) -> bytes:
        if self._begun:
            return b""
        self._begun = True
        return message_start(self._head, usage_start(self._usage), {})

    def _written(self, pieces: Iterable[Piece]) -> bytes:
        out = b"".join(_event(piece) for piece in pieces)
        return self._start() + out if out else b""


def _event(piece: Piece) -> bytes:
    match piece:
        case Start(index=index, block=block):
            payload = b'{"type":"content_block_start","index":%d,"content_block":%b}'
            return framed("content_block_start", payload % (index, msgspec.json.encode(block)))
        case Delta(index=index, delta=delta):
            payload = b'{"type":"content_block_delta","index":%d,"delta":%b}'
            return framed("content_block_delta", payload % (index, msgspec.json.encode(delta)))
        case Stop(index=index):
            return framed("content_block_stop", b'{"type":"content_block_stop","index":%d}' % index)
