"""uvicorn's HTTP protocol with two things more: haste, and early news of a client that left.

A request must come in within bounds of size and time, or anybody could hold sockets and memory for
nothing: uvicorn bounds neither a head nor the patience for its end.

Plain ASGI tells of a client that left only to who waits in `receive()`, which would cost every
request a second task. This leans on `HttpToolsProtocol.cycle`; uvicorn's version is pinned.
"""

import asyncio
from typing import Any, Final, Literal, cast

from typing_extensions import override
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from turnout.core.errors import Refusal
from turnout.edge.connection import CYCLE, TASK, TO_CANCEL
from turnout.edge.errors import Told, tell

LARGEST_HEAD: Final = 64 * 1024
SLOWEST_BYTES: Final = 16 * 1024
"""What a request must bring in each period, if not its end."""


class Protocol(HttpToolsProtocol):
    """See the module."""

    def __init__(self, *args: Any, period_s: float, **named: Any) -> None:  # noqa: ANN401 (uvicorn's own)
        """Takes uvicorn's arguments and the period in which a request must bring its share."""
        super().__init__(*args, **named)
        self._period_s = period_s
        self._part: Literal["head", "body"] | None = None
        self._head_bytes = 0
        self._fresh_bytes = 0
        self._patience: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begins to wait for a first request."""
        super().connection_made(transport)
        self._watch()

    @override
    def data_received(self, data: bytes) -> None:
        """Reads on, and watches a request that is not whole yet."""
        super().data_received(data)
        if self._part is None:
            self._watch_no_more()
            return
        self._fresh_bytes += len(data)
        if self._part == "head":
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD:
                self._refuse(_TOO_LARGE)
                return
        if self._patience is None:
            self._watch()

    @override
    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._part = "head"
        self._head_bytes = 0

    @override
    def on_headers_complete(self) -> None:
        """A body begins, if there is one."""
        super().on_headers_complete()
        self._part = "body"

    @override
    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._part = None

    @override
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """As uvicorn's, and leaves the request its books, and us its task."""
        books = cast("dict[str, object]", cycle.scope)
        books[CYCLE] = cycle
        task = books[TASK] = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Cancels the request in flight, if it asked for that."""
        super().connection_lost(exc)
        self._watch_no_more()
        # None until the first request, which uvicorn's own types leave out.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and not cycle.response_complete:
            task: asyncio.Task[None] | None = cycle.scope.get(TO_CANCEL)
            if task is not None:
                task.cancel()

    def _watch(self) -> None:
        self._fresh_bytes = 0
        self._patience = self.loop.call_later(self._period_s, self._judge)

    def _watch_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _judge(self) -> None:
        """A period is over: was that fast enough, or did we ourselves ask the client to wait?"""
        if self._fresh_bytes >= SLOWEST_BYTES or self.flow.read_paused:
            self._watch()
        else:
            self._patience = None
            self._refuse(_TOO_SLOW)

    def _refuse(self, told: Told) -> None:
        """Ends the connection, with a reason where none of an answer has been sent."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if self._part == "head":
            silent = cycle is not None and not cycle.response_complete
        else:
            silent = cycle is None or cycle.response_started
        if not silent:
            head = (
                f"HTTP/1.1 {told.status} \r\ncontent-type: application/json\r\n"
                f"content-length: {len(told.body)}\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + told.body)
        self.transport.close()


_TOO_LARGE: Final = tell(
    Refusal(
        "payload_too_large",
        f"The request's head is over the limit of {LARGEST_HEAD} bytes.",
        status=431,
    )
)
_TOO_SLOW: Final = tell(
    Refusal("timeout", "The request came in too slowly and is not whole.", status=408)
)
