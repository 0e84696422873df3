"""Ways to an upstream: TLS with verification, and proxies on real loopback sockets."""

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path

import pytest
from scripted import OnLoop, Peer, Upstream, answering, chunked, fetch, network_failure, sized

from turnout.upstream.pool import Pool
from turnout.upstream.target import Proxy, Ways, read_proxy

OK = sized(b"ok")


def _server_tls(certificate: Path, names: list[str | None]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        names.append(name)

    context.sni_callback = note
    return context


def test_tls_trusts_the_given_authority_and_sends_the_name(
    on_loop: OnLoop, certificate: Path
) -> None:
    """A private CA's upstream is verified, told the name it is asked for, and kept alive."""
    names: list[str | None] = []
    large = b"x" * 3_000_000

    async def main() -> None:
        pool = Pool(ca_file=str(certificate))
        handler = answering(OK, chunked([large]))
        async with Upstream(handler, tls=_server_tls(certificate, names)) as upstream:
            assert await fetch(pool, upstream.url) == b"ok"
            assert await fetch(pool, upstream.url, large) == large
            assert upstream.connections == 1
            assert names == ["localhost"]
            await pool.aclose()

    on_loop(main())


def test_tls_refuses_a_stranger(on_loop: OnLoop, certificate: Path) -> None:
    """Neither an unknown authority nor another host's certificate is accepted."""

    async def main() -> None:
        async with Upstream(answering(OK), tls=_server_tls(certificate, [])) as upstream:
            unknown = Pool()
            message = await network_failure(unknown.send(upstream.url, body=b"", connect_s=5))
            assert message == "certificate not trusted"
            await unknown.aclose()
            pool = Pool(ca_file=str(certificate))
            elsewhere = upstream.url.replace("localhost", "127.0.0.1")
            message = await network_failure(pool.send(elsewhere, body=b"", connect_s=5))
            assert message == "certificate not trusted"
            await pool.aclose()

    on_loop(main())


def test_tls_to_a_plain_port_is_a_network_failure(on_loop: OnLoop) -> None:
    """An upstream that does not speak TLS fails the sending, not the process."""

    async def blunt(peer: Peer) -> None:
        await peer.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await peer.left()

    async def main() -> None:
        pool = Pool()
        async with Upstream(blunt) as upstream:
            url = upstream.url.replace("http:", "https:")
            assert await network_failure(pool.send(url, body=b"", connect_s=5)) == "TLS failed"
            await pool.aclose()

    on_loop(main())


class ConnectProxy:
    """A CONNECT proxy: remembers each head it got, and joins the two sockets."""

    def __init__(self) -> None:
        self.heads: list[str] = []

    async def __call__(self, peer: Peer) -> None:
        """Serves one client."""
        head = (await peer.reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        host, _, port = head.split()[1].rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        await peer.say(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
        try:
            await asyncio.gather(_copy(peer.reader, writer), _copy(reader, peer.writer))
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


def test_https_goes_through_a_tunnel(on_loop: OnLoop, certificate: Path) -> None:
    """CONNECT carries the proxy's password, TLS is end to end, and the tunnel is kept alive."""
    proxy = ConnectProxy()

    async def main() -> None:
        tls = _server_tls(certificate, [])
        async with Upstream(proxy) as way, Upstream(answering(OK, OK), tls=tls) as upstream:
            pool = Pool(
                ca_file=str(certificate),
                proxies={"https": f"http://us%40er:pa%3Ass@127.0.0.1:{way.port}"},
            )
            assert await fetch(pool, upstream.url) == b"ok"
            assert await fetch(pool, upstream.url, b"x" * 400_000) == b"ok"
            authority = f"localhost:{upstream.port}"
            expected = (
                f"CONNECT {authority} HTTP/1.1\r\nhost: {authority}\r\n"
                "proxy-authorization: Basic dXNAZXI6cGE6c3M=\r\n\r\n"
            )
            assert proxy.heads == [expected]
            await pool.aclose()
            assert pool.open_connections == 0

    on_loop(main())


def test_cancelled_replacing_is_taken_up_again(on_loop: OnLoop, certificate: Path) -> None:
    """A caller cancelled, or out of time, while a connection is replaced may wait once more."""
    proxy = ConnectProxy()

    async def slow(peer: Peer) -> None:
        await asyncio.sleep(0.1)
        await proxy(peer)

    async def closing(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK)
        await peer.reader.read(1)

    async def main() -> None:
        tls = _server_tls(certificate, [])
        async with Upstream(proxy, slow) as way, Upstream(closing, tls=tls) as upstream:
            proxies = {"https": f"http://127.0.0.1:{way.port}"}
            pool = Pool(ca_file=str(certificate), proxies=proxies)
            assert await fetch(pool, upstream.url) == b"ok"
            exchange = await pool.send(upstream.url, body=b"", connect_s=5)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(exchange.head(5), 0.05)
            with pytest.raises(TimeoutError):
                await exchange.head(0.02)
            await exchange.head(5)
            assert await exchange.read_all(9, 5) == b"ok"
            await pool.aclose()

    on_loop(main())


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "the proxy refused the tunnel"),
        (b"HTTP/1.1 200 OK\r\n\r\nunasked", "the proxy refused the tunnel"),
        (b"x" * 20_000, "the proxy refused the tunnel"),
        (b"HTTP/1.1 200", "the proxy closed the connection"),
    ],
)
def test_refused_tunnel_is_a_network_failure(reply: bytes, message: str, on_loop: OnLoop) -> None:
    """A proxy's no, its noise and its silence fail the sending before any request is written."""

    async def refusing(peer: Peer) -> None:
        await peer.request()
        await peer.say(reply)

    async def main() -> None:
        async with Upstream(refusing) as way:
            pool = Pool(proxies={"https": f"http://127.0.0.1:{way.port}"})
            sending = pool.send("https://localhost:1/", body=b"", connect_s=5)
            assert await network_failure(sending) == message
            await pool.aclose()

    on_loop(main())


