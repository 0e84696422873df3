"""uvicorn with our protocol, our signals and a bounded end."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from functools import partial
from typing import Final, cast

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

from turnout.edge.protocol import Protocol

BACKLOG: Final = 4096
SENT_AHEAD_BYTES: Final = 128 * 1024
"""Bytes the kernel may hold for a client that does not read; left alone it takes up to 4 MiB of an
answer that is being paid for. Connections inherit it from the listening socket."""

GRACE_S: Final = 1
"""How long requests in flight may go on after Ctrl-C before they are cancelled and recorded."""


class Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn would raise them again at its end and skip ours."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, and says so by `up`."""
        await super().startup(sockets)
        self.up.set()

    async def drain(self, within_s: float) -> None:
        """Cancels the requests that still run and waits for their records, that long at most."""
        running = set(self.server_state.tasks)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=within_s)

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Captures none."""
        yield


def make_server(site: ASGIApp, slow_request_s: float) -> Server:
    """A server for one app on one event loop; run it with `serve(sockets=[…])`."""
    protocol = partial(Protocol, period_s=slow_request_s)
    return Server(
        uvicorn.Config(
            site,
            http=cast("type[Protocol]", protocol),
            loop="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            date_header=True,
            ws="none",
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACE_S,
            backlog=BACKLOG,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, port 0 for a free one.

    Raises:
        OSError: The address is in use, or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENT_AHEAD_BYTES)
        bound.bind((host, port))
        bound.listen(BACKLOG)
        bound.setblocking(False)  # noqa: FBT003 (the standard library takes it so)
    except BaseException:
        bound.close()
        raise
    return bound
