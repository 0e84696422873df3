"""The only sources of time. Everything above takes a `Clock`, so that tests own time."""

import time
from typing import Protocol


class Clock(Protocol):
    """Wall time for records, monotonic time for durations; never mix the two."""

    def unix_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC; may jump when the machine's clock is set."""
        ...

    def now_s(self) -> float:
        """Monotonic seconds from an arbitrary start; never goes backwards."""
        ...


class SystemClock:
    """The machine's own clocks."""

    __slots__ = ()

    def unix_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000

    def now_s(self) -> float:
        """Monotonic seconds; the same clock as the event loop's `time()`."""
        return time.monotonic()  # noqa: TID251 (this is the one place)


SYSTEM_CLOCK = SystemClock()
