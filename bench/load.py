"""Clients that cost little, so that the load is not what is measured.

One protocol class speaks just enough HTTP/1.1: it knows where an answer ends and whether it was a
200. Closed loop (the next request follows the answer) finds the maximum; open loop (fixed arrivals,
whatever the answers do) finds the latency a caller sees.
"""

import asyncio
import re
import shutil
import time
from collections import deque
from collections.abc import Callable
from typing import cast

import msgspec
from typing_extensions import override

from bench.processes import pinned

OK = b"HTTP/1.1 200 "
LAST_CHUNK = b"0\r\n\r\n"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_WRK_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_WRK_BAD = re.compile(r"(Non-2xx or 3xx responses|Socket errors): (.*)")


class Ask(msgspec.Struct, frozen=True):
    """Where to send a request, and its bytes."""

    host: str
    port: int
    request: bytes


class Tally(msgspec.Struct):
    """What came of a load."""

    answers: int = 0
    errors: int = 0
    bytes_in: int = 0
    latencies_ms: list[float] = msgspec.field(default_factory=list[float])
    seconds: float = 0.0

    def percentile(self, share: float) -> float:
        """A latency in ms that this share of answers stayed within; 0 without answers."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Wire(asyncio.Protocol):
    """One connection, one answer at a time."""

    def __init__(self, tally: Tally, done: "Callable[[Wire], None]") -> None:
        self._tally = tally
        self._done = done
        self._sent_s = 0.0
        self._fresh = True
        self._left = -1  # bytes of a counted body still to come; -1 is a chunked one
        self._tail: bytes = b""
        self._head: bytes = b""
        self._waiting = False
        self.transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not isinstance: uvloop has transports of its own.
        self.transport = cast("asyncio.Transport", transport)

    def send(self, request: bytes) -> None:
        """Ask; `done` is called when the answer is whole."""
        assert self.transport is not None
        self._fresh = True
        self._waiting = True
        self._head = b""
        self._tail = b""
        self._sent_s = time.perf_counter()
        self.transport.write(request)

    def abandon(self) -> None:
        """Hang up, without that counting as an error of the target."""
        self._waiting = False
        if self.transport is not None:
            self.transport.abort()

    @override
    def data_received(self, data: bytes) -> None:
        self._tally.bytes_in += len(data)
        if self._fresh:
            data = self._head + data
            end = data.find(b"\r\n\r\n") + 4
            if end < 4:
                self._head = data
                return
            self._fresh = False
            if not data.startswith(OK):
                self._tally.errors += 1
            length = _LENGTH.search(data, 0, end)
            self._left = int(length[1]) if length else -1
            data = data[end:]
        if self._left >= 0:
            self._left -= len(data)
            if self._left > 0:
                return
        else:
            self._tail = (self._tail + data)[-5:] if len(data) < 5 else data[-5:]
            if self._tail != LAST_CHUNK:
                return
        self._waiting = False
        self._tally.answers += 1
        self._tally.latencies_ms.append((time.perf_counter() - self._sent_s) * 1000)
        self._done(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self._waiting:
            self._tally.errors += 1


async def _connect(ask: Ask, tally: Tally, done: Callable[[Wire], None]) -> Wire:
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_connection(lambda: Wire(tally, done), ask.host, ask.port)
    return wire


async def closed_loop(ask: Ask, connections: int, seconds: float) -> Tally:
    """As many answers as the target gives on that many connections."""
    tally = Tally()
    stopped = False

    def again(wire: Wire) -> None:
        if not stopped:
            wire.send(ask.request)

    wires = [await _connect(ask, tally, again) for _ in range(connections)]
    began = time.perf_counter()
    for wire in wires:
        wire.send(ask.request)
    await asyncio.sleep(seconds)
    stopped = True
    tally.seconds = time.perf_counter() - began
    counted = Tally(tally.answers, tally.errors, tally.bytes_in, tally.latencies_ms, tally.seconds)
    for wire in wires:
        wire.abandon()
    return counted


async def open_loop(ask: Ask, rate_per_s: float, seconds: float) -> Tally:
    """Requests at fixed times, each on an idle connection or a new one.

    Latency counts from the moment the bytes are written: a late timer of ours is not the target's.
    """
    tally = Tally()
    idle: deque[Wire] = deque()
    wires = [await _connect(ask, tally, idle.append) for _ in range(8)]
    idle.extend(wires)
    loop = asyncio.get_running_loop()
    began = loop.time()
    count = int(rate_per_s * seconds)
    for number in range(count):
        wait_s = began + number / rate_per_s - loop.time()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        if not idle:
            wires.append(await _connect(ask, tally, idle.append))
            idle.append(wires[-1])
        idle.popleft().send(ask.request)
    for _ in range(200):
        if tally.answers + tally.errors >= count:
            break
        await asyncio.sleep(0.01)
    tally.seconds = loop.time() - began
    tally.errors += max(0, count - tally.answers - tally.errors)
    for wire in wires:
        wire.abandon()
    return tally


async def hold_streams(ask: Ask, count: int) -> tuple[Tally, list[Wire]]:
    """That many streams, begun and left open; hang up with `Wire.abandon`."""
    tally = Tally()
    wires: list[Wire] = []
    for _ in range(count):
        wire = await _connect(ask, tally, lambda _wire: None)
        wire.send(ask.request)
        wires.append(wire)
    return tally, wires


async def wrk(ask: Ask, script: str, connections: int, seconds: int, core: int | None) -> Tally:
    """The same as `closed_loop` by wrk, which costs a fraction of ours.

    Raises:
        RuntimeError: wrk did not run to its end.
    """
    url = f"http://{ask.host}:{ask.port}/"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, url]
    process = await asyncio.create_subprocess_exec(
        *pinned(core, command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    raw, _ = await process.communicate()
    text = raw.decode()
    rate = _WRK_RATE.search(text)
    if rate is None:
        raise RuntimeError(f"wrk failed: {text[-400:]}")
    errors = sum(sum(map(int, re.findall(r"\d+", found[2]))) for found in _WRK_BAD.finditer(text))
    return Tally(int(float(rate[1]) * seconds), errors, 0, [], float(seconds))


def has_wrk() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def wrk_script(request: bytes) -> str:
    """A Lua script that sends exactly these bytes."""
    quoted = "".join(f"\\{byte:03d}" for byte in request)
    return f'local whole = "{quoted}"\nrequest = function() return whole end\n'
