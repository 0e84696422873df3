"""Connections: kept, reused, dropped, retried, left and closed."""

import asyncio

import pytest
from scripted import (
    OnLoop,
    Peer,
    Upstream,
    answering,
    fetch,
    network_failure,
    post,
    sized,
)

from turnout.core.errors import UpstreamError
from turnout.upstream import connection
from turnout.upstream.exchange import Exchange
from turnout.upstream.pool import Pool

OK = sized(b"ok")


async def _closing(peer: Peer) -> None:
    """One answer, then a close at the next request: the reuse race as it looks to a client."""
    await peer.request()
    await peer.say(OK)
    await peer.reader.read(1)


def test_pool_reuses_the_connection_of_a_whole_answer(on_loop: OnLoop) -> None:
    """Requests one after another share one connection."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(OK, OK, OK)) as upstream:
            assert [await fetch(pool, upstream.url) for _ in range(3)] == [b"ok"] * 3
            assert upstream.connections == pool.open_connections == 1
            await pool.aclose()
            assert pool.open_connections == 0

    on_loop(main())


def test_pool_opens_a_connection_for_each_busy_exchange(on_loop: OnLoop) -> None:
    """Nothing is pipelined, and at most the allowed number stays open idle."""

    async def main() -> None:
        pool = Pool(max_idle_per_origin=2)
        async with Upstream(answering(OK, OK)) as upstream:
            await asyncio.gather(*(fetch(pool, upstream.url) for _ in range(5)))
            assert upstream.connections == 5
            await asyncio.sleep(0.02)
            assert pool.open_connections == pool.idle_connections == 2
            await pool.aclose()

    on_loop(main())


def test_connection_that_closes_as_we_write_is_replaced_once(on_loop: OnLoop) -> None:
    """The race with a server's idle timeout is not the caller's trouble."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(_closing, answering(sized(b"again"))) as upstream:
            assert await fetch(pool, upstream.url) == b"ok"
            assert await fetch(pool, upstream.url, b"x" * 300_000) == b"again"
            assert upstream.connections == 2
            await pool.aclose()

    on_loop(main())


def test_connection_that_closes_is_not_replaced_twice(on_loop: OnLoop) -> None:
    """The second silent close is a failure: one retry, on a fresh connection."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(_closing, answering(b"", close=True)) as upstream:
            assert await fetch(pool, upstream.url) == b"ok"
            message = await network_failure(fetch(pool, upstream.url))
            assert message == "connection closed before the answer"
            assert upstream.connections == 2
            await pool.aclose()

    on_loop(main())


def test_connection_that_said_a_byte_is_not_replaced(on_loop: OnLoop) -> None:
    """Once the upstream began to answer, the request may have been run: no second sending."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(OK, b"H", close=True)) as upstream:
            assert await fetch(pool, upstream.url) == b"ok"
            await network_failure(fetch(pool, upstream.url))
            assert upstream.connections == 1
            await pool.aclose()

    on_loop(main())


