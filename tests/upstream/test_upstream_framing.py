"""Where an answer begins and ends: every framing of RFC 9112, whole, cut and broken."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import (
    OnLoop,
    Peer,
    Upstream,
    answering,
    chunked,
    cut_answer,
    fetch,
    network_failure,
    post,
    sized,
)

from turnout.upstream.pool import Pool

BODY = b'{"id":"a","choices":[]}'

WHOLE: dict[str, tuple[bytes, bool, int, bytes, bool]] = {
    # name: (the answer, then close?, status, body, connection kept?)
    "length": (sized(BODY), False, 200, BODY, True),
    "length zero": (sized(b""), False, 200, b"", True),
    "chunked": (chunked([BODY, b"more"]), False, 200, BODY + b"more", True),
    "trailers": (chunked([BODY], trailers="x-cost: 1\r\ny: 2\r\n"), False, 200, BODY, True),
    "chunk extension": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\n\r\n",
        False,
        200,
        b"hi",
        True,
    ),
    "close-delimited": (b"HTTP/1.1 200 OK\r\n\r\n" + BODY, True, 200, BODY, False),
    "coding but not chunked": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: foo\r\n\r\n" + BODY,
        True,
        200,
        BODY,
        False,
    ),
    "100 first": (b"HTTP/1.1 100 Continue\r\n\r\n" + sized(BODY), False, 200, BODY, True),
    "103 twice": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 2 + sized(BODY),
        False,
        200,
        BODY,
        True,
    ),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", False, 204, b"", True),
    "304 with a length": (
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
        False,
        304,
        b"",
        True,
    ),
    "connection close": (sized(BODY, "Connection: close"), False, 200, BODY, False),
    "HTTP/1.0": (sized(BODY).replace(b"1.1", b"1.0", 1), False, 200, BODY, False),
    "HTTP/1.0 kept alive": (
        sized(BODY, "Connection: keep-alive").replace(b"1.1", b"1.0", 1),
        False,
        200,
        BODY,
        True,
    ),
    "HTTP/1.0 until close": (b"HTTP/1.0 200 OK\r\n\r\n" + BODY, True, 200, BODY, False),
    "an error status": (sized(BODY, status="429 Slow Down"), False, 429, BODY, True),
    "bytes after the end": (sized(BODY) + b"HTTP/1.1 2", False, 200, BODY, False),
    "garbage after the end": (sized(BODY) + b"<html>", False, 200, BODY, False),
    "body after 204": (b"HTTP/1.1 204 No\r\n\r\nbody", False, 204, b"", False),
    "second answer after the end": (sized(BODY) + sized(b"evil"), False, 200, BODY, False),
    "bytes after connection close": (
        sized(BODY, "Connection: close") + b"x",
        False,
        200,
        BODY,
        False,
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_answer_is_read_as_its_framing_says(name: str, on_loop: OnLoop) -> None:
    """Each framing gives its body, and only a cleanly ended message keeps the connection."""
    answer, close, status, body, kept = WHOLE[name]

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(answer, close=close)) as upstream:
            exchange = await post(pool, upstream.url)
            assert exchange.status == status
            assert await exchange.read_all(1 << 20, 5) == body
            assert pool.idle_connections == int(kept)
            await pool.aclose()

    on_loop(main())


BROKEN: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "connection closed before the answer"),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-", "connection closed before the answer"),
    "only 100": (b"HTTP/1.1 100 Continue\r\n\r\n", "connection closed before the answer"),
    "not HTTP": (b"SSH-2.0-OpenSSH\r\n\r\n", "the answer is not HTTP/1.1"),
    "HTTP/2": (b"HTTP/2 200 OK\r\n\r\n", "the answer is not HTTP/1.1"),
    "length and chunked": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
        "the answer is not HTTP/1.1",
    ),
    "two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
        "the answer is not HTTP/1.1",
    ),
    "negative length": (
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi",
        "the answer is not HTTP/1.1",
    ),
    "switching protocols": (
        b"HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw",
        "the answer is not HTTP/1.1",
    ),
    "status zero": (b"HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n", "the answer is not HTTP/1.1"),
    "length short": (sized(BODY)[:-1], "connection closed within the answer"),
    "chunk cut": (chunked([BODY])[:-20], "connection closed within the answer"),
    "no last chunk": (chunked([BODY])[:-5], "connection closed within the answer"),
    "trailers cut": (
        chunked([BODY], trailers="a: b\r\n")[:-2],
        "connection closed within the answer",
    ),
    "chunk size no number": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhi\r\n",
        "the answer is not HTTP/1.1",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_answer_is_a_network_failure(name: str, on_loop: OnLoop) -> None:
    """No cut or malformed answer passes for a whole one, and its connection is not kept."""
    answer, message = BROKEN[name]

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(answer, close=True)) as upstream:
            assert await network_failure(fetch(pool, upstream.url)) == message
            assert upstream.connections == 1
            assert pool.idle_connections == 0
            await pool.aclose()

    on_loop(main())


def test_cut_body_is_delivered_before_its_error(on_loop: OnLoop) -> None:
    """What came before the cut is read first, and every later read raises."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(sized(b"x" * 10)[:-3], close=True)) as upstream:
            exchange = await post(pool, upstream.url)
            assert await exchange.read(5) == b"x" * 7
            for _ in range(2):
                message = await network_failure(exchange.read(5))
                assert message == "connection closed within the answer"
            await pool.aclose()

    on_loop(main())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2000,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 103 Early\r\n\r\n" * 200,
        chunked([BODY], trailers="t: " + "x" * 2000 + "\r\n")[:-2],
    ],
    ids=["endless", "whole", "interim without end", "trailers"],
)
def test_oversized_head_is_refused(answer: bytes, on_loop: OnLoop) -> None:
    """A head, interim heads or trailers beyond the bound end the exchange, not the memory."""

    async def main() -> None:
        pool = Pool(max_head_bytes=1000)
        half = len(answer) // 2

        async def handler(peer: Peer) -> None:
            await peer.request()
            await peer.say(answer[:half])
            await asyncio.sleep(0.02)
            await peer.say(answer[half:])
            await peer.left()

        async with Upstream(handler) as upstream:
            exchange = await pool.send(upstream.url, body=b"", connect_s=5)

            async def all_of_it() -> None:
                await exchange.head(5)
                while await exchange.read(5):
                    pass

            message = await network_failure(all_of_it())
            assert message in {"the answer is not HTTP/1.1", "the answer's head is too large"}
            assert pool.idle_connections == 0
            await pool.aclose()

    on_loop(main())


