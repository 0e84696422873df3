"""Sending: what is written, what is refused before it, and what fails on the way."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from scripted import OnLoop, Peer, Upstream, answering, failure, fetch, network_failure, post, sized

from turnout.core.errors import FailureKind
from turnout.upstream.pool import Pool
from turnout.upstream.target import header_block

OK = sized(b"ok")


def test_pool_writes_the_request_as_it_should_be(on_loop: OnLoop) -> None:
    """Path, host, length and the caller's headers stand in the head; identity is asked for."""
    seen: list[bytes] = []

    async def handler(peer: Peer) -> None:
        while True:
            seen.append(await peer.request())
            await peer.say(OK)

    async def main() -> None:
        pool = Pool(user_agent="turnout/1")
        async with Upstream(handler) as upstream:
            prepared = header_block([("authorization", "Bearer k")])
            exchange = await pool.send(
                upstream.url, headers=[("X-A", "b")], prepared=prepared, body=b"hi", connect_s=5
            )
            await exchange.head(5)
            await exchange.read_all(9, 5)
            agent = (("User-Agent", "mine"),)
            exchange = await pool.send(
                upstream.url, method="GET", headers=agent, body=b"", connect_s=5
            )
            await exchange.head(5)
            host = f"host: 127.0.0.1:{upstream.port}\r\naccept-encoding: identity\r\n"
            assert seen[0].decode() == (
                f"POST /v1/x?y=1 HTTP/1.1\r\n{host}user-agent: turnout/1\r\n"
                "authorization: Bearer k\r\nX-A: b\r\ncontent-length: 2\r\n\r\nhi"
            )
            expected = f"GET /v1/x?y=1 HTTP/1.1\r\n{host}User-Agent: mine\r\n\r\n"
            assert seen[1].decode() == expected
            await pool.aclose()

    on_loop(main())


class Bad(NamedTuple):
    """What a caller must not get through; `tail` goes behind the URL."""

    headers: Sequence[tuple[str, str]] = ()
    method: str = "POST"
    tail: str = ""


BAD: dict[str, Bad] = {
    "line break in a value": Bad(headers=[("x", "a\r\nEvil: 1")]),
    "newline in a value": Bad(headers=[("x", "a\nb")]),
    "nul in a value": Bad(headers=[("x", "a\0b")]),
    "beyond latin-1": Bad(headers=[("x", "\u20ac")]),
    "line break in a name": Bad(headers=[("x\r\ny", "a")]),
    "colon in a name": Bad(headers=[("x:", "a")]),
    "empty name": Bad(headers=[("", "a")]),
    "framing header": Bad(headers=[("Content-Length", "3")]),
    "chunked by the caller": Bad(headers=[("transfer-encoding", "chunked")]),
    "line break in the method": Bad(method="GET / HTTP/1.1\r\nEvil: 1\r\n\r\nGET"),
    "line break in the URL": Bad(tail="/a\r\nEvil: 1"),
    "space in the URL": Bad(tail="/a b"),
    "tab in the URL": Bad(tail="/a\tb"),
    "letters beyond ASCII": Bad(tail="/\xe9"),
}


@pytest.mark.parametrize("name", BAD)
def test_injection_is_refused_before_anything_is_written(name: str, on_loop: OnLoop) -> None:
    """No caller's text can end a line of the head; not even a connection is opened for it."""
    case = BAD[name]

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(OK)) as upstream:
            with pytest.raises(ValueError, match=r"URL|header|method"):
                await pool.send(
                    upstream.url + case.tail,
                    headers=case.headers,
                    method=case.method,
                    body=b"",
                    connect_s=5,
                )
            assert upstream.connections == 0
            await pool.aclose()

    on_loop(main())


@pytest.mark.parametrize(
    "url", ["", "ftp://h/", "http://", "//h/a", "http://u:p@h/", "http://h:x/", "http://[::1/"]
)
def test_url_that_is_none_is_refused(url: str, on_loop: OnLoop) -> None:
    """Only absolute http(s) URLs without user info; the refusal does not repeat them."""

    async def main() -> None:
        pool = Pool()
        with pytest.raises(ValueError, match="URL") as caught:
            await pool.send(url, body=b"", connect_s=5)
        assert not url or url not in str(caught.value)
        await pool.aclose()

    on_loop(main())


def test_nobody_listening_is_connection_refused(on_loop: OnLoop) -> None:
    """A closed port fails the sending, with words that name no host."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(OK)) as upstream:
            url = upstream.url
        assert await network_failure(pool.send(url, body=b"", connect_s=5)) == "connection refused"
        await pool.aclose()

    on_loop(main())


def test_unresolvable_name_is_a_network_failure(on_loop: OnLoop) -> None:
    """A name that no resolver takes fails the sending."""

    async def main() -> None:
        pool = Pool()
        url = f"http://{'a' * 64}.invalid/"
        message = await network_failure(pool.send(url, body=b"", connect_s=5))
        assert message == "name not resolved"
        await pool.aclose()

    on_loop(main())


def test_silence_in_the_handshake_is_a_connect_timeout(on_loop: OnLoop) -> None:
    """TLS counts as connecting: an upstream that accepts and says nothing runs into the bound."""

    async def silent(peer: Peer) -> None:
        await peer.left()

    async def main() -> None:
        pool = Pool()
        async with Upstream(silent) as upstream:
            url = upstream.url.replace("http:", "https:")
            error = await failure(pool.send(url, body=b"", connect_s=0.05))
            assert error.kind is FailureKind.CONNECT_TIMEOUT
            task = asyncio.ensure_future(pool.send(url, body=b"", connect_s=5))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await pool.aclose()
            assert pool.open_connections == 0

    on_loop(main())


def test_large_body_arrives_whole(on_loop: OnLoop) -> None:
    """32 MiB reach a slow reader byte for byte, and the connection is kept."""
    body = bytes(range(256)) * (32 * 4096)
    seen: list[bool] = []

    async def handler(peer: Peer) -> None:
        while True:
            request = await peer.request()
            seen.append(request.endswith(b"\r\n\r\n" + body))
            await peer.say(OK)

    async def main() -> None:
        pool = Pool()
        async with Upstream(handler) as upstream:
            for _ in range(2):
                assert await fetch(pool, upstream.url, body) == b"ok"
            assert seen == [True, True]
            assert upstream.connections == 1
            await pool.aclose()

    on_loop(main())


def test_early_answer_is_read_while_the_body_is_still_unsent(on_loop: OnLoop) -> None:
    """A refusal before the body was taken is heard, and that connection is not used again."""

    async def handler(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.say(sized(b"too large", status="413 Too Large"))
        await asyncio.sleep(5)

    async def main() -> None:
        pool = Pool()
        async with Upstream(handler) as upstream:
            exchange = await post(pool, upstream.url, bytes(32 << 20))
            assert exchange.status == 413
            assert await exchange.read_all(99, 5) == b"too large"
            await asyncio.sleep(0.01)
            assert pool.open_connections == 0
            await pool.aclose()

    on_loop(main())


def test_early_answer_before_a_close_is_heard(on_loop: OnLoop) -> None:
    """An upstream that refuses a large body and hangs up on it is heard before its reset."""

    async def handler(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.say(sized(b"too large", status="413 Too Large"))

    async def main() -> None:
        pool = Pool()
        async with Upstream(handler) as upstream:
            for _ in range(5):
                exchange = await post(pool, upstream.url, bytes(8 << 20))
                assert await exchange.read_all(99, 5) == b"too large"
            await pool.aclose()

    on_loop(main())
