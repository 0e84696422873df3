"""What the simulator saw: counts, hang-ups and recordings, per provider."""

from collections import deque
from collections.abc import Mapping

import msgspec

_KEPT_HANGUPS = 1000


class Hangup(msgspec.Struct, frozen=True):
    """A peer that left before its answer was over.

    Attributes:
        at_ms: Unix milliseconds.
        after_ms: Since its request was complete.
        sent_bytes: Of the answer, written by then.
    """

    at_ms: int
    after_ms: float
    sent_bytes: int


class Recorded(msgspec.Struct, frozen=True):
    """A request as it came; header names in lower case, the body as text."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str
    fault: str | None
    at_ms: int


class Snapshot(msgspec.Struct, frozen=True):
    """One provider's counts as `/_simulator/stats` tells them.

    Attributes:
        requests: Complete requests received.
        answered: Replies played to their end, faults included.
        open: Replies being played now.
        cancelled: Replies the peer left.
        faults: Faults played, by kind.
        bytes_in: Request bodies.
        bytes_out: Handed to the kernel, so a peer that stops reading shows here.
    """

    requests: int
    answered: int
    open: int
    cancelled: int
    hangups: tuple[Hangup, ...]
    faults: Mapping[str, int]
    bytes_in: int
    bytes_out: int
    port: int | None


class Totals(msgspec.Struct, frozen=True):
    """The whole of `/_simulator/stats`; `connections` are open now, this one included."""

    connections: int
    accepted: int
    providers: Mapping[str, Snapshot]


class Stats:
    """Counters of one provider; plain ints, for the fast path touches them."""

    __slots__ = (
        "answered",
        "bytes_in",
        "bytes_out",
        "cancelled",
        "faults",
        "hangups",
        "open",
        "recorded",
        "requests",
    )

    def __init__(self, record: int) -> None:
        self.recorded: deque[Recorded] = deque(maxlen=record)
        self.clear()
        self.open = 0

    def clear(self) -> None:
        """Back to zero; replies being played stay open."""
        self.requests = 0
        self.answered = 0
        self.cancelled = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.faults: dict[str, int] = {}
        self.hangups: deque[Hangup] = deque(maxlen=_KEPT_HANGUPS)
        self.recorded.clear()

    def hung_up(self, hangup: Hangup) -> None:
        """Count a peer that left."""
        self.cancelled += 1
        self.hangups.append(hangup)

    def snapshot(self, unsent_bytes: int, port: int | None) -> Snapshot:
        """The counts; `unsent_bytes` were written but still wait for the kernel."""
        return Snapshot(
            requests=self.requests,
            answered=self.answered,
            open=self.open,
            cancelled=self.cancelled,
            hangups=tuple(self.hangups),
            faults=dict(self.faults),
            bytes_in=self.bytes_in,
            bytes_out=self.bytes_out - unsent_bytes,
            port=port,
        )
