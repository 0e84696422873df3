"""One connection to an upstream: bytes in, bytes out, one exchange at a time.

    Connection ── parses into ──▶ Inbox ◀── is read by ── Exchange (the caller's side)

The hot path is `data_received`. The parser stores body pieces by a C call (`list.append`), headers
likewise (`dict.__setitem__`); the awaiting task is woken at most once per packet, and only for what
it waits for. One timer per connection outlives its exchanges: it is moved only to an earlier time,
and when it fires it looks at the deadline then in force.
"""

import asyncio
from collections.abc import Callable
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from typing_extensions import override

from turnout.core.errors import FailureKind, UpstreamError
from turnout.upstream.faults import exchange_fault
from turnout.upstream.inbox import WANT_END, WANT_HEAD, Inbox
from turnout.upstream.target import Origin

HIGH_WATER_BYTES: Final = 64 * 1024
"""Unread bytes at which the upstream is asked to wait."""

_JOIN_BYTES: Final = 64 * 1024  # up to here one copy is cheaper than a second write
_PIECE_BYTES: Final = 256 * 1024
_STALE_WITHIN_S: Final = 2.0
_TICK_S: Final = 0.001  # uvloop's timers are in whole milliseconds and may fire that much early


class Connection(asyncio.Protocol):
    """A connection that is idle, or busy with exactly one exchange.

    Args:
        on_idle: Called when an answer ended and the connection may serve another.
        on_lost: Called once, when the connection is gone.
    """

    __slots__ = (
        "_begun",
        "_fields",
        "_inbox",
        "_keep",
        "_loop",
        "_max_head",
        "_on_idle",
        "_on_lost",
        "_parser",
        "_rest",
        "_reused",
        "_sent",
        "_started_s",
        "_timer",
        "_timer_at_s",
        "_transport",
        "_write_paused",
        "idle_since_s",
        "on_body",
        "on_header",
        "origin",
    )

    def __init__(
        self,
        origin: Origin,
        max_head_bytes: int,
        on_idle: "Callable[[Connection], None]",
        on_lost: "Callable[[Connection], None]",
    ) -> None:
        self.origin = origin
        self.idle_since_s = 0.0
        self._loop = asyncio.get_running_loop()
        self._max_head = max_head_bytes
        self._on_idle = on_idle
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._inbox: Inbox | None = None
        self._parser: HttpResponseParser | None = None
        self._fields: dict[bytes, bytes] = {}
        self.on_header = self._fields.__setitem__
        self.on_body: Callable[[bytes], None] = list[bytes]().append
        self._begun = False
        self._keep = False
        self._reused = False
        self._started_s = 0.0
        self._rest: memoryview | None = None
        self._sent = 0
        self._write_paused = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at_s = 0.0

    # ── the pool's side ─────────────────────────────────────────────────────────────────────────

    @property
    def usable(self) -> bool:
        """Connected, idle and not closing."""
        transport = self._transport
        return transport is not None and self._inbox is None and not transport.is_closing()

    def start(self, inbox: Inbox, head: bytes, body: bytes) -> None:
        """Writes a request; its answer goes to `inbox`. Only while `usable`."""
        transport = self._transport
        assert transport is not None  # noqa: S101 (`usable` said so)
        self._inbox = inbox
        inbox.connection = self
        # A parser costs 0.2 µs; a fresh one each time carries nothing over from an old answer.
        self.on_body = inbox.chunks.append
        self._parser = HttpResponseParser(self)
        self._begun = False
        self._started_s = self._loop.time()
        if len(body) <= _JOIN_BYTES:
            transport.write(head + body)
        else:
            transport.write(head)
            self._rest = memoryview(body)
            self._sent = 0
            self._pump()

    def abort(self) -> None:
        """Closes at once; an exchange in progress hears nothing more."""
        self._inbox = None
        self._rest = None
        if self._transport is not None:
            self._transport.abort()

    def hang_up(self) -> None:
        """Closes at once; an exchange in progress ends in an error."""
        self._break(UpstreamError(FailureKind.NETWORK, "connection closed: shutting down"))

    def arm(self, deadline_s: float) -> None:
        """Makes sure the timer fires no later than the loop's time `deadline_s`."""
        timer = self._timer
        if timer is not None:
            if self._timer_at_s <= deadline_s:
                return
            timer.cancel()
        self._timer_at_s = deadline_s
        self._timer = self._loop.call_at(deadline_s, self._tick)

    def resume(self, inbox: Inbox) -> None:
        """Reads on after a pause."""
        inbox.paused = False
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    # ── the loop's side ─────────────────────────────────────────────────────────────────────────

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's; a stream's transport has these methods.
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        inbox = self._inbox
        parser = self._parser
        if inbox is None or parser is None:
            self.abort()  # nobody asked; no later answer may begin with these bytes
            return
        inbox.unread += len(data)
        try:
            parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._keep = False
            if not inbox.complete:
                self._break(exchange_fault(error))
                return
        if inbox.complete:
            self._settle(inbox)
        else:
            self._progress(inbox)

    @override
    def eof_received(self) -> None:
        inbox = self._inbox
        if inbox is not None and inbox.status and _ends_by_close(inbox):
            inbox.complete = True
            self._keep = False
            self._settle(inbox)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        inbox = self._inbox
        self._inbox = None
        self._parser = None
        self._rest = None
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if inbox is not None:
            self._cut(inbox, exc)
        self._on_lost(self)

    @override
    def pause_writing(self) -> None:
        self._write_paused = True

    @override
    def resume_writing(self) -> None:
        self._write_paused = False
        self._pump()

    # ── the parser's side ───────────────────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        """Stops the parser at a second message; only after 1xx is one in order."""
        if self._begun:
            raise HttpParserError("bytes after the end of the answer")
        self._begun = True

    def on_headers_complete(self) -> None:
        """Skips interim answers; else the head is there."""
        inbox, parser = self._inbox, self._parser
        if inbox is None or parser is None or inbox.complete:
            return
        status = parser.get_status_code()
        fields = self._fields
        if inbox.unread > self._max_head:
            size = sum(map(len, fields)) + sum(map(len, fields.values())) + 4 * len(fields)
            if size > self._max_head:
                raise HttpParserError("head too large")
        if status < 200:
            if status < 100 or status == 101:
                raise HttpParserError("no such answer to our request")
            self._begun = False
            fields.clear()
            return
        inbox.fields = fields.copy()
        inbox.status = status
        fields.clear()
        self._keep = parser.should_keep_alive()
        if inbox.headless:
            self._keep = False  # the parser cannot be told that no body follows
            inbox.complete = True

    def on_message_complete(self) -> None:
        """The end, unless it was an interim answer's."""
        inbox = self._inbox
        if inbox is not None and inbox.status:
            inbox.complete = True

    # ── inner workings ──────────────────────────────────────────────────────────────────────────

    def _progress(self, inbox: Inbox) -> None:
        unread = inbox.unread
        waiter = inbox.waiter
        waiting = waiter is not None and not waiter.done()
        if not inbox.chunks:
            # Only framing so far: a head, trailers, chunk sizes. That has an end, or we make one.
            if unread > self._max_head:
                self._break(UpstreamError(FailureKind.NETWORK, "the answer's head is too large"))
                return
            ready = inbox.want == WANT_HEAD and inbox.status != 0
        else:
            ready = inbox.want != WANT_END or unread > inbox.wake_above
            if unread > HIGH_WATER_BYTES and not waiting and not inbox.paused:
                inbox.paused = True
                if self._transport is not None:
                    self._transport.pause_reading()
        if ready and waiting:
            inbox.wake()

    def _settle(self, inbox: Inbox) -> None:
        """The answer is whole: frees the connection for the next one, or closes it."""
        inbox.connection = None
        self._inbox = None
        self._parser = None
        self._fields.clear()
        if inbox.headless:
            inbox.chunks.clear()
        if inbox.paused:
            self.resume(inbox)
        if self._keep and self._rest is None and not self._write_paused:
            self._reused = True
            self._on_idle(self)
        else:
            self.abort()
        inbox.wake()

    def _break(self, error: UpstreamError) -> None:
        inbox = self._inbox
        self.abort()
        if inbox is not None:
            inbox.fail(error)

    def _cut(self, inbox: Inbox, exc: Exception | None) -> None:
        """The connection went away under an unfinished answer."""
        if inbox.unread == 0 and inbox.status == 0:
            # A close long after the request was written is a server's death, not the race between
            # its idle timeout and our write: the prompt may have been run, so it is not sent twice.
            age_s = self._loop.time() - self._started_s
            if self._reused and age_s < _STALE_WITHIN_S:
                inbox.stale = True
                inbox.connection = None
                inbox.wake()
                return
        if exc is not None:
            inbox.fail(exchange_fault(exc))
            return
        where = "within" if inbox.status else "before"
        inbox.fail(UpstreamError(FailureKind.NETWORK, f"connection closed {where} the answer"))

    def _pump(self) -> None:
        """Hands over a large body in pieces, as fast as the transport drains, without copies."""
        rest, transport = self._rest, self._transport
        while rest is not None and transport is not None and not self._write_paused:
            if transport.is_closing():
                return
            piece = rest[self._sent : self._sent + _PIECE_BYTES]
            self._sent += len(piece)
            if self._sent >= len(rest):
                rest = self._rest = None
            transport.write(piece)

    def _tick(self) -> None:
        self._timer = None
        inbox = self._inbox
        waiter = None if inbox is None else inbox.waiter
        if inbox is None or waiter is None or waiter.done():
            return
        if self._loop.time() + _TICK_S >= inbox.deadline_s:
            waiter.set_result(False)
        else:
            self.arm(inbox.deadline_s)


def _ends_by_close(inbox: Inbox) -> bool:
    """The framing of the head says that only the close ends the body (RFC 9112, 6.3)."""
    framing = {name.lower(): value.lower() for name, value in (inbox.fields or {}).items()}
    coding = framing.get(b"transfer-encoding")
    if coding is not None:
        return coding.split(b",")[-1].strip() != b"chunked"
    return b"content-length" not in framing