def test_head_request_has_no_body_whatever_its_length_says(on_loop: OnLoop) -> None:
    """An answer to HEAD ends with its head."""

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(sized(b"x" * 50)[:-50])) as upstream:
            exchange = await pool.send(upstream.url, method="HEAD", body=b"", connect_s=5)
            await exchange.head(5)
            assert exchange.headers["content-length"] == "50"
            assert await exchange.read(5) == b""
            await pool.aclose()

    on_loop(main())


def test_headers_are_lower_case_and_trailers_do_not_touch_them(on_loop: OnLoop) -> None:
    """Names are lower-case, values latin-1 without padding; a trailer cannot rewrite a header."""
    answer = chunked(
        [BODY],
        "Content-Type:   text/plain  ",
        "X-Req: 1",
        "X-REQ: caf\xe9",
        trailers="Content-Type: evil\r\n",
    )

    async def main() -> None:
        pool = Pool()
        latin = answer.decode().encode("latin-1")
        async with Upstream(answering(latin)) as upstream:
            exchange = await post(pool, upstream.url)
            await exchange.read_all(1 << 20, 5)
            assert dict(exchange.headers) == {
                "content-type": "text/plain",
                "x-req": "caf\xe9",
                "transfer-encoding": "chunked",
            }
            await pool.aclose()

    on_loop(main())


def test_headers_of_interim_answers_are_not_the_answers(on_loop: OnLoop) -> None:
    """What a 103 says of links does not stand in the final head."""
    answer = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + sized(BODY)

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(answer)) as upstream:
            exchange = await post(pool, upstream.url)
            assert dict(exchange.headers) == {"content-length": str(len(BODY))}
            await pool.aclose()

    on_loop(main())


FRAMINGS: dict[str, Callable[[list[bytes]], tuple[bytes, bool]]] = {
    "length": lambda pieces: (sized(b"".join(pieces)), False),
    "chunked": lambda pieces: (chunked(pieces, trailers="a: b\r\n"), False),
    "close": lambda pieces: (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n" + b"".join(pieces), True),
    "interim": lambda pieces: (b"HTTP/1.1 103 E\r\nL: 1\r\n\r\n" + chunked(pieces), False),
}


@given(
    framing=st.sampled_from(sorted(FRAMINGS)),
    pieces=st.lists(st.binary(max_size=40), max_size=5),
    cuts=st.lists(st.integers(0, 300), max_size=12),
)
@settings(max_examples=150, deadline=None)
def test_answer_cut_anywhere_gives_the_same_body(
    framing: str, pieces: list[bytes], cuts: list[int]
) -> None:
    """Where packets end is no part of HTTP: any cut of any framing reads the same."""
    answer, close = FRAMINGS[framing](pieces)
    edges = sorted({0, len(answer), *(cut for cut in cuts if cut < len(answer))})
    packets = [answer[a:b] for a, b in pairwise(edges)]

    async def main() -> None:
        pool = Pool()
        async with Upstream(cut_answer(packets, close=close)) as upstream:
            exchange = await post(pool, upstream.url)
            read: list[bytes] = []
            while piece := await exchange.read(5):
                read.append(piece)
            assert b"".join(read) == b"".join(pieces)
            assert pool.idle_connections == int(not close)
            await pool.aclose()

    uvloop.run(main())


@given(length=st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_answer_cut_short_anywhere_is_never_whole(length: int) -> None:
    """However much of a chunked answer came before the close, it is not taken for the whole."""
    answer = chunked([b"x" * 60, b"y" * 60], trailers="a: b\r\n")
    cut = answer[: min(length, len(answer) - 1)]

    async def main() -> None:
        pool = Pool()
        async with Upstream(answering(cut, close=True)) as upstream:
            await network_failure(fetch(pool, upstream.url))
            await pool.aclose()

    uvloop.run(main())
