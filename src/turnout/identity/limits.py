"""What a key may spend, in windows that reset at 00:00 UTC (weeks on Monday).

Counters live in memory, loaded from `key_spend` at start and moved at every settlement, so a check
is a few additions. A request is admitted while what its key has spent is below the limit; what is
in flight counts when it is settled. A limit is therefore overdrawn by at most what was in flight
when it was reached (docs/adr/0007-overdraw-bound.md).

Source of the windows: contract section 2.3.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from turnout.core.errors import Refusal
from turnout.core.money import Nusd, usd
from turnout.core.types import Generation
from turnout.identity.keys import Key, LimitReset

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MS: Final = 86_400_000
_MONDAY_SHIFT: Final = 3  # 1970-01-01 was a Thursday


class Windows(msgspec.Struct, frozen=True):
    """The UTC days (since 1970-01-01) on which the current day, week and month began."""

    day: int
    week: int
    month: int


class Spend(msgspec.Struct, frozen=True, kw_only=True):
    """What a key has spent, nano-USD: in all, and since the windows began."""

    total: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0

    def towards(self, reset: LimitReset | None) -> int:
        """The sum that a limit with that reset looks at."""
        return self.total if reset is None else int(getattr(self, reset))


class SpendRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the statement `spend_windows`."""

    key_hash: str
    total: int
    daily: int
    weekly: int
    monthly: int


class _Counter(msgspec.Struct):
    """Sums of one key, each with the window it is of; a newer window starts from zero."""

    total: int
    day: int
    daily: int
    week: int
    weekly: int
    month: int
    monthly: int


def windows(at_ms: int) -> Windows:
    """The windows that hold a moment."""
    day = at_ms // DAY_MS
    date = _EPOCH + timedelta(days=day)
    return Windows(day, day - (day + _MONDAY_SHIFT) % 7, day - date.day + 1)


def resets_at_ms(reset: LimitReset, now_ms: int) -> int:
    """When the window that holds a moment ends, unix ms."""
    now = windows(now_ms)
    if reset == "daily":
        return (now.day + 1) * DAY_MS
    if reset == "weekly":
        return (now.week + 7) * DAY_MS
    within_next_month = (now.month + 31) * DAY_MS
    return windows(within_next_month).month * DAY_MS


class Spending:
    """The counters of all keys. Not thread-safe: it belongs to the event loop."""

    __slots__ = ("_bounds", "_counters", "_until_ms")

    def __init__(self) -> None:
        self._counters: dict[str, _Counter] = {}
        self._bounds = Windows(0, 0, 0)
        self._until_ms = 0

    def load(self, rows: Iterable[SpendRow], now_ms: int) -> None:
        """Takes over the stored sums, which were asked for as of that moment."""
        now = windows(now_ms)
        self._counters = {
            row.key_hash: _Counter(
                row.total, now.day, row.daily, now.week, row.weekly, now.month, row.monthly
            )
            for row in rows
        }

    def add(self, generation: Generation) -> None:
        """Counts a settled generation towards the windows in which it was asked for."""
        cost = generation.cost_nusd
        at = self._windows(generation.created_ms)
        counter = self._counters.get(generation.key_hash)
        if counter is None:
            self._counters[generation.key_hash] = _Counter(
                cost, at.day, cost, at.week, cost, at.month, cost
            )
            return
        counter.total += cost
        # A record older than the counter's window was asked for before the reset: it counts there.
        if at.day >= counter.day:
            counter.daily = cost + (counter.daily if at.day == counter.day else 0)
            counter.day = at.day
        if at.week >= counter.week:
            counter.weekly = cost + (counter.weekly if at.week == counter.week else 0)
            counter.week = at.week
        if at.month >= counter.month:
            counter.monthly = cost + (counter.monthly if at.month == counter.month else 0)
            counter.month = at.month

    def spent(self, key_hash: str, now_ms: int) -> Spend:
        """What a key has spent as of a moment."""
        counter = self._counters.get(key_hash)
        if counter is None:
            return Spend()
        now = self._windows(now_ms)
        return Spend(
            total=counter.total,
            daily=counter.daily if counter.day == now.day else 0,
            weekly=counter.weekly if counter.week == now.week else 0,
            monthly=counter.monthly if counter.month == now.month else 0,
        )

    def remaining_nusd(self, key: Key, now_ms: int) -> int | None:
        """What a key may still spend, 0 or more; None when it has no limit."""
        if key.limit_nusd is None:
            return None
        return max(0, key.limit_nusd - self.spent(key.hash, now_ms).towards(key.limit_reset))

    def check(self, key: Key, now_ms: int) -> None:
        """Lets a key pass that is enabled, not expired, and below its limit.

        Raises:
            Refusal: As `check_alive`, or "payment_required" (402) when the limit is reached; the
                text says when it resets.
        """
        check_alive(key, now_ms)
        if key.limit_nusd is None:
            return
        spent = self.spent(key.hash, now_ms).towards(key.limit_reset)
        if spent >= key.limit_nusd:
            raise _exhausted(key.limit_nusd, spent, key.limit_reset, now_ms)

    def _windows(self, at_ms: int) -> Windows:
        """As `windows`, remembered for the day: this is called for every request."""
        start_ms = self._bounds.day * DAY_MS
        if not start_ms <= at_ms < start_ms + DAY_MS:
            self._bounds = windows(at_ms)
        return self._bounds


def check_alive(key: Key, now_ms: int) -> None:
    """Lets a key pass that is enabled and not expired, whatever it has spent.

    Raises:
        Refusal: "authentication" (401) when it is disabled or expired.
    """
    if key.disabled:
        raise Refusal("authentication", "this API key is disabled", status=401)
    if key.expires_ms is not None and now_ms >= key.expires_ms:
        message = f"this API key expired at {_iso(key.expires_ms)}"
        raise Refusal("authentication", message, status=401)


def _exhausted(limit: int, spent: int, reset: LimitReset | None, now_ms: int) -> Refusal:
    text = f"this API key has spent ${usd(Nusd(spent))} of its limit of ${usd(Nusd(limit))}"
    if reset is None:
        text += "; raise the limit or use another key"
        return Refusal("payment_required", text, status=402)
    ends_ms = resets_at_ms(reset, now_ms)
    text = f"{text} ({reset}); it resets at {_iso(ends_ms)}"
    after_s = (ends_ms - now_ms) / 1000
    return Refusal("payment_required", text, status=402, retry_after_s=after_s)


def _iso(at_ms: int) -> str:
    """A moment for people and machines: "2026-11-23T00:00:00Z"."""
    return f"{_EPOCH + timedelta(milliseconds=at_ms):%Y-%m-%dT%H:%M:%SZ}"
