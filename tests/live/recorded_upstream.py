"""A provider on a loopback socket that says again what a real one once said."""

import asyncio
import random
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from tests.recordings import Exchange

_OURS: Final = {"content-length", "content-encoding", "transfer-encoding", "connection"}
"""Headers that are about the bytes of a connection, which is another one now."""

_LONGEST_PIECES: Final = 40


class RecordedUpstream:
    """Answers every request with `exchange`, a stream cut into random writes.

    Attributes:
        url: Where it listens.
        asked: Bodies of the requests since `exchange` was last set.
        heads: Their lines and headers.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.asked: list[bytes] = []
        self.heads: list[bytes] = []
        self._exchange: Exchange | None = None

    def say(self, exchange: Exchange) -> None:
        """What to answer from now on."""
        self.asked.clear()
        self.heads.clear()
        self._exchange = exchange

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request by request."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                )
                self.heads.append(head)
                self.asked.append(await reader.readexactly(length))
                assert self._exchange is not None
                await _play(self._exchange, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def _play(exchange: Exchange, writer: asyncio.StreamWriter) -> None:
    kept = {n.lower(): v for n, v in exchange.response_headers.items() if n.lower() not in _OURS}
    kind = "text/event-stream" if exchange.streamed else "application/json"
    headers = {"content-type": kind} | kept | {"transfer-encoding": "chunked"}
    lines = [f"HTTP/1.1 {exchange.status} Recorded", *(f"{n}: {v}" for n, v in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1", "replace"))
    for piece in _pieces(exchange):
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await writer.drain()
        await asyncio.sleep(0)
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _pieces(exchange: Exchange) -> Generator[bytes]:
    body = exchange.body
    if not exchange.streamed:
        yield body
        return
    chance = random.Random(exchange.id)
    cuts = sorted(chance.choices(range(1, len(body)), k=min(_LONGEST_PIECES, len(body) - 1)))
    for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        if end > start:
            yield body[start:end]


@contextmanager
def recorded_upstream() -> Generator[RecordedUpstream]:
    """Listens, on a thread of its own, while the block runs."""
    ready: list[RecordedUpstream] = []
    up, over = threading.Event(), threading.Event()

    async def serve() -> None:
        upstream = RecordedUpstream(0)
        server = await asyncio.start_server(upstream.connected, "127.0.0.1", 0)
        upstream.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.append(upstream)
        up.set()
        await asyncio.to_thread(over.wait)
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert up.wait(10)
        yield ready[0]
    finally:
        over.set()
        thread.join()
