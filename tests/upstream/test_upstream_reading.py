"""The caller's side: waiting, deadlines, cancellation, back-pressure, limits, compression."""

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Generator

import pytest
from scripted import (
    OnLoop,
    Peer,
    Upstream,
    answering,
    chunked,
    cut_answer,
    failure,
    post,
    sized,
)

from turnout.core.errors import FailureKind
from turnout.upstream.pool import Pool

STREAM_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Suspensions:
    """Awaits something and counts how often that gave way to the loop."""

    def __init__(self, awaited: Awaitable[object]) -> None:
        self._awaited = awaited
        self.count = 0

    def __await__(self) -> Generator[object, None, None]:
        for future in self._awaited.__await__():
            self.count += 1
            yield future


def test_small_answer_costs_one_wake_up(on_loop: OnLoop) -> None:
    """Head and body of one packet: the task sleeps once, in all."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(sized(b"x" * 1000))) as upstream:
            exchange = await pool.send(upstream.url, body=b"{}", connect_s=5)
            head = Suspensions(exchange.head(5))
            await head
            body = Suspensions(exchange.read_all(2000, 5))
            await body
            assert (head.count, body.count) == (1, 0)
            await pool.aclose()

    on_loop(main())


def test_whole_body_costs_one_wake_up_however_many_packets(on_loop: OnLoop) -> None:
    """Reading all waits for the end, not for every packet."""
    pieces = [STREAM_HEAD, *[b"5\r\nhello\r\n"] * 20, b"0\r\n\r\n"]

    async def main() -> None:
        pool = Pool()
        async with Upstream(cut_answer(pieces, close=False)) as upstream:
            exchange = await post(pool, upstream.url)
            body = Suspensions(exchange.read_all(2000, 5))
            await body
            assert body.count <= 1
            await pool.aclose()

    on_loop(main())


def test_read_joins_what_came_and_ends_with_nothing(on_loop: OnLoop) -> None:
    """A read gives everything since the last one, without waiting when something is there."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(chunked([b"a", b"b", b"c"]))) as upstream:
            exchange = await post(pool, upstream.url)
            reading = Suspensions(exchange.read(5))
            await reading
            assert reading.count == 0
            assert await exchange.read(5) == b""
            assert await exchange.read(5) == b""
            await pool.aclose()

    on_loop(main())


def test_timeouts_leave_the_answer_readable(on_loop: OnLoop) -> None:
    """A head or piece that is late may still be waited for again."""

    async def slow(peer: Peer) -> None:
        await peer.request()
        await asyncio.sleep(0.1)
        await peer.say(STREAM_HEAD)
        await asyncio.sleep(0.1)
        await peer.say(b"2\r\nhi\r\n0\r\n\r\n")
        await peer.left()

    async def main() -> None:
        pool = Pool()
        loop = asyncio.get_running_loop()
        async with Upstream(slow) as upstream:
            exchange = await pool.send(upstream.url, body=b"", connect_s=5)
            began = loop.time()
            with pytest.raises(TimeoutError):
                await exchange.head(0.03)
            assert 0.025 <= loop.time() - began < 0.09
            await exchange.head(5)
            with pytest.raises(TimeoutError):
                await exchange.read(0.03)
            assert await exchange.read(5) == b"hi"
            assert await exchange.read(5) == b""
            assert pool.idle_connections == 1
            await pool.aclose()

    on_loop(main())


def test_deadline_follows_the_wait_not_an_older_timer(on_loop: OnLoop) -> None:
    """A shorter wait after a longer one ends in its own time, and the other way round."""

    async def main() -> None:
        pool = Pool()
        loop = asyncio.get_running_loop()
        async with Upstream(answering(sized(b"ok"), STREAM_HEAD)) as upstream:
            exchange = await post(pool, upstream.url)
            await exchange.read_all(9, 5)
            exchange = await post(pool, upstream.url)
            for within_s in (0.1, 0.03, 0.12):
                began = loop.time()
                with pytest.raises(TimeoutError):
                    await exchange.read(within_s)
                assert within_s - 0.005 <= loop.time() - began < within_s + 0.06
            exchange.abort()
            await pool.aclose()

    on_loop(main())


def test_deadline_of_an_answered_wait_does_not_end_a_later_one(on_loop: OnLoop) -> None:
    """The timer of a short wait that was answered fires into a longer one without ending it."""

    async def prompt(peer: Peer) -> None:
        await peer.request()
        await peer.say(STREAM_HEAD)
        await asyncio.sleep(0.02)
        await peer.say(b"1\r\na\r\n")
        await peer.left()

    async def main() -> None:
        pool = Pool()
        loop = asyncio.get_running_loop()
        async with Upstream(prompt) as upstream:
            exchange = await pool.send(upstream.url, body=b"", connect_s=5)
            await exchange.head(0.08)
            assert await exchange.read(0.08) == b"a"
            began = loop.time()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(exchange.read(0.2), 2)
            assert 0.19 <= loop.time() - began < 0.3
            exchange.abort()
            await pool.aclose()

    on_loop(main())


def test_cancelled_wait_loses_nothing(on_loop: OnLoop) -> None:
    """A cancelled head or read may be repeated; what comes meanwhile is there."""

    async def slow(peer: Peer) -> None:
        await peer.request()
        await asyncio.sleep(0.05)
        await peer.say(STREAM_HEAD + b"1\r\na\r\n")
        await asyncio.sleep(0.05)
        await peer.say(b"1\r\nb\r\n0\r\n\r\n")
        await peer.left()

    async def cancelled(waiting: Awaitable[object]) -> None:
        task = asyncio.ensure_future(waiting)
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def main() -> None:
        pool = Pool()
        async with Upstream(slow) as upstream:
            exchange = await pool.send(upstream.url, body=b"", connect_s=5)
            await cancelled(exchange.head(5))
            await exchange.head(5)
            assert await exchange.read(5) == b"a"
            await cancelled(exchange.read(5))
            await asyncio.sleep(0.1)
            assert await exchange.read(5) == b"b"
            await pool.aclose()

    on_loop(main())


