"""The upstream client: keep-alive connections per origin, one method to send.

    exchange = await pool.send(url, headers=…, body=…, connect_s=5)   the request is written
    await exchange.head(60)                                           status and headers are there
    while data := await exchange.read(60): …                          or `read_all`

A pool belongs to one event loop. It sets no bound on busy connections: who sends owns that bound.
Redirects are not followed: they would carry a key to a host nobody configured.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from turnout.core.errors import FailureKind, UpstreamError
from turnout.upstream.connection import Connection
from turnout.upstream.dial import Choose, Dialer
from turnout.upstream.exchange import Exchange
from turnout.upstream.target import (
    HeaderBlock,
    Origin,
    Target,
    Ways,
    header_block,
    read_target,
)

_MAX_CACHED: Final = 1024  # URLs and header sets are few; whoever brings many pays the parsing
_CLOSE_WITHIN_S: Final = 2.0
_NO_HEADERS: Final = HeaderBlock(b"")
_NO_PROXIES: Final[Mapping[str, str]] = {}


class Pool:
    """Sends requests over kept-alive HTTP/1.1 connections.

    Args:
        max_idle_per_origin: Idle connections kept for each scheme, host and port.
        idle_timeout_s: How long an idle connection is kept; below the usual server's 60 to 75 s.
        max_head_bytes: Bound on an answer's head, and on its trailers.
        ca_file: PEM certificates to trust beside the system's.
        proxies: Scheme of the target ("http", "https") → URL of an http:// proxy.
        no_proxy: Hosts reached directly, in the form of the NO_PROXY variable.
        choose: Host and port to the address that is connected to; else the system chooses.
        user_agent: Sent unless the caller's headers name one; "" sends none.

    Raises:
        ValueError: A proxy's URL or the CA file cannot be read.
    """

    def __init__(  # noqa: PLR0913 (settings, each with its default)
        self,
        *,
        max_idle_per_origin: int = 64,
        idle_timeout_s: float = 30.0,
        max_head_bytes: int = 65536,
        ca_file: str | None = None,
        proxies: Mapping[str, str] = _NO_PROXIES,
        no_proxy: str = "",
        choose: Choose | None = None,
        user_agent: str = "turnout",
    ) -> None:
        self._max_idle = max_idle_per_origin
        self._idle_timeout_s = idle_timeout_s
        self._max_head = max_head_bytes
        self._dialer = Dialer(ca_file, choose)
        self._ways = Ways(proxies, no_proxy)
        self._agent = header_block([("user-agent", user_agent)] if user_agent else [])
        self._targets: dict[tuple[str, str], tuple[Target, bytes, list[Connection]]] = {}
        self._blocks: dict[tuple[bytes, Sequence[tuple[str, str]]], bytes] = {}
        self._idle: dict[Origin, list[Connection]] = {}
        self._open: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._emptied: asyncio.Future[None] | None = None
        self._closed = False

    async def send(
        self,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes,
        method: str = "POST",
        connect_s: float,
        prepared: HeaderBlock = _NO_HEADERS,
    ) -> Exchange:
        """Dispatches a request; returns when it is written, not when its answer has begun.

        Args:
            url: Absolute, http or https.
            body: Sent as it is, with its length; never copied when large.
            method: In capitals.
            headers: Without those the client writes itself (`target.OURS`); a tuple is rendered
                once and remembered.
            connect_s: Bound on name resolution, TCP, proxy and TLS together.
            prepared: More headers, rendered by `target.header_block`.

        Raises:
            ValueError: A line break or the like in the URL, the method or a header; nothing was
                written.
            UpstreamError: CONNECT_TIMEOUT or NETWORK.
        """
        known = self._targets.get((method, url))
        target, start, idle = known if known is not None else self._resolve(method, url)
        block = self._block(prepared, headers)
        if body or method == "POST":
            head = b"%b%bcontent-length: %d\r\n\r\n" % (start, block, len(body))
        else:
            head = b"%b%b\r\n" % (start, block)
        if self._closed:
            raise UpstreamError(FailureKind.NETWORK, "shutting down")
        origin = target.origin
        exchange = Exchange(self._dial, origin, head, body, connect_s, headless=method == "HEAD")
        while idle:
            connection = idle.pop()
            if connection.usable:
                connection.start(exchange, head, body)
                return exchange
        exchange.dispatch(await self._dial(origin, connect_s))
        return exchange

    async def aclose(self) -> None:
        """Closes every connection, busy ones too, and waits until they are gone."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        if not self._open:
            return
        self._emptied = asyncio.get_running_loop().create_future()
        for connection in tuple(self._open):
            connection.hang_up()
        await asyncio.wait((self._emptied,), timeout=_CLOSE_WITHIN_S)

    @property
    def open_connections(self) -> int:
        """Connections that exist now, busy and idle."""
        return len(self._open)

    @property
    def idle_connections(self) -> int:
        """Connections that wait for work."""
        return sum(map(len, self._idle.values()))

    # ── what is remembered ──────────────────────────────────────────────────────────────────────

    def _resolve(self, method: str, url: str) -> tuple[Target, bytes, list[Connection]]:
        target = read_target(url, self._ways)
        known = target, target.start(method), self._idle.setdefault(target.origin, [])
        if len(self._targets) >= _MAX_CACHED:
            self._targets.clear()
        self._targets[method, url] = known
        return known

    def _block(self, prepared: HeaderBlock, headers: Sequence[tuple[str, str]]) -> bytes:
        key = prepared, headers if isinstance(headers, tuple) else tuple(headers)
        block = self._blocks.get(key)
        if block is None:
            block = prepared + header_block(headers)
            if b"\r\nuser-agent:" not in b"\r\n" + block.lower():
                block = self._agent + block
            if len(self._blocks) >= _MAX_CACHED:
                self._blocks.clear()
            self._blocks[key] = block
        return block

    # ── connections ─────────────────────────────────────────────────────────────────────────────

    async def _dial(self, origin: Origin, within_s: float) -> Connection:
        def made() -> Connection:
            return Connection(origin, self._max_head, self._keep, self._forget)

        connection = await self._dialer.open(origin, made, within_s)
        if self._closed:
            connection.abort()
            raise UpstreamError(FailureKind.NETWORK, "shutting down")
        if connection.usable:
            self._open.add(connection)
        return connection

    def _keep(self, connection: Connection) -> None:
        idle = self._idle[connection.origin]
        if self._closed or len(idle) >= self._max_idle:
            connection.abort()
            return
        loop = asyncio.get_running_loop()
        connection.idle_since_s = loop.time()
        idle.append(connection)
        if self._sweep is None:
            self._sweep = loop.call_later(self._idle_timeout_s, self._drop_expired)

    def _forget(self, connection: Connection) -> None:
        self._open.discard(connection)
        idle = self._idle.get(connection.origin)
        if idle and connection in idle:
            idle.remove(connection)
        if self._emptied is not None and not self._open and not self._emptied.done():
            self._emptied.set_result(None)

    def _drop_expired(self) -> None:
        """Closes what idled too long; the last used is taken first, so the oldest is in front."""
        loop = asyncio.get_running_loop()
        since_s = loop.time() - self._idle_timeout_s + 0.001
        oldest_s: float | None = None
        for idle in self._idle.values():
            while idle and idle[0].idle_since_s <= since_s:
                idle.pop(0).abort()
            if idle and (oldest_s is None or idle[0].idle_since_s < oldest_s):
                oldest_s = idle[0].idle_since_s
        self._sweep = None
        if oldest_s is not None:
            self._sweep = loop.call_at(oldest_s + self._idle_timeout_s, self._drop_expired)
