"""The two ends that `flow.run` sees of an HTTP request, straight on uvicorn's connection.

ASGI would send head and body as two messages, two checks of every header and two system calls. Here
an answer is one write. uvicorn's own books (`RequestResponseCycle`) are kept, so that keep-alive,
pipelining and shutdown stay uvicorn's; its version is pinned for it.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeVar, overload

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from turnout.core.errors import Refusal

_Default = TypeVar("_Default")

CYCLE: Final = "turnout.cycle"
"""Scope key under which our protocol leaves uvicorn's books of a request."""

TASK: Final = "turnout.task"
"""Scope key under which it leaves the request's task."""

TO_CANCEL: Final = "turnout.to_cancel"
"""Scope key under which a request asks for that task to be cancelled when its client leaves."""

_JSON: Final = b"content-type: application/json\r\ncache-control: no-store\r\n"
_STREAM: Final = (
    b"content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
    b"x-accel-buffering: no\r\ntransfer-encoding: chunked\r\n"
)
_LINES: Final[Mapping[int, bytes]] = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}


def forget(scope: MutableMapping[str, Any]) -> None:
    """Takes our keys out of a scope whose request has ended.

    uvicorn's books hold their scope. With them in it each request would be a ring that only the
    collector can free, 16 ms at a time.
    """
    for name in (CYCLE, TASK, TO_CANCEL):
        scope.pop(name, None)


class LatinHeaders(Mapping[str, str]):
    """Request headers by lower-case name, decoded when they are looked at; the last of duplicates.

    Few of a request's headers ever are.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._raw = dict(raw)

    @override
    def __getitem__(self, name: str) -> str:
        return self._raw[name.encode("latin-1")].decode("latin-1")

    @overload
    def get(self, key: str, /) -> str | None: ...
    @overload
    def get(self, key: str, /, default: str | _Default) -> str | _Default: ...
    @override
    def get(self, key: str, /, default: object = None) -> object:
        """As any mapping's; without an exception for the many headers that are not there."""
        raw = self._raw.get(key.encode("latin-1"))
        return default if raw is None else raw.decode("latin-1")

    @override
    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name in self._raw)

    @override
    def __len__(self) -> int:
        return len(self._raw)


class HttpCall:
    """The request."""

    __slots__ = ("_cycle", "_limit", "headers")

    def __init__(self, cycle: RequestResponseCycle, limit: int) -> None:
        self._cycle = cycle
        self._limit = limit
        self.headers: Mapping[str, str] = LatinHeaders(cycle.scope["headers"])

    async def body(self) -> bytes:
        """The whole body; raises Refusal (413) as soon as it is known to be over the limit."""
        cycle = self._cycle
        declared = self.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > self._limit:
            raise self._too_large()
        if not cycle.more_body and len(cycle.body) <= self._limit:
            return bytes(cycle.body)
        parts: list[bytes] = []
        size = 0
        more = True
        while more:
            message = await cycle.receive()
            if message["type"] != "http.request":
                break  # the client has left; the task is being cancelled
            part = message.get("body", b"")
            more = message.get("more_body", False)
            parts.append(part)
            size += len(part)
            if size > self._limit:
                raise self._too_large()
        return b"".join(parts)

    def _too_large(self) -> Refusal:
        return Refusal(
            "payload_too_large", f"The request body is over the limit of {self._limit} bytes."
        )


class HttpClient:
    """The answering side; see `flow.generation.Client`."""

    __slots__ = ("_cors", "_cycle", "_head", "generation_id", "started", "streaming")

    def __init__(
        self, cycle: RequestResponseCycle, cors: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        self._cycle = cycle
        self._cors = cors
        self._head = b""
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
        fixed = b"%bcontent-length: %d\r\n" % (_JSON, len(body))
        await self._send(self._rendered(status, fixed, headers) + body, last=True)

    async def open_stream(self, headers: Sequence[tuple[str, str]] = ()) -> None:
        """The head of an event stream, sent with the first write; nothing the second time."""
        if not self.started:
            self.started = self.streaming = True
            self._head = self._rendered(200, _STREAM, headers)

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """More of the stream, flushed at once; nothing is no piece, which would end the body."""
        if not data and not last:
            return
        head, self._head = self._head, b""
        end = b"0\r\n\r\n" if last else b""
        piece = b"%x\r\n%b\r\n" % (len(data), data) if data else b""
        await self._send(b"%b%b%b" % (head, piece, end), last=last)

    async def _send(self, data: bytes, *, last: bool) -> None:
        """As `RequestResponseCycle.send` does at the end of its checks.

        Waits for a slow client behind a write too, so that nothing more is translated for it.
        """
        cycle = self._cycle
        if cycle.flow.write_paused and not cycle.disconnected:
            await cycle.flow.drain()
        if cycle.disconnected:
            return
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(data)
        if last:
            cycle.response_complete = True
            cycle.message_event.set()
            if not cycle.keep_alive:
                cycle.transport.close()
            cycle.on_response()
        elif cycle.flow.write_paused:
            await cycle.flow.drain()

    def _rendered(self, status: int, fixed: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
        cycle = self._cycle
        parts = [_LINES[status], fixed]
        parts += [b"%b: %b\r\n" % line for line in cycle.default_headers]
        if self.generation_id:
            parts.append(b"x-generation-id: %b\r\n" % self.generation_id.encode())
        parts += [b"%b: %b\r\n" % line for line in self._cors]
        for name, value in headers:
            text = value.replace("\r", " ").replace("\n", " ")
            parts.append(b"%b: %b\r\n" % (name.encode(), text.encode("latin-1", "replace")))
        if not cycle.keep_alive:
            parts.append(b"connection: close\r\n")
        parts.append(b"\r\n")
        return b"".join(parts)
