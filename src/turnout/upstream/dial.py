"""New connections: TCP, TLS, and a tunnel through a proxy."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from typing_extensions import override

from turnout.core.errors import FailureKind, UpstreamError
from turnout.upstream.connection import Connection
from turnout.upstream.faults import FOREIGN, dial_fault
from turnout.upstream.target import Origin, Proxy

Choose = Callable[[str, int], Awaitable[str]]
"""Host and port to an address; what it raises beside OSError is the caller's to see."""

_MAX_REPLY_BYTES: Final = 16 * 1024


class Dialer:
    """Makes connections. The TLS context costs some 20 ms, so it is made once and only when needed.

    Args:
        ca_file: PEM certificates to trust beside the system's.
        choose: Host and port to the one address that is connected to; else the system chooses.

    Raises:
        ValueError: The CA file cannot be read.
    """

    __slots__ = ("_ca_file", "_choose", "_context")

    def __init__(self, ca_file: str | None, choose: Choose | None = None) -> None:
        self._choose = choose
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None
        if ca_file is not None:  # a wrong file is the operator's to hear of, at start
            self._tls()

    async def open(
        self, origin: Origin, made: Callable[[], Connection], within_s: float
    ) -> Connection:
        """A connection ready to write to, TLS included.

        Raises:
            UpstreamError: CONNECT_TIMEOUT, or NETWORK for everything else that goes wrong.
        """
        connection: Connection | None = None
        try:
            async with asyncio.timeout(within_s):
                if origin.proxy is not None:
                    return await self._through(origin.proxy, origin, made)
                connection = await self._direct(origin, made)
        except FOREIGN as error:
            raise dial_fault(error) from error
        return connection

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            context = ssl.create_default_context()
            if self._ca_file is not None:
                try:
                    context.load_verify_locations(self._ca_file)
                except (OSError, ssl.SSLError) as error:
                    raise ValueError("the CA file holds no readable PEM certificate") from error
            context.set_alpn_protocols(["http/1.1"])
            self._context = context
        return self._context

    async def _direct(self, origin: Origin, made: Callable[[], Connection]) -> Connection:
        loop = asyncio.get_running_loop()
        tls = self._tls() if origin.tls else None
        name = origin.host if origin.tls else None
        host = origin.host
        if self._choose is not None:
            host = await self._choose(host, origin.port)
        _, connection = await loop.create_connection(
            made, host, origin.port, ssl=tls, server_hostname=name
        )
        return connection

    async def _through(
        self, proxy: Proxy, origin: Origin, made: Callable[[], Connection]
    ) -> Connection:
        loop = asyncio.get_running_loop()
        raw, tunnel = await loop.create_connection(_Tunnel, proxy.host, proxy.port)
        try:
            raw.write(_connect_request(proxy, origin))
            await tunnel.opened
            connection = made()
            transport = await loop.start_tls(
                raw, connection, self._tls(), server_hostname=origin.host
            )
        except BaseException:
            raw.abort()
            raise
        if transport is None:  # typeshed: the loop may return None when the peer is already gone
            raise ConnectionResetError
        connection.connection_made(transport)
        return connection


class _Tunnel(asyncio.Protocol):
    """Waits for a proxy's answer to CONNECT; `opened` resolves, or raises UpstreamError."""

    def __init__(self) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reply = b""

    @override
    def data_received(self, data: bytes) -> None:
        self._reply += data
        head, end, rest = self._reply.partition(b"\r\n\r\n")
        if not end and len(head) <= _MAX_REPLY_BYTES:
            return
        words = head.split(b" ", 2)
        # In TLS the client speaks first, so bytes behind the head are nobody's we want to talk to.
        if end and not rest and words[0].startswith(b"HTTP/1.") and words[1:2] == [b"200"]:
            if not self.opened.done():
                self.opened.set_result(None)
        else:
            self._refuse("the proxy refused the tunnel")

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._refuse("the proxy closed the connection")

    def _refuse(self, message: str) -> None:
        if not self.opened.done():
            self.opened.set_exception(UpstreamError(FailureKind.NETWORK, message))


def _connect_request(proxy: Proxy, origin: Origin) -> bytes:
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    authority = f"{host}:{origin.port}"
    lines = f"CONNECT {authority} HTTP/1.1\r\nhost: {authority}\r\n"
    if proxy.authorization is not None:
        lines += f"proxy-authorization: {proxy.authorization}\r\n"
    return f"{lines}\r\n".encode()