def test_unread_answer_stalls_its_upstream(on_loop: OnLoop) -> None:
    """A caller that does not read holds a bounded number of bytes; all come once it reads."""
    total = 48 << 20
    sent = 0

    async def flood(peer: Peer) -> None:
        nonlocal sent
        await peer.request()
        await peer.say(f"HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n\r\n".encode())
        while sent < total:
            await peer.say(bytes(65536))
            sent += 65536
        await peer.left()

    async def main() -> None:
        pool = Pool()
        async with Upstream(flood) as upstream:
            exchange = await post(pool, upstream.url)
            await asyncio.sleep(0.3)
            assert exchange.unread <= 1 << 20
            assert sent < total
            read = 0
            while piece := await exchange.read(5):
                read += len(piece)
            assert read == total
            assert pool.idle_connections == 1
            await pool.aclose()

    on_loop(main())


@pytest.mark.parametrize("answer", [sized(b"x" * 500), chunked([b"x" * 250] * 2)])
def test_body_over_the_limit_is_refused(answer: bytes, on_loop: OnLoop) -> None:
    """Up to the limit it is read, one byte over it is a decode failure."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(answer, answer)) as upstream:
            exchange = await post(pool, upstream.url)
            assert len(await exchange.read_all(500, 5)) == 500
            exchange = await post(pool, upstream.url)
            error = await failure(exchange.read_all(499, 5))
            assert error.kind is FailureKind.DECODE
            await pool.aclose()

    on_loop(main())


def test_endless_body_ends_at_the_limit(on_loop: OnLoop) -> None:
    """Reading all of an answer without end stops soon after the limit and closes."""
    gone = asyncio.Event()

    async def endless(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                await peer.say(bytes(65536))
        finally:
            gone.set()

    async def main() -> None:
        pool = Pool()
        async with Upstream(endless) as upstream:
            exchange = await post(pool, upstream.url)
            error = await failure(exchange.read_all(1 << 20, 5))
            assert error.kind is FailureKind.DECODE
            await asyncio.wait_for(gone.wait(), 1)
            await pool.aclose()

    on_loop(main())


PLAIN = b"data: {}\n\n" * 500


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKED = {
    "gzip": ("gzip", gzip.compress(PLAIN)),
    "two gzip members": ("gzip", gzip.compress(PLAIN[:77]) + gzip.compress(PLAIN[77:])),
    "x-gzip": ("X-GZip", gzip.compress(PLAIN)),
    "deflate": ("deflate", zlib.compress(PLAIN)),
    "bare deflate": ("deflate", _raw_deflate(PLAIN)),
    "identity": ("identity", PLAIN),
}


@pytest.mark.parametrize("step", [1, 7, 1000])
@pytest.mark.parametrize("name", PACKED)
def test_compression_nobody_asked_for_is_undone(name: str, step: int, on_loop: OnLoop) -> None:
    """Gzip and deflate are decoded as they come, wherever chunks cut them."""
    coding, packed = PACKED[name]
    pieces = [packed[at : at + step] for at in range(0, len(packed), step)]
    answer = chunked(pieces, f"Content-Encoding: {coding}")

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(answer, answer)) as upstream:
            exchange = await post(pool, upstream.url)
            assert await exchange.read_all(len(PLAIN), 5) == PLAIN
            exchange = await post(pool, upstream.url)
            read = b""
            while piece := await exchange.read(5):
                read += piece
            assert read == PLAIN
            assert upstream.connections == 1
            await pool.aclose()

    on_loop(main())


def test_compressed_stream_is_readable_before_its_end(on_loop: OnLoop) -> None:
    """What the upstream flushed can be read although the stream goes on."""
    packer = zlib.compressobj(wbits=31)
    first = packer.compress(b"first") + packer.flush(zlib.Z_SYNC_FLUSH)

    async def handler(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + first)
        await peer.left()

    async def main() -> None:
        pool = Pool()
        async with Upstream(handler) as upstream:
            exchange = await post(pool, upstream.url)
            assert await exchange.read(5) == b"first"
            with pytest.raises(TimeoutError):
                await exchange.read(0.02)
            exchange.abort()
            await pool.aclose()

    on_loop(main())


UNREADABLE = {
    "unknown": sized(b"xx", "Content-Encoding: br"),
    "not gzip": sized(b"{}", "Content-Encoding: gzip"),
    "cut gzip": sized(gzip.compress(PLAIN)[:-9], "Content-Encoding: gzip"),
    "bomb": sized(gzip.compress(bytes(64 << 20)), "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_compression_that_cannot_be_undone_is_a_decode_failure(name: str, on_loop: OnLoop) -> None:
    """Unknown, broken, cut and exploding compression all fail the attempt."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(UNREADABLE[name])) as upstream:
            exchange = await pool.send(upstream.url, body=b"", connect_s=5)

            async def all_of_it() -> None:
                await exchange.head(5)
                await exchange.read_all(1 << 20, 5)

            error = await failure(all_of_it())
            assert error.kind is FailureKind.DECODE
            await pool.aclose()

    on_loop(main())
