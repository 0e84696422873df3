"""The stream of an upstream that speaks the client's dialect: events pass as they are.

Only events that carry the `response` object are written anew, for our id and model; the last one
waits for the bill.
"""

import re
from typing import Final

import msgspec

from turnout.core.errors import UpstreamError
from turnout.dialects.adapter import Bill, Head, Tally
from turnout.dialects.bridge import note, unsaid_finish
from turnout.dialects.openai_chat.decoder import refuse_html
from turnout.dialects.openai_responses.answers import Frame, failed
from turnout.dialects.openai_responses.decoder import (
    BROKEN,
    TERMINAL,
    ResponseReader,
    is_said,
    read_event,
    undecodable,
    unframed,
)
from turnout.dialects.openai_responses.quirks import Quirks
from turnout.dialects.openai_responses.response_object import billed, ours
from turnout.dialects.openai_responses.stream_writing import DONE
from turnout.wire.openai_responses import StreamEvent
from turnout.wire.sse import Frame as SseFrame
from turnout.wire.sse import Frames

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw] | None)
_NUMBER: Final = re.compile(rb'"sequence_number":\s?(\d+)')
_NONE: Final = msgspec.Raw(b"[]")


class SplicedStream:
    """One stream; see StreamTranslator."""

    __slots__ = ("_frames", "_head", "_items", "_last", "_number", "_reader", "tally")

    def __init__(self, quirks: Quirks, head: Head) -> None:
        self.tally = Tally()
        self._head = head
        self._frames = Frames()
        self._reader = ResponseReader(quirks)
        self._last: tuple[str, dict[str, msgspec.Raw]] | None = None
        self._items: dict[int, msgspec.Raw] = {}
        self._number = 0

    def feed(self, data: bytes) -> bytes:
        """See StreamTranslator; one joined write for each read."""
        if self.tally.ended or self.tally.error is not None:
            return b""
        out: list[bytes] = []
        try:
            for frame in self._frames.frames(data):
                out.append(self._event(frame))  # noqa: PERF401 (what came before a broken one counts)
            if self._frames.stray:
                refuse_html(self._frames.stray)
        except UpstreamError as error:
            if not out:
                raise
            self.tally.error = error
        return b"".join(out)

    def end(self) -> bytes:
        """See StreamTranslator; a frame that was cut in the middle says nothing."""
        if self.tally.error is not None or self.tally.ended:
            return b""
        out: list[bytes] = []
        for frame in self._frames.end_frames():
            try:
                out.append(self._event(frame))
            except UpstreamError:
                break
        if not self._reader.identified and (error := unframed(self._frames.stray)) is not None:
            self.tally.error = error
        return b"".join(out)

    def close(self, bill: Bill) -> bytes:
        """See StreamTranslator."""
        if self._last is None:  # an end mark and no last object
            body = Frame(self._head).object(
                "completed", msgspec.json.encode([*self._items.values()])
            )
            self._last = "response.completed", _OBJECT.decode(body)
        kind, fields = self._last
        body = billed(fields, self._head, bill, self._reader.counted)
        return self._say(kind, b'"response":' + body) + DONE

    def fail(self, error: UpstreamError, bill: Bill | None) -> bytes:
        """See StreamTranslator."""
        output = msgspec.json.encode([*self._items.values()])
        status, body = failed(output, Frame(self._head), error, bill)
        return self._say(f"response.{status}", b'"response":' + body) + DONE

    def _say(self, kind: str, members: bytes) -> bytes:
        name = kind.encode()
        self._number += 1
        return b'event: %b\ndata: {"type":"%b",%b,"sequence_number":%d}\n\n' % (
            name,
            name,
            members,
            self._number,
        )

    def _event(self, frame: SseFrame) -> bytes:
        payload = frame.payload
        if self.tally.error is not None or self.tally.ended:
            return b""
        if payload == b"[DONE]":
            self.tally.ended = True
            unsaid_finish(self.tally)
            return b""
        event = read_event(payload)
        try:
            for said in self._reader.event(event):
                note(self.tally, said)
            if event.type in TERMINAL:
                return self._end(event)
            found = _NUMBER.search(payload[-64:]) or _NUMBER.search(payload)
            self._number = int(found[1]) if found else self._number + 1
            if event.type == "response.output_item.done":
                self._items[event.output_index] = event.item
            if is_said(event.response):
                payload = _renamed(payload, event, self._head)
        except BROKEN as error:
            raise undecodable(payload) from error
        name = event.type if frame.event == "message" else frame.event
        return b"event: %b\ndata: %b\n\n" % (name.encode(), payload.replace(b"\n", b"\ndata: "))

    def _end(self, event: StreamEvent) -> bytes:
        self.tally.ended = self.tally.error is None
        if is_said(event.response):
            fields = _OBJECT.decode(event.response)
            self._last = event.type, fields
            for index, item in enumerate(_ITEMS.decode(fields.get("output", _NONE)) or ()):
                self._items[index] = item
        return b""


def _renamed(payload: bytes, event: StreamEvent, head: Head) -> bytes:
    """The event with our `response` object in it; every other member stays where it is."""
    fields = _OBJECT.decode(payload)
    fields["response"] = msgspec.Raw(
        msgspec.json.encode(ours(_OBJECT.decode(event.response), head))
    )
    return msgspec.json.encode(fields)
