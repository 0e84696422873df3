"""A raw upstream on a loopback socket: it says exactly the bytes of its script."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from turnout.core.errors import FailureKind, UpstreamError
from turnout.upstream.exchange import Exchange
from turnout.upstream.pool import Pool

T = TypeVar("T")

Handler = Callable[["Peer"], Awaitable[None]]
"""What the upstream does on one connection."""


class OnLoop(Protocol):
    """Runs a coroutine on one kind of event loop."""

    def __call__(self, main: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns."""
        ...


class Peer:
    """The upstream's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def request(self) -> bytes:
        """One whole request as it came; raises IncompleteReadError when the client left."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return head + await self.reader.readexactly(length)

    async def say(self, data: bytes) -> None:
        """Says it as far as the client takes it."""
        self.writer.write(data)
        await self.writer.drain()

    async def say_cut(self, pieces: Sequence[bytes]) -> None:
        """Says each piece in a packet of its own, as far as a socket allows."""
        for piece in pieces:
            self.writer.write(piece)
            for _ in range(3):
                await asyncio.sleep(0)

    async def left(self) -> None:
        """Waits until the client closes; what it still says is ignored."""
        with suppress(ConnectionError):
            while await self.reader.read(65536):
                pass


class Upstream:
    """Serves connection n with handler n; the last one serves all further ones."""

    def __init__(self, *handlers: Handler, tls: ssl.SSLContext | None = None) -> None:
        self._handlers = handlers
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.connections = 0
        self.port = 0

    @property
    def url(self) -> str:
        """A URL with path and query at this upstream."""
        scheme = "http" if self._tls is None else "https"
        host = "127.0.0.1" if self._tls is None else "localhost"
        return f"{scheme}://{host}:{self.port}/v1/x?y=1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        handler = self._handlers[min(self.connections, len(self._handlers) - 1)]
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await handler(Peer(reader, writer))
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()


def answering(*answers: bytes, close: bool = False) -> Handler:
    """One answer per request, then silence until the client leaves, or a close."""

    async def handler(peer: Peer) -> None:
        for answer in answers:
            await peer.request()
            await peer.say(answer)
        if not close:
            await peer.left()

    return handler


def cut_answer(pieces: Sequence[bytes], *, close: bool) -> Handler:
    """One answer in so many packets."""

    async def handler(peer: Peer) -> None:
        await peer.request()
        await peer.say_cut(pieces)
        if not close:
            await peer.left()

    return handler


def sized(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    """An answer with Content-Length."""
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *lines))
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def chunked(pieces: Sequence[bytes], *lines: str, trailers: str = "") -> bytes:
    """An answer in chunks."""
    head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *lines))
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece)
    return (
        f"{head}Transfer-Encoding: chunked\r\n\r\n".encode()
        + body
        + (f"0\r\n{trailers}\r\n".encode())
    )


async def post(pool: Pool, url: str, body: bytes = b"{}") -> Exchange:
    """A request whose head has come."""
    exchange = await pool.send(url, body=body, connect_s=5)
    await exchange.head(5)
    return exchange


async def fetch(pool: Pool, url: str, body: bytes = b"{}") -> bytes:
    """The whole body of an answer."""
    return await (await post(pool, url, body)).read_all(1 << 30, 5)


async def failure(waiting: Awaitable[object]) -> UpstreamError:
    """The UpstreamError that an awaitable raises."""
    try:
        await waiting
    except UpstreamError as error:
        return error
    raise AssertionError("no UpstreamError was raised")


async def network_failure(waiting: Awaitable[object]) -> str:
    """The message of the NETWORK error that an awaitable raises."""
    error = await failure(waiting)
    assert error.kind is FailureKind.NETWORK
    return error.message
