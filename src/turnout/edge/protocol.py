"""uvicorn's HTTP protocol with one thing more: a request learns at once that its client left.

Plain ASGI tells that only to who waits in `receive()`, which would cost every request a second
task. This leans on uvicorn's `HttpToolsProtocol.cycle`; its version is pinned in pyproject.
"""

import asyncio
from typing import Final, cast

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

TASK: Final = "turnout.task"
"""Scope key under which a request leaves the task to cancel when its client has left."""


class Protocol(HttpToolsProtocol):
    """See the module."""

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Cancels the request in flight, if it asked for that."""
        super().connection_lost(exc)
        # None until the first request, which uvicorn's own types leave out.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and not cycle.response_complete:
            task: asyncio.Task[None] | None = cycle.scope.get(TASK)
            if task is not None:
                task.cancel()
