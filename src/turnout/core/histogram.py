"""Counts in buckets of fixed borders: they merge by addition, in memory and in SQL alike.

Borders grow by a constant ratio, so the error of a percentile is relative and known. Two scales are
in use, and a change of either makes what is stored unreadable:

    FINE     live windows: 8 % wide, so a percentile is at most 4 % off
    COLUMNS  roll-ups: 40 integer columns, 35 % wide; between the borders the value is interpolated,
             which is mostly within 2 % at p50 and 10 % at p99, and at worst 35 % off

Source of the second: measured on 10 million rows, see docs/explain/measures.md.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import msgspec

SHARES: Final = (0.50, 0.75, 0.90, 0.99)


class Percentiles(msgspec.Struct, frozen=True):
    """Nearest-rank percentiles of one measure, in that measure's unit."""

    p50: float
    p75: float
    p90: float
    p99: float


class Scale:
    """Borders `first * ratio ** i`; bucket i holds [border i, border i + 1), the ends the rest.

    Attributes:
        count: How many buckets.
        error: Of a percentile from `percentiles`, relative; within the scale.
    """

    __slots__ = ("_log_first", "_log_ratio", "_middles", "borders", "count", "error")

    def __init__(self, *, first: float, ratio: float, count: int) -> None:
        self.count = count
        self.error = math.sqrt(ratio) - 1
        self.borders = [first * ratio**i for i in range(count + 1)]
        self._log_first = math.log(first)
        self._log_ratio = math.log(ratio)
        self._middles = [border * math.sqrt(ratio) for border in self.borders]

    def bucket(self, value: float) -> int:
        """The bucket of a value; values outside of the scale go to its ends."""
        if value <= self.borders[0]:
            return 0
        place = int((math.log(value) - self._log_first) / self._log_ratio)
        return place if place < self.count else self.count - 1

    def middle(self, place: int) -> float:
        """What a value in a bucket is taken to be: `error` off at most."""
        return self._middles[place]

    def percentiles(self, counts: Sequence[int]) -> Percentiles | None:
        """At most `error` away from those of the values; None of nothing."""
        sums = list(accumulate(counts))
        total = sums[-1]
        if not total:
            return None
        middles = self._middles
        return Percentiles(
            middles[bisect_left(sums, _rank(total, 0.50))],
            middles[bisect_left(sums, _rank(total, 0.75))],
            middles[bisect_left(sums, _rank(total, 0.90))],
            middles[bisect_left(sums, _rank(total, 0.99))],
        )

    def interpolated(self, counts: Sequence[int]) -> Percentiles | None:
        """As `percentiles`, closer on average: values are taken to lie evenly in a bucket."""
        sums = list(accumulate(counts))
        if not sums[-1]:
            return None
        return Percentiles(*(self._between(sums, counts, share) for share in SHARES))

    def _between(self, sums: Sequence[int], counts: Sequence[int], share: float) -> float:
        rank = _rank(sums[-1], share)
        place = bisect_left(sums, rank)
        inside = rank - (sums[place] - counts[place]) - 0.5
        return self.borders[place] * math.exp(self._log_ratio * inside / counts[place])


def _rank(total: int, share: float) -> int:
    """One-based place of a percentile among so many values."""
    return min(total, int(share * total) + 1)


FINE_MS: Final = Scale(first=1.0, ratio=1.08, count=176)
"""1 ms to 13 minutes."""

FINE_TPS: Final = Scale(first=0.1, ratio=1.08, count=176)
"""0.1 to 76,000 tokens/s."""

COLUMNS_MS: Final = Scale(first=1.0, ratio=1.35, count=40)
"""1 ms to 163 s."""

COLUMNS_TPS: Final = Scale(first=0.1, ratio=1.35, count=40)
"""0.1 to 16,300 tokens/s."""