def test_http_goes_to_the_proxy_in_absolute_form(on_loop: OnLoop) -> None:
    """The proxy gets the whole URL and its password; NO_PROXY goes straight to the upstream."""
    seen: list[bytes] = []

    async def way(peer: Peer) -> None:
        while True:
            seen.append(await peer.request())
            await peer.say(sized(b"by proxy"))

    async def main() -> None:
        async with Upstream(way) as proxy, Upstream(answering(OK)) as upstream:
            proxies = {"http": f"http://u:p@127.0.0.1:{proxy.port}"}
            pool = Pool(proxies=proxies, no_proxy="127.0.0.0/8")
            assert await fetch(pool, "http://models.invalid/v1?a=b") == b"by proxy"
            assert await fetch(pool, "http://other.invalid:81/") == b"by proxy"
            assert proxy.connections == 1
            assert seen[0].startswith(
                b"POST http://models.invalid/v1?a=b HTTP/1.1\r\nhost: models.invalid\r\n"
                b"accept-encoding: identity\r\nproxy-authorization: Basic dTpw\r\n"
            )
            assert seen[1].startswith(b"POST http://other.invalid:81/ HTTP/1.1\r\n")
            assert await fetch(pool, upstream.url) == b"ok"
            await pool.aclose()

    on_loop(main())


@pytest.mark.parametrize(
    ("no_proxy", "host", "port", "direct"),
    [
        ("", "a.example", 443, False),
        ("*", "a.example", 443, True),
        ("a.example", "a.example", 443, True),
        ("A.Example ", "a.example", 443, True),
        ("example", "a.example", 443, True),
        (".example", "a.example", 443, True),
        ("*.example", "a.example", 443, True),
        (".example", "aexample", 443, False),
        ("b.example,a.example", "a.example", 443, True),
        ("a.example:443", "a.example", 443, True),
        ("a.example:80", "a.example", 443, False),
        ("10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("10.0.0.0/8", "a.example", 443, False),
        ("nonsense/8", "10.1.2.3", 443, False),
        ("::1", "::1", 443, True),
        ("[::1]:443", "::1", 443, True),
    ],
)
def test_no_proxy_names_what_is_reached_directly(
    no_proxy: str, host: str, port: int, *, direct: bool
) -> None:
    """Hosts, domains, ports, blocks and the star, as other clients read the variable."""
    ways = Ways({"https": "http://proxy:3128"}, no_proxy)
    assert (ways.proxy_for("https", host, port) is None) == direct
    assert ways.proxy_for("http", host, port) is None


def test_proxy_url_is_read() -> None:
    """Host, port and the password as a Basic value."""
    assert read_proxy("http://p.example") == Proxy("p.example", 80)
    assert read_proxy("http://u@[::1]:1") == Proxy("::1", 1, "Basic dTo=")


@pytest.mark.parametrize("url", ["https://p:1", "socks5://p:1", "p:1", "http://p:1\r\nx"])
def test_proxy_of_another_kind_is_refused_at_once(url: str) -> None:
    """Only http:// proxies are spoken; anything else is a configuration error."""
    with pytest.raises(ValueError, match=r"proxy|URL"):
        Pool(proxies={"https": url})


def test_authority_file_that_cannot_be_read_is_refused_at_once(tmp_path: Path) -> None:
    """A missing or empty CA file is heard of at start, not at the first request."""
    empty = tmp_path / "empty.pem"
    empty.touch()
    for path in (empty, tmp_path / "missing.pem"):
        with pytest.raises(ValueError, match="CA file"):
            Pool(ca_file=str(path))
