"""What has come of one answer: written by a connection, read by an exchange."""

import asyncio
from typing import Final, Literal, Protocol

from turnout.core.errors import UpstreamError

WANT_HEAD: Final = 0
WANT_ANY: Final = 1
WANT_END: Final = 2
Want = Literal[0, 1, 2]
"""What a waiting task waits for."""


class Source(Protocol):
    """The connection, as its inbox needs it."""

    def arm(self, deadline_s: float) -> None:
        """Makes sure the deadline, in the loop's time, is looked at no later than that."""
        ...

    def resume(self, inbox: "Inbox") -> None:
        """Reads on after a pause."""
        ...

    def abort(self) -> None:
        """Closes at once."""
        ...


class Inbox:
    """What has come of one answer. Written by its connection, read by its exchange.

    Attributes:
        status: 0 until the head is there.
        fields: The head's lines as they came; the last of duplicates.
        chunks: Body pieces nobody has read yet.
        unread: Bytes received since the last read, framing included.
        complete: The message ended as its framing says.
        stale: A kept-alive connection closed before it said a word: send again on a fresh one.
        error: Why there will be no more; chunks received before it are still good.
        connection: None before the first byte is written, and from the end on.
        waiter: Resolves to False when the deadline passed, else to True.
        wake_above: With WANT_END, unread bytes that are worth a wake-up before the end.
    """

    __slots__ = (
        "chunks",
        "complete",
        "connection",
        "deadline_s",
        "error",
        "fields",
        "headless",
        "paused",
        "stale",
        "status",
        "unread",
        "waiter",
        "wake_above",
        "want",
    )

    def __init__(self, *, headless: bool) -> None:
        self.headless = headless  # an answer to HEAD: framed like a body, without one
        self.status = 0
        self.fields: dict[bytes, bytes] | None = None
        self.chunks: list[bytes] = []
        self.unread = 0
        self.complete = False
        self.stale = False
        self.paused = False
        self.error: UpstreamError | None = None
        self.connection: Source | None = None
        self.waiter: asyncio.Future[bool] | None = None
        self.want: Want = WANT_HEAD
        self.wake_above = 0
        self.deadline_s = 0.0

    def take(self) -> bytes:
        """Everything unread, joined. A paused upstream goes on when more is waited for.

        Not before: while what was taken is on its way to a client that does not read, nothing
        should be fetched to lie behind it.
        """
        chunks = self.chunks
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        chunks.clear()
        self.unread = 0
        return data

    def wake(self) -> None:
        """Wakes the task that waits, if one does."""
        waiter = self.waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(True)

    def fail(self, error: UpstreamError) -> None:
        """Ends the answer; the first error stands."""
        if self.error is None:
            self.error = error
        self.connection = None
        self.wake()
