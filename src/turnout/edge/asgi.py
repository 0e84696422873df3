"""A call and a client over plain ASGI: the two ends that `flow.run` sees of an HTTP request."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.types import Message, Receive, Scope, Send

from turnout.core.errors import Refusal
from turnout.core.types import Headers

_JSON: Final = (b"content-type", b"application/json")
_NO_STORE: Final = (b"cache-control", b"no-store")
_STREAM: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # asks nginx in front of us not to hold events back
)


class AsgiCall:
    """The request."""

    __slots__ = ("_limit", "_receive", "headers")

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self.headers: Headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }

    async def body(self) -> bytes:
        """The whole body; raises Refusal (413) as soon as it is known to be over the limit."""
        declared = self.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > self._limit:
            raise self._too_large()
        message = await self._receive()
        first: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            if len(first) > self._limit:
                raise self._too_large()
            return first
        return await self._rest(first)

    async def _rest(self, first: bytes) -> bytes:
        parts, size = [first], len(first)
        more = True
        while more:
            message = await self._receive()
            part: bytes = message.get("body", b"")
            parts.append(part)
            size += len(part)
            if size > self._limit:
                raise self._too_large()
            more = message.get("more_body", False)
        return b"".join(parts)

    def _too_large(self) -> Refusal:
        return Refusal(
            "payload_too_large", f"The request body is over the limit of {self._limit} bytes."
        )


class AsgiClient:
    """The answering side; every send waits while the client does not read.

    Attributes:
        generation_id: Set by flow once the request has one, "" before.
        streaming: Status 200 and an event stream have been promised.
        started: Some status has been sent.
    """

    __slots__ = ("_cors", "_send", "generation_id", "started", "streaming")

    def __init__(self, send: Send, cors: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self._send = send
        self._cors = cors
        self.generation_id = ""
        self.streaming = False
        self.started = False

    async def answer(self, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> None:
        """A whole JSON answer with status 200."""
        await self.reply(200, body, headers)

    async def reply(
        self, status: int, body: bytes, headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        """A whole JSON answer."""
        self.started = True
        length = (b"content-length", str(len(body)).encode())
        await self._send(self._head(status, (_JSON, _NO_STORE, length), headers))
        await self._send({"type": "http.response.body", "body": body})

    async def open_stream(self, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Status 200 and the head of an event stream; does nothing the second time."""
        if not self.started:
            self.started = self.streaming = True
            await self._send(self._head(200, _STREAM, headers))

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """More of the stream, flushed at once."""
        await self._send({"type": "http.response.body", "body": data, "more_body": not last})

    def _head(
        self,
        status: int,
        fixed: Sequence[tuple[bytes, bytes]],
        headers: Sequence[tuple[str, str]],
    ) -> Message:
        listed: list[tuple[bytes, bytes]] = [*fixed, *self._cors]
        if self.generation_id:
            listed.append((b"x-generation-id", self.generation_id.encode()))
        listed += [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers]
        message: dict[str, Any] = {
            "type": "http.response.start",
            "status": status,
            "headers": listed,
        }
        return message
