"""The last outcomes of one endpoint, bounded in memory; percentiles are exact over what is held."""

from collections import deque
from typing import Final

import msgspec

from turnout.core.types import Outcome

HELD: Final = 512
"""Outcomes kept for each endpoint: about 150 KiB at worst, and enough for a stable p99."""


class Percentiles(msgspec.Struct, frozen=True):
    """Nearest-rank percentiles of one measure, in that measure's unit."""

    p50: float
    p75: float
    p90: float
    p99: float


def percentiles(values: list[float]) -> Percentiles | None:
    """Nearest-rank percentiles, or None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    last = len(ordered) - 1

    def at(share: float) -> float:
        return ordered[min(last, int(share * len(ordered)))]

    return Percentiles(at(0.50), at(0.75), at(0.90), at(0.99))


class Window:
    """Outcomes of one endpoint, oldest first. Not for sharing between threads."""

    __slots__ = ("outcomes",)

    def __init__(self) -> None:
        self.outcomes: deque[Outcome] = deque(maxlen=HELD)

    def add(self, outcome: Outcome) -> None:
        """Keeps one more, forgetting the oldest when full."""
        self.outcomes.append(outcome)

    def since(self, from_s: float) -> list[Outcome]:
        """Outcomes that ended at or after a monotonic second, oldest first."""
        found: list[Outcome] = []
        for outcome in reversed(self.outcomes):
            if outcome.at_s < from_s:
                break
            found.append(outcome)
        found.reverse()
        return found

    def throughput_tps(self, from_s: float) -> Percentiles | None:
        """Completion tokens per second over whole attempts, of the successes since then."""
        return percentiles(
            [o.throughput_tps for o in self.since(from_s) if o.throughput_tps is not None]
        )

    def ttft_ms(self, from_s: float) -> Percentiles | None:
        """Time to first token of the attempts since then that had one."""
        return percentiles([float(o.ttft_ms) for o in self.since(from_s) if o.ttft_ms is not None])

    def uptime(self, from_s: float) -> float | None:
        """Percent of attempts since then that did not fail by the provider's fault, or None.

        Failures that do not hurt health (the caller's fault, rate limits) are not counted at all.
        """
        counted = failed = 0
        for outcome in self.since(from_s):
            if outcome.failure is None:
                counted += 1
            elif outcome.hurts_health:
                counted += 1
                failed += 1
        return None if counted == 0 else 100.0 * (counted - failed) / counted
