"""Server-sent events out of bytes that are cut anywhere.

    bytes ──line ends──▶ LF only ──blank lines──▶ blocks ──fields──▶ payloads

The common block is one `data: …` line, or one `event: …` line before it; it costs a prefix test and
a slice. Source of the grammar:
https://html.spec.whatwg.org/multipage/server-sent-events.html (read 2026-11).
"""

from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError

MAX_UNFINISHED_B: Final = 16 * 1024 * 1024
"""The longest event we hold while its end has not come, in bytes."""

_BOM: Final = b"\xef\xbb\xbf"
_BLANK: Final = b"\n\n"
_FIELDS: Final = frozenset({b"data", b"event", b"id", b"retry"})
_MAX_STRAY_B: Final = 64 * 1024
_DATA_AT: Final = len("data: ")


class Frame(msgspec.Struct, frozen=True):
    """One event: its name ("message" when unnamed) and its data lines joined by LF."""

    event: str
    payload: bytes


class Frames:
    """An incremental parser; one per stream.

    Attributes:
        stray: The first lines that are no SSE at all (HTML, bare JSON), at most 64 KiB. An upstream
            that answers a stream request with something else is recognised by them.
    """

    __slots__ = ("_limit_b", "_pending", "_skip_lf", "_started", "stray")

    def __init__(self, limit_b: int = MAX_UNFINISHED_B) -> None:
        self._limit_b = limit_b
        self._pending = bytearray()
        self._started = False
        self._skip_lf = False
        self.stray = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The non-empty payloads of the events that `data` completed.

        Raises:
            UpstreamError: DECODE, when one unfinished event outgrows the limit.
        """
        if self._started and not self._pending and not self._skip_lf and data.endswith(_BLANK):
            start = _payload_at(data, len(data) - 2)
            if start and b"\r" not in data:  # one whole event, as providers send them
                return [data[start:-2]] if start < len(data) - 2 else []
        payloads: list[bytes] = []
        for block in self._blocks(data):
            start = _payload_at(block, -1)
            if payload := block[start:] if start else self._parse(block).payload:
                payloads.append(payload)
        return payloads

    def frames(self, data: bytes) -> list[Frame]:
        """As `feed`, with the events' names."""
        found: list[Frame] = []
        for block in self._blocks(data):
            start = _payload_at(block, -1)
            if start <= _DATA_AT:
                frame = self._parse(block)
            else:
                frame = Frame(block[7 : start - 7].decode(errors="replace"), block[start:])
            if frame.payload:
                found.append(frame)
        return found

    def end(self) -> list[bytes]:
        """The payload of a last event whose blank line never came, if there is one."""
        return [frame.payload for frame in self.end_frames()]

    def end_frames(self) -> list[Frame]:
        """As `end`, with the event's name."""
        block = bytes(self._pending)
        self._pending.clear()
        frame = self._parse(block)
        return [frame] if frame.payload else []

    def take_pending(self) -> bytes | None:
        """The bytes of the unfinished event, b"" for none: the caller must feed them again.

        Lets a fast path look at a whole read at once. None when that would go wrong (in the middle
        of a line end) or cost more than it saves (a long event in small pieces).
        """
        if self._skip_lf:
            return None
        if not self._pending:
            return b""
        if not self._started:
            return None
        if len(self._pending) > _MAX_STRAY_B:
            return None
        pending = bytes(self._pending)
        self._pending.clear()
        return pending

    def _blocks(self, data: bytes) -> list[bytes]:
        if b"\r" in data or self._skip_lf:
            data = self._lf_only(data)
        pending = self._pending
        if not self._started:
            data = self._without_bom(data)
        if pending:
            # Only the seam and the new bytes are searched, so a long event costs linear time.
            if _BLANK not in data and not (pending[-1] == 0x0A and data[:1] == b"\n"):
                self._hold(data)
                return []
            data = bytes(pending) + data
            pending.clear()
        blocks = data.split(_BLANK)
        if rest := blocks.pop():
            self._hold(rest)
        return blocks

    def _hold(self, data: bytes) -> None:
        if len(self._pending) + len(data) > self._limit_b:
            raise UpstreamError(
                FailureKind.DECODE, f"one stream event is longer than {self._limit_b} bytes"
            )
        self._pending += data

    def _lf_only(self, data: bytes) -> bytes:
        """CRLF and CR as LF; a CR at the cut is an end of line now and swallows a LF later."""
        if not data:
            return data
        if self._skip_lf and data.startswith(b"\n"):
            data = data[1:]
            self._skip_lf = False
            if not data:
                return data
        self._skip_lf = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _without_bom(self, data: bytes) -> bytes:
        """Drops the byte order mark; holds back up to two bytes that may become one."""
        data = bytes(self._pending) + data
        self._pending.clear()
        if len(data) < len(_BOM) and _BOM.startswith(data):
            self._pending += data
            return b""
        self._started = True
        return data.removeprefix(_BOM)

    def _parse(self, block: bytes) -> Frame:
        event = "message"
        lines: list[bytes] = []
        for line in block.split(b"\n"):
            name, colon, text = line.partition(b":")
            if name not in _FIELDS:
                if name:
                    self._note_stray(line)
                continue
            if not colon:
                text = b""
            text = text.removeprefix(b" ")
            if name == b"data":
                lines.append(text)
            elif name == b"event":
                event = text.decode(errors="replace") or "message"
        return Frame(event, b"\n".join(lines))

    def _note_stray(self, line: bytes) -> None:
        if len(self.stray) < _MAX_STRAY_B:
            self.stray += line[:_MAX_STRAY_B] + b"\n"


def _payload_at(block: bytes, end: int) -> int:
    """Where the payload of a common block begins, 0 for every other.

    Args:
        block: With or without its line ends.
        end: Where the first of these stands, -1 without.
    """
    if block.startswith(b"data: "):
        return _DATA_AT if block.find(b"\n") == end else 0
    if not block.startswith(b"event: "):
        return 0
    named = block.find(b"\n")
    start = named + 7
    common = named > 7 and block.startswith(b"\ndata: ", named)
    return start if common and block.find(b"\n", start) == end else 0
