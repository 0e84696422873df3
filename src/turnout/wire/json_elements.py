"""JSON objects out of bytes that are cut anywhere: a streamed array of them, or one after another.

Only braces and strings are looked at; what lies between the objects (commas, brackets, white space)
is passed over. Each object is checked by whoever decodes it.
"""

import re
from typing import Final

from turnout.core.errors import FailureKind, UpstreamError

MAX_UNFINISHED_B: Final = 16 * 1024 * 1024
"""The longest object we hold while its end has not come, in bytes."""

_OUTSIDE: Final = re.compile(rb'["{}]')
_INSIDE: Final = re.compile(rb'["\\]')


class Elements:
    """An incremental splitter; one per stream."""

    __slots__ = ("_at", "_depth", "_held", "_in_string", "_limit_b")

    def __init__(self, limit_b: int = MAX_UNFINISHED_B) -> None:
        self._limit_b = limit_b
        self._held = bytearray()
        self._at = 0
        self._depth = 0
        self._in_string = False

    def feed(self, data: bytes) -> list[bytes]:
        """The objects that `data` completed.

        Raises:
            UpstreamError: DECODE, when one unfinished object outgrows the limit.
        """
        self._held += data
        found: list[bytes] = []
        while (mark := self._next()) is not None:
            if mark == b'"':
                self._in_string = self._depth > 0
            elif mark == b"{":
                if self._depth == 0:
                    del self._held[: self._at - 1]
                    self._at = 1
                self._depth += 1
            elif self._depth > 0:
                self._depth -= 1
                if self._depth == 0:
                    found.append(bytes(self._held[: self._at]))
                    del self._held[: self._at]
                    self._at = 0
        if self._depth == 0:
            self._held.clear()
            self._at = 0
        if len(self._held) > self._limit_b:
            raise UpstreamError(
                FailureKind.DECODE, f"one stream element is longer than {self._limit_b} bytes"
            )
        return found

    @property
    def unfinished(self) -> bool:
        """An object has begun and not ended."""
        return self._depth > 0

    def _next(self) -> bytes | None:
        """The next mark outside of strings, None when the bytes are used up."""
        held = self._held
        while self._in_string:
            mark = _INSIDE.search(held, self._at)
            if mark is None:
                self._at = len(held)
                return None
            if mark[0] == b"\\":
                if mark.end() == len(held):  # what it escapes has not come yet
                    self._at = mark.start()
                    return None
                self._at = mark.end() + 1
            else:
                self._at = mark.end()
                self._in_string = False
        mark = _OUTSIDE.search(held, self._at)
        self._at = len(held) if mark is None else mark.end()
        return None if mark is None else mark[0]
