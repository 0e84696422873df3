"""All providers at once on one loopback port: says again what was recorded, cut as it is told."""

import asyncio
import random
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from tests.conformance.scope import streams
from tests.conformance.told_bedrock import frames_of
from tests.recordings import Exchange

_OURS: Final = {"content-length", "content-encoding", "transfer-encoding", "connection"}
_MOST_PIECES: Final = 60


class Asked:
    """One request as the upstream got it."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.body = body


class Player:
    """Answers every request with the exchange it was given last.

    Attributes:
        url: Where it listens.
        asked: The requests since then.
    """

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self._exchange: Exchange | None = None
        self._seed: str | None = None

    def play(self, exchange: Exchange, seed: str | None) -> None:
        """What to answer from now on; with a seed, cut at random bytes."""
        self.asked = []
        self._exchange, self._seed = exchange, seed

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request by request."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").strip().split("\r\n")
                pairs = (line.partition(":") for line in lines)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.asked.append(Asked(first.split(" ")[1], headers, body))
                assert self._exchange is not None
                await self._answer(self._exchange, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, exchange: Exchange, writer: asyncio.StreamWriter) -> None:
        kept = {n.lower(): v for n, v in exchange.response_headers.items()}
        headers = {n: v for n, v in kept.items() if n not in _OURS}
        streamed = streams(exchange) and exchange.status < 400
        if exchange.api.endswith("converseStream") and streamed:
            headers["content-type"] = "application/vnd.amazon.eventstream"
        headers.setdefault("content-type", "text/event-stream" if streamed else "application/json")
        headers["transfer-encoding"] = "chunked"
        lines = [f"HTTP/1.1 {exchange.status} Recorded", *(f"{n}: {v}" for n, v in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1", "replace"))
        for piece in self._pieces(exchange):
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            if self._seed is not None:
                await writer.drain()
                await asyncio.sleep(0)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    def _pieces(self, exchange: Exchange) -> Generator[bytes]:
        binary = exchange.api.endswith("converseStream") and exchange.status < 400
        body = frames_of(exchange) if binary else exchange.body
        if self._seed is None or len(body) < 2:
            if body:
                yield body
            return
        chance = random.Random(self._seed + exchange.id)
        cuts = sorted(set(chance.choices(range(1, len(body)), k=min(_MOST_PIECES, len(body) - 1))))
        for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
            yield body[start:end]


@contextmanager
def playing() -> Generator[Player]:
    """Listens, on a thread of its own, while the block runs."""
    player = Player()
    up, over = threading.Event(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(player.connected, "127.0.0.1", 0, limit=2**22)
        player.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        up.set()
        await asyncio.to_thread(over.wait)
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert up.wait(10)
        yield player
    finally:
        over.set()
        thread.join()
