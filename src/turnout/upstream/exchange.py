"""The caller's side of one request: waits, reads, leaves."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from turnout.core.errors import FailureKind, UpstreamError
from turnout.upstream.connection import Connection
from turnout.upstream.inbox import WANT_ANY, WANT_END, WANT_HEAD, Inbox, Want
from turnout.upstream.inflate import Inflater
from turnout.upstream.target import Origin

Dial = Callable[[Origin, float], Awaitable[Connection]]
"""A fresh connection within so many seconds, or UpstreamError."""

_INFLATE_BYTES: Final = 1024 * 1024  # at most this much plain text per read of a compressed body
_SLACK_BYTES: Final = 64 * 1024

_NAMES: dict[bytes, str] = {}
_MAX_NAMES: Final = 1024


class Exchange(Inbox):
    """One request and its answer. Must end by reading to the end or by `abort`.

    Attributes:
        status: The answer's status, valid after `head`.
    """

    __slots__ = (
        "_aborted",
        "_body",
        "_connect_s",
        "_dial",
        "_headers",
        "_inflater",
        "_loop",
        "_opened",
        "_origin",
        "_request_head",
    )

    def __init__(
        self,
        dial: Dial,
        origin: Origin,
        request_head: bytes,
        body: bytes,
        connect_s: float,
        *,
        headless: bool,
    ) -> None:
        super().__init__(headless=headless)
        self._loop = asyncio.get_running_loop()
        self._dial = dial
        self._origin = origin
        self._request_head = request_head
        self._body = body
        self._connect_s = connect_s
        self._headers: Mapping[str, str] | None = None
        self._inflater: Inflater | None = None
        self._opened = False
        self._aborted = False

    def dispatch(self, connection: Connection) -> None:
        """Writes the request; for the pool."""
        if connection.usable:
            connection.start(self, self._request_head, self._body)
        else:
            self.fail(UpstreamError(FailureKind.NETWORK, "connection closed before the answer"))

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers by lower-case name, latin-1, the last of duplicates; valid after `head`."""
        if self._headers is None:
            fields = self.fields or {}
            self._headers = {
                _NAMES.get(name) or _lower(name): value.decode("latin-1").strip()
                for name, value in fields.items()
            }
        return self._headers

    async def head(self, within_s: float) -> None:
        """Waits for the status line and headers; returns at once when they are there.

        Raises:
            TimeoutError: Not within that time; may be called again.
            UpstreamError: NETWORK; DECODE for a compression nobody asked for.
        """
        if not self.status:
            await self._await_head(self._loop.time() + within_s)
        if not self._opened:
            self._opened = True
            self._body = b""  # 32 MiB need not wait for the end of a stream
            self._note_coding()

    async def read(self, within_s: float) -> bytes:
        """Everything received since the last read, joined; b"" at the clean end.

        Raises:
            TimeoutError: Nothing came within that time; may be called again.
            UpstreamError: NETWORK when the body was cut; DECODE when its compression is broken.
        """
        if self._inflater is not None:
            return await self._next(WANT_ANY, self._loop.time() + within_s)
        while not self.chunks:
            if self.complete:
                return b""
            await self._wait(WANT_ANY, self._loop.time() + within_s)
        return self.take()

    @property
    def ended(self) -> bool:
        """All of the body has been read, and it needs no more than that."""
        return self.complete and not self.chunks and self._inflater is None

    async def read_all(self, limit: int, within_s: float) -> bytes:
        """The rest of the body, of at most `limit` bytes after decompression.

        Raises:
            TimeoutError: Not whole within that time; what came is lost.
            UpstreamError: DECODE when it is longer (the connection is closed then), else as `read`.
        """
        if self.complete and self._inflater is None:
            body = self.take()
            if len(body) > limit:
                raise self._too_long()
            return body
        parts: list[bytes] = []
        size = 0
        deadline_s = self._loop.time() + within_s
        while True:
            self.wake_above = limit - size + _SLACK_BYTES
            part = await self._next(WANT_END, deadline_s)
            if not part:
                return parts[0] if len(parts) == 1 else b"".join(parts)
            size += len(part)
            if size > limit:
                raise self._too_long()
            parts.append(part)

    def abort(self) -> None:
        """Leaves at once: closes the connection unless the answer was wholly received."""
        if self._aborted:
            return
        self._aborted = True
        self.stale = False
        connection = self.connection
        if connection is not None:
            connection.abort()
        if not self.complete:
            self.fail(UpstreamError(FailureKind.NETWORK, "left before the end of the answer"))
        self.chunks.clear()

    # ── waiting ─────────────────────────────────────────────────────────────────────────────────

    async def _wait(self, want: Want, deadline_s: float) -> None:
        """Until there may be something new; raises what ended the answer, or TimeoutError."""
        connection = self.connection
        if connection is None:
            raise self.error or UpstreamError(FailureKind.NETWORK, "the head was not awaited")
        waiter = self._loop.create_future()
        self.waiter = waiter
        self.want = want
        self.deadline_s = deadline_s
        connection.arm(deadline_s)
        if self.paused:
            connection.resume(self)
        try:
            if not await waiter:
                raise TimeoutError
        finally:
            self.waiter = None

    async def _await_head(self, deadline_s: float) -> None:
        while not self.status:
            if self.stale:
                await self._send_again(deadline_s)
            else:
                await self._wait(WANT_HEAD, deadline_s)

    async def _send_again(self, deadline_s: float) -> None:
        """The one retry: the kept-alive connection closed as we wrote."""
        self.stale = False
        left_s = deadline_s - self._loop.time()
        try:
            connection = await self._dial(self._origin, min(left_s, self._connect_s))
        except UpstreamError as error:
            if error.kind is FailureKind.CONNECT_TIMEOUT and left_s < self._connect_s:
                self.stale = not self._aborted
                raise TimeoutError from error
            self.fail(error)
            raise
        except BaseException:  # cancelled: a later call must not wait for what was never sent
            self.stale = not self._aborted
            raise
        if self._aborted:
            connection.abort()
            return
        self.dispatch(connection)

    async def _next(self, want: Want, deadline_s: float) -> bytes:
        """The next plain bytes, b"" at the end."""
        inflater = self._inflater
        while True:
            if inflater is not None and inflater.pending:
                data = inflater.take(_INFLATE_BYTES)
                if data:
                    return data
            elif self.chunks and (want == WANT_ANY or self._worth_taking):
                data = self.take()
                if inflater is None:
                    return data
                inflater.feed(data)
            elif self.complete:
                if inflater is not None:
                    inflater.finish()
                return b""
            else:
                await self._wait(want, deadline_s)

    @property
    def _worth_taking(self) -> bool:
        """Ended, or so much that the reader of the whole should count it."""
        return self.complete or self.connection is None or self.unread > self.wake_above

    # ── what the head says ──────────────────────────────────────────────────────────────────────

    def _note_coding(self) -> None:
        # One pass in C over the names; the dict of text is made only for who asks.
        names = b"\n".join(self.fields or ()).lower()
        if b"content-encoding" in names:
            coding = self.headers.get("content-encoding", "")
            if coding.lower() not in {"", "identity"}:
                self._inflater = Inflater(coding)

    def _too_long(self) -> UpstreamError:
        self.abort()
        return UpstreamError(FailureKind.DECODE, "the answer is longer than allowed")


def _lower(name: bytes) -> str:
    text = name.decode("latin-1").lower()
    if len(_NAMES) < _MAX_NAMES and len(name) < 64:
        _NAMES[name] = text
    return text
