"""The listening side: asyncio protocols that play replies.

A reply is played by callbacks and one timer per connection, not by a task: the loop owns the
connection, and the connection owns its reply. Equal requests to a constant provider are answered
from memory: two dictionary look-ups (head, body) and a write.

Routes: `/<provider>/v1/models`, `/<provider>/v1/chat/completions` (on a provider's own port also
without the prefix), `/_simulator/stats`, `/_simulator/requests?provider=`,
`POST /_simulator/reset`, `/health`.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Final, cast

from typing_extensions import override

from turnout.core.clock import SYSTEM_CLOCK
from turnout.simulator import replies
from turnout.simulator.playing import Playing
from turnout.simulator.replies import Ending, Step
from turnout.simulator.requests import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    BadHeadError,
    ChunkedBody,
    Head,
    read_head,
)
from turnout.simulator.routes import Simulator
from turnout.simulator.scenario import Scenario
from turnout.simulator.stats import Hangup

MAX_STALL_S: Final = 3600.0  # even a stall ends, or a forgotten peer would hold its socket for ever

_LINGER_NOW: Final = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close sends RST


class Connection(asyncio.Protocol):
    """One client's connection: reads requests one by one and plays their replies in order."""

    __slots__ = (
        "_began_s",
        "_body",
        "_buffer",
        "_head",
        "_loop",
        "_own",
        "_paused",
        "_raw",
        "_sent",
        "_simulator",
        "_steps",
        "_timer",
        "_transport",
        "provider",
    )

    def __init__(
        self, simulator: Simulator, loop: asyncio.AbstractEventLoop, own: Playing | None
    ) -> None:
        self._simulator = simulator
        self._loop = loop
        self._own = own
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._head: Head | None = None
        self._raw = b""
        self._body: ChunkedBody | None = None
        self._steps: Iterator[Step] | None = None
        self._timer: asyncio.Handle | None = None
        self._paused = False
        self._began_s = 0.0
        self._sent = 0
        self.provider: Playing | None = None

    def unsent_bytes(self) -> int:
        """Written but not yet taken by the kernel."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def drop(self) -> None:
        """Leave at once, whatever is being played."""
        if self._transport is not None:
            self._transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._simulator.connections.add(self)
        self._simulator.accepted += 1

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._simulator.connections.discard(self)
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        if self._steps is not None:
            self._left()

    @override
    def eof_received(self) -> bool:
        if self._steps is not None and self._transport is not None:
            # A peer that closed will not read the rest; waiting for it to would hide the hang-up.
            self._left()
            self._transport.abort()
        return False

    @override
    def pause_writing(self) -> None:
        self._paused = True

    @override
    def resume_writing(self) -> None:
        self._paused = False
        if self._steps is not None and self._timer is None:
            self._play()

    @override
    def data_received(self, data: bytes) -> None:
        if self._steps is None and not self._buffer and self._head is None:
            end = data.find(b"\r\n\r\n") + 4
            provider = self._simulator.quick.get(data[:end])
            if provider is not None:
                whole = provider.quick.get(data[end:])
                if whole is not None and self._transport is not None and not self._paused:
                    stats = provider.stats
                    stats.requests += 1
                    stats.answered += 1
                    stats.bytes_in += len(data) - end
                    stats.bytes_out += len(whole)
                    self.provider = provider
                    self._transport.write(whole)
                    return
        self._buffer += data
        try:
            self._advance()
        except BadHeadError as error:
            self._refuse(400, str(error))

    def _advance(self) -> None:
        """Read requests from the buffer until one is being answered or more bytes are needed."""
        while self._steps is None and self._transport is not None:
            if self._head is None:
                self._read_head()
            head = self._head
            if head is None:
                return
            body = self._read_body(head)
            if body is None:
                return
            self._answer(head, body)

    def _read_head(self) -> None:
        end = self._buffer.find(b"\r\n\r\n") + 4
        if end < 4:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise BadHeadError("the head is too large")
            return
        self._raw = bytes(self._buffer[:end])
        head = read_head(self._raw)
        del self._buffer[:end]
        if head.length > MAX_BODY_BYTES:
            self._refuse(413, "the body is too large")
            return
        self._head = head
        self._body = ChunkedBody() if head.chunked else None
        if head.expects and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _read_body(self, head: Head) -> bytes | None:
        """The body once it is complete, taken out of the buffer."""
        if self._body is not None:
            self._body.feed(bytes(self._buffer))
            self._buffer.clear()
            return self._body.body() if self._body.done else None
        length = head.length
        if len(self._buffer) < length:
            return None
        body = bytes(memoryview(self._buffer)[:length])
        del self._buffer[:length]
        return body

    def _answer(self, head: Head, body: bytes) -> None:
        self.provider = self._simulator.provider_at(head.path, self._own)
        if self.provider is not None:
            self.provider.stats.open += 1
        self._began_s = self._loop.time()
        self._sent = 0
        self._steps = self._simulator.steps(head, self._raw, body, self._own)
        self._play()

    def _play(self) -> None:
        """Play steps until a pause, a full socket or the end."""
        self._timer = None
        transport = self._transport
        if transport is None or self._steps is None:
            return
        for step in self._steps:
            if isinstance(step, bytes):
                transport.write(step)
                self._sent += len(step)
                if self.provider is not None:
                    self.provider.stats.bytes_out += len(step)
                if self._paused:
                    return
            elif not isinstance(step, str):
                wait_s = self._began_s + step - self._loop.time()
                if wait_s > 0:
                    self._timer = self._loop.call_later(wait_s, self._play)
                    return
            elif step == "flush":
                self._timer = self._loop.call_soon(self._play)
                return
            else:
                self._end(transport, step)
                return
        self._finish(transport)

    def _finish(self, transport: asyncio.Transport) -> None:
        """The reply is over; the connection lives on if the request wants it to."""
        head = self._head
        self._settle()
        if head is not None and not head.keep_alive:
            transport.close()
        elif self._buffer:
            self._loop.call_soon(self.data_received, b"")

    def _end(self, transport: asyncio.Transport, ending: Ending) -> None:
        if ending == "stall":
            self._timer = self._loop.call_later(MAX_STALL_S, transport.abort)
            return
        self._settle()
        if ending == "reset":
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOW)
            transport.abort()
        else:
            transport.close()

    def _settle(self) -> None:
        """Our side of the reply is done."""
        self._steps = None
        self._head = None
        if self.provider is not None:
            self.provider.stats.open -= 1
            self.provider.stats.answered += 1

    def _left(self) -> None:
        """The peer hung up on a reply."""
        self._steps = None
        if self.provider is None:
            return
        stats = self.provider.stats
        stats.open -= 1
        after_ms = round((self._loop.time() - self._began_s) * 1000, 3)
        stats.hung_up(Hangup(SYSTEM_CLOCK.unix_ms(), after_ms, self._sent))

    def _refuse(self, status: int, message: str) -> None:
        """Answer bytes that are no request we take, and leave."""
        if self._transport is not None:
            reply = replies.error_reply(status, message)
            self._transport.write(replies.head(reply) + reply.pieces[0])
            self._transport.close()


@asynccontextmanager
async def running(
    scenario: Scenario, host: str = "127.0.0.1", port: int = 0
) -> AsyncGenerator[Simulator]:
    """A simulator that serves inside the block; port 0 picks free ones.

    Raises:
        OSError: A port cannot be listened on.
    """
    loop = asyncio.get_running_loop()
    simulator = Simulator(scenario)
    servers: list[asyncio.Server] = []

    async def listen(at: int, own: Playing | None) -> int:
        server = await loop.create_server(
            lambda: Connection(simulator, loop, own), host, at, backlog=4096
        )
        servers.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        return bound

    try:
        simulator.port = await listen(port, None)
        for provider in simulator.providers.values():
            if provider.provider.port is not None:
                provider.port = await listen(provider.provider.port, provider)
        yield simulator
    finally:
        for server in servers:
            server.close()
        for connection in tuple(simulator.connections):
            connection.drop()
        for server in servers:
            await server.wait_closed()


async def serve(
    scenario: Scenario, host: str, port: int, ready: Callable[[int], None] | None = None
) -> None:
    """Serve until cancelled; `ready` is called with the shared port once it listens."""
    async with running(scenario, host, port) as simulator:
        if ready is not None:
            ready(simulator.port)
        await asyncio.Event().wait()
