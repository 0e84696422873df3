"""AWS event streams: binary messages out of bytes that are cut anywhere, each checked twice.

    total length │ headers length │ CRC of these two │ headers │ payload │ CRC of all before it
    4 bytes      │ 4 bytes        │ 4 bytes          │         │         │ 4 bytes

Numbers are big-endian, sums are CRC-32. Source:
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html and the specification
of smithy.io, "Amazon Event Stream" (read 2026-11).
"""

from collections.abc import Mapping
from functools import lru_cache
from struct import Struct, error
from typing import Final, TypeAlias
from uuid import UUID
from zlib import crc32

import msgspec

from turnout.core.errors import FailureKind, UpstreamError

MAX_PAYLOAD_B: Final = 24 * 1024 * 1024
MAX_HEADERS_B: Final = 128 * 1024
"""The format's own bounds."""

_PRELUDE: Final = Struct(">III")
_SUM: Final = Struct(">I")
_LENGTH: Final = Struct(">H")
_INTEGERS: Final[Mapping[int, Struct]] = {
    2: Struct(">b"),
    3: Struct(">h"),
    4: Struct(">i"),
    5: Struct(">q"),
    8: Struct(">q"),
}
"""By type of header: byte, short, integer, long, and a timestamp in unix milliseconds."""

_SHORTEST_B: Final = _PRELUDE.size + _SUM.size

HeaderValue: TypeAlias = bool | int | bytes | str | UUID


class Message(msgspec.Struct, frozen=True):
    """One message of the stream; timestamps among its headers are unix milliseconds."""

    headers: Mapping[str, HeaderValue]
    payload: bytes

    def word(self, name: str) -> str:
        """A header that is text, "" where it is not there."""
        value = self.headers.get(name)
        return value if isinstance(value, str) else ""


class Messages:
    """An incremental parser; one per stream.

    Attributes:
        broken: What is wrong with the bytes behind the messages that `feed` gave last.
    """

    __slots__ = ("_limit_b", "_pending", "_wanted_b", "broken")

    def __init__(self, limit_b: int = MAX_PAYLOAD_B) -> None:
        self.broken: UpstreamError | None = None
        self._limit_b = limit_b
        self._pending = bytearray()
        self._wanted_b = 0

    @property
    def cut(self) -> bool:
        """A message has begun whose end has not come."""
        return bool(self._pending)

    def feed(self, data: bytes) -> list[Message]:
        """The messages that `data` completed.

        Raises:
            UpstreamError: DECODE, for a wrong sum, a length out of bounds or malformed headers
                with no message before it in `data`; see `broken`.
        """
        pending = self._pending
        pending += data
        messages: list[Message] = []
        start = 0
        try:
            while len(pending) - start >= (self._wanted_b or _PRELUDE.size):
                if not self._wanted_b:
                    self._wanted_b = self._length(pending, start)
                    continue
                end = start + self._wanted_b
                messages.append(_message(bytes(pending[start:end])))
                start, self._wanted_b = end, 0
        except UpstreamError as problem:
            if not messages:
                raise
            self.broken = problem
        del pending[:start]
        return messages

    def _length(self, pending: bytearray, start: int) -> int:
        """The length of the message that begins there, once its prelude has been checked."""
        total_b, headers_b, told = _PRELUDE.unpack_from(pending, start)
        if crc32(pending[start : start + 8]) != told:
            raise _broken("the sum over a message's lengths is wrong")
        if headers_b > MAX_HEADERS_B or total_b > self._limit_b + headers_b + _SHORTEST_B:
            raise _broken("a message is longer than the format allows")
        if total_b < headers_b + _SHORTEST_B:
            raise _broken("a message is shorter than its headers")
        return total_b


def _message(whole: bytes) -> Message:
    (told,) = _SUM.unpack_from(whole, len(whole) - _SUM.size)
    if crc32(whole[: -_SUM.size]) != told:
        raise _broken("the sum over a message is wrong")
    _, headers_b, _ = _PRELUDE.unpack_from(whole)
    split = _PRELUDE.size + headers_b
    try:
        headers = _headers(whole[_PRELUDE.size : split])
    except (error, IndexError, ValueError) as problem:
        raise _broken("a message's headers are malformed") from problem
    return Message(headers, whole[split : -_SUM.size])


@lru_cache(maxsize=64)
def _headers(data: bytes) -> Mapping[str, HeaderValue]:
    """Remembered, because all events of a kind have the same."""
    headers: dict[str, HeaderValue] = {}
    at = 0
    while at < len(data):
        name_end = at + 1 + data[at]
        name = _exactly(data, at + 1, name_end).decode()
        headers[name], at = _value(data, name_end + 1, data[name_end])
    return headers


def _value(data: bytes, at: int, kind: int) -> tuple[HeaderValue, int]:
    """The value of that type which begins there, and where it ends."""
    integer = _INTEGERS.get(kind)
    if integer is not None:
        return integer.unpack_from(data, at)[0], at + integer.size
    match kind:
        case 0 | 1:
            return kind == 0, at
        case 6 | 7:
            (length,) = _LENGTH.unpack_from(data, at)
            end = at + _LENGTH.size + length
            value = _exactly(data, at + _LENGTH.size, end)
            return value if kind == 6 else value.decode(), end
        case 9:
            return UUID(bytes=_exactly(data, at, at + 16)), at + 16
        case _:
            raise ValueError(kind)


def _exactly(data: bytes, start: int, end: int) -> bytes:
    if end > len(data):
        raise IndexError(end)
    return data[start:end]


def _broken(what: str) -> UpstreamError:
    return UpstreamError(FailureKind.DECODE, f"The provider's event stream is broken: {what}.")
