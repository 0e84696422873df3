"""JSON lines out of bytes that are cut anywhere: one text a line, ended by LF or CRLF.

Source: github.com/ndjson/ndjson-spec (read 2026-11).
"""

from typing import Final

from turnout.core.errors import FailureKind, UpstreamError

MAX_UNFINISHED_B: Final = 16 * 1024 * 1024
"""The longest line we hold while its end has not come, in bytes."""


class Lines:
    """An incremental parser; one per stream."""

    __slots__ = ("_limit_b", "_pending")

    def __init__(self, limit_b: int = MAX_UNFINISHED_B) -> None:
        self._limit_b = limit_b
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The non-blank lines that `data` completed.

        Raises:
            UpstreamError: DECODE, when one unfinished line outgrows the limit.
        """
        if b"\n" not in data:
            self._hold(data)
            return []
        first, *lines = data.split(b"\n")
        rest = lines.pop()
        whole = bytes(self._pending) + first
        self._pending.clear()
        if rest:
            self._hold(rest)
        return [line for line in (whole, *lines) if line.strip()]

    def end(self) -> list[bytes]:
        """The last line, whose LF never came, if there is one."""
        line = bytes(self._pending)
        self._pending.clear()
        return [line] if line.strip() else []

    def _hold(self, data: bytes) -> None:
        if len(self._pending) + len(data) > self._limit_b:
            raise UpstreamError(
                FailureKind.DECODE, f"one line of the stream is longer than {self._limit_b} bytes"
            )
        self._pending += data
