"""HTTP/1.1 requests, read by hand: a head is a few lines, and equal heads are read only once."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httptools
import msgspec

from turnout.core.errors import TurnoutError

MAX_HEAD_BYTES: Final = 65_536
MAX_BODY_BYTES: Final = 64 * 1_048_576


class BadHeadError(TurnoutError):
    """Bytes that are no HTTP/1.1 request."""


class Head(msgspec.Struct, frozen=True):
    """A request's head; header names in lower case, the last of equal names wins."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    length: int
    chunked: bool
    keep_alive: bool
    expects: bool


def read_head(raw: bytes) -> Head:
    """The head in bytes that end with an empty line.

    Raises:
        BadHeadError: Not HTTP/1.x, or a length that is no number.
    """
    try:
        first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, target, version = first.split(" ")
        pairs = (line.split(":", 1) for line in lines)
        headers = {name.lower(): value.strip() for name, value in pairs}
        length = int(headers.get("content-length", "0"))
    except ValueError as error:
        raise BadHeadError("not an HTTP/1.1 request head") from error
    if not version.startswith("HTTP/1.") or length < 0:
        raise BadHeadError("not an HTTP/1.1 request head")
    url = urlsplit(target)
    connection = headers.get("connection", "").lower()
    return Head(
        method=method,
        path=url.path,
        query=parse_qs(url.query),
        headers=headers,
        length=length,
        chunked="chunked" in headers.get("transfer-encoding", "").lower(),
        keep_alive="close" not in connection and version != "HTTP/1.0",
        expects=headers.get("expect", "").lower() == "100-continue",
    )


class ChunkedBody:
    """Collects a chunked request body; `done` once its last chunk is in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self.done = False
        self._parser = httptools.HttpRequestParser(self)
        self._parser.feed_data(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Called by httptools."""
        self._parts.append(body)
        self._size += len(body)

    def on_message_complete(self) -> None:
        """Called by httptools."""
        self.done = True

    def feed(self, data: bytes) -> None:
        """Take bytes of the body.

        Raises:
            BadHeadError: Not chunked, or larger than the simulator takes.
        """
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise BadHeadError("not a chunked body") from error
        if self._size > MAX_BODY_BYTES:
            raise BadHeadError("the body is too large")

    def body(self) -> bytes:
        """All of it."""
        return b"".join(self._parts)