def test_late_close_is_not_the_race(on_loop: OnLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reused connection that closes long after our write may have run the prompt: no retry."""
    monkeypatch.setattr(connection, "_STALE_WITHIN_S", 0.02)

    async def late(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK)
        await peer.request()
        await asyncio.sleep(0.1)

    async def main() -> None:
        pool = Pool()
        async with Upstream(late, answering(OK)) as upstream:
            assert await fetch(pool, upstream.url) == b"ok"
            await network_failure(fetch(pool, upstream.url))
            assert upstream.connections == 1
            await pool.aclose()

    on_loop(main())


def test_redirect_is_an_answer_like_any_other(on_loop: OnLoop) -> None:
    """The key in our headers is not carried to where an upstream points."""
    answer = sized(b"", "Location: http://127.0.0.1:1/", status="307 Temporary Redirect")

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(answer)) as upstream:
            exchange = await post(pool, upstream.url)
            assert exchange.status == 307
            await pool.aclose()

    on_loop(main())


def test_replacing_that_fails_says_why(on_loop: OnLoop) -> None:
    """A retry that finds nobody listening raises what the fresh connection met."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(_closing) as upstream:
            assert await fetch(pool, upstream.url) == b"ok"
            exchange = await pool.send(upstream.url, body=b"", connect_s=5)
        assert await network_failure(exchange.head(5)) == "connection refused"
        await pool.aclose()

    on_loop(main())


def test_unsolicited_bytes_drop_an_idle_connection(on_loop: OnLoop) -> None:
    """What an upstream says unasked never becomes the next caller's answer."""

    async def chatty(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK)
        await asyncio.sleep(0.02)
        await peer.say(sized(b"evil"))
        await peer.left()

    async def main() -> None:
        pool = Pool()
        async with Upstream(chatty, answering(sized(b"good"))) as upstream:
            assert await fetch(pool, upstream.url) == b"ok"
            await asyncio.sleep(0.1)
            assert pool.open_connections == pool.idle_connections == 0
            assert await fetch(pool, upstream.url) == b"good"
            await pool.aclose()

    on_loop(main())


def test_idle_connections_expire(on_loop: OnLoop) -> None:
    """An idle connection is closed after its time, whether or not anybody sends again."""

    async def main() -> None:
        pool = Pool(idle_timeout_s=0.05)
        async with Upstream(answering(OK)) as upstream:
            await fetch(pool, upstream.url)
            await asyncio.sleep(0.02)
            assert pool.idle_connections == 1
            await asyncio.sleep(0.15)
            assert pool.open_connections == 0
            await pool.aclose()

    on_loop(main())


def test_closing_the_pool_ends_busy_exchanges(on_loop: OnLoop) -> None:
    """A waiting caller hears at once that the pool closed, and nothing can be sent afterwards."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(b"")) as upstream:
            exchange = await pool.send(upstream.url, body=b"", connect_s=5)
            task = asyncio.ensure_future(exchange.head(5))
            await asyncio.sleep(0.02)
            await pool.aclose()
            with pytest.raises(UpstreamError, match="shutting down"):
                await task
            await network_failure(pool.send(upstream.url, body=b"", connect_s=5))
            assert pool.open_connections == 0

    on_loop(main())


def test_leaving_closes_an_unfinished_answer_at_once(on_loop: OnLoop) -> None:
    """An abort reaches the upstream within 100 ms, also from under a waiting reader."""
    gone = asyncio.Event()

    async def endless(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        await peer.left()
        gone.set()

    async def main() -> None:
        pool = Pool()
        async with Upstream(endless) as upstream:
            exchange = await post(pool, upstream.url)
            assert await exchange.read(5) == b"a"
            reading = asyncio.ensure_future(exchange.read(5))
            await asyncio.sleep(0.01)
            exchange.abort()
            exchange.abort()
            await asyncio.wait_for(gone.wait(), 0.1)
            with pytest.raises(UpstreamError):
                await reading
            assert pool.open_connections == 0
            await pool.aclose()

    on_loop(main())


def test_leaving_after_the_end_keeps_the_connection(on_loop: OnLoop) -> None:
    """An answer that came whole, read or not, leaves its connection to the next request."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(OK, OK)) as upstream:
            exchange = await post(pool, upstream.url)
            exchange.abort()
            assert await fetch(pool, upstream.url) == b"ok"
            exchange.abort()
            assert upstream.connections == 1
            await pool.aclose()

    on_loop(main())


def test_leaving_from_a_finished_exchange_spares_its_successor(on_loop: OnLoop) -> None:
    """An old exchange has no hold on the connection that now serves another."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(OK, OK)) as upstream:
            old = await post(pool, upstream.url)
            new: Exchange = await pool.send(upstream.url, body=b"", connect_s=5)
            old.abort()
            await new.head(5)
            assert await new.read_all(9, 5) == b"ok"
            await pool.aclose()

    on_loop(main())
