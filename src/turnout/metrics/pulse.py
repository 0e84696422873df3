"""What the last seconds say of one endpoint: counts that fade, and how long answers take now.

The live windows are right and slow: half of thirty seconds must pass before a median moves. A pulse
is rough and quick. Both go into a `Reading`.
"""

import math
from typing import Final

import msgspec

from turnout.core.types import Outcome

QUICK_S: Final = 5.0
CALM_S: Final = 30.0
_LEVEL_S: Final = 10.0
_USUAL: Final = 0.03
"""How far one ordinary answer moves what is usual, at most; a very slow one a tenth as far."""
_USUAL_S: Final = 60.0
"""However many answers there are, what is usual follows so slowly: a sudden change is none."""
_FIRST: Final = 30
_LEAST_TOK: Final = 8
"""Shorter answers say nothing of the pace."""
_LATE_S: Final = 1.0
"""What comes sooner than this is never called slow."""
_MOST_COUNTED: Final = 200.0


class Level(msgspec.Struct):
    """A fading mean of logarithms, near the median of a skewed measure.

    Attributes:
        quick: Over the last seconds, with `weight` answers in it.
        usual: Over the last minute, or thirty answers if they are older; slow ones hardly count.
            None before any.
        seen: Answers so far.
    """

    quick: float = 0.0
    weight: float = 0.0
    at_s: float = 0.0
    usual: float | None = None
    seen: int = 0

    def add(self, value: float, at_s: float, *, slow: bool) -> None:
        """Takes in one value above 0."""
        log = math.log(value)
        gone_s = max(0.0, at_s - self.at_s)
        kept = self.weight * math.exp((self.at_s - at_s) / _LEVEL_S)
        self.weight = min(_MOST_COUNTED, kept) + 1
        self.quick += (log - self.quick) / self.weight
        self.at_s = at_s
        self.seen += 1
        if self.usual is None:
            self.usual = log
            return
        part = 1 / self.seen if self.seen <= _FIRST else min(_USUAL, gone_s / _USUAL_S)
        self.usual += (log - self.usual) * (part * 0.1 if slow else part)

    def weight_at(self, now_s: float) -> float:
        """How many answers the quick value rests on."""
        return min(_MOST_COUNTED, self.weight * math.exp((self.at_s - now_s) / _LEVEL_S))

    def is_slow(self, value: float, times: float) -> bool:
        """Whether a value is so many times the usual one."""
        return self.usual is not None and math.log(value) > self.usual + math.log(times)


class Pulse(msgspec.Struct):
    """One endpoint's last seconds. Mutable; owned by a Standing.

    Attributes:
        tries: Attempts that ended, fading with QUICK_S; missed: faulty or very slow ones of them.
        calm_tries: The same fading with CALM_S; calm_faults, calm_limited: of these.
        ttft_s: First tokens. pace_s: Seconds for each token after the first.
        whole_s: Round trips.
    """

    tries: float = 0.0
    missed: float = 0.0
    calm_tries: float = 0.0
    calm_faults: float = 0.0
    calm_limited: float = 0.0
    at_s: float = 0.0
    ttft_s: Level = msgspec.field(default_factory=Level)
    pace_s: Level = msgspec.field(default_factory=Level)
    whole_s: Level = msgspec.field(default_factory=Level)

    def add(self, outcome: Outcome, slow_times: float, *, trial: bool = False) -> bool:
        """Takes in one attempt that ended; returns whether it counts as a miss.

        A trial is judged twice as strictly, and what it took counts fully for what is usual: who is
        slower for good is not kept out for ever.
        """
        self.fade(outcome.at_s)
        if outcome.failure is None:
            missed = self._served(outcome, slow_times / 2 if trial else slow_times, trial=trial)
        else:
            missed = outcome.hurts_health
            if not missed and outcome.failure != "rate_limited":
                return False  # the caller's own fault, or nobody waited for it
        self.tries += 1
        self.calm_tries += 1
        self.missed += missed
        self.calm_faults += outcome.hurts_health and outcome.failure is not None
        self.calm_limited += outcome.failure == "rate_limited"
        return missed

    def fade(self, now_s: float) -> None:
        """Lets time pass."""
        gone_s = now_s - self.at_s
        if gone_s <= 0:
            return
        quick, calm = math.exp(-gone_s / QUICK_S), math.exp(-gone_s / CALM_S)
        self.tries *= quick
        self.missed *= quick
        self.calm_tries *= calm
        self.calm_faults *= calm
        self.calm_limited *= calm
        self.at_s = now_s

    def miss_share(self, late: int, bound: float) -> float:
        """The share of misses that is certain.

        Args:
            late: Attempts still waiting for a first token that is very late.
            bound: How many standard deviations below what was seen.
        """
        missed, tries = self.missed + late, self.tries + late
        if missed <= 0:
            return 0.0
        return (missed - bound * math.sqrt(missed)) / max(tries, 1.0)

    def forgive(self) -> None:
        """Forgets what was held against it: it has proved itself again."""
        self.tries = self.missed = 0.0
        self.calm_tries = self.calm_faults = self.calm_limited = 0.0
        for level in (self.ttft_s, self.pace_s, self.whole_s):
            level.weight = min(level.weight, 1.0)

    def patience_s(self, slow_times: float, *, stream: bool) -> float | None:
        """After how long without a sign an attempt is very late; None while nothing is usual."""
        usual = (self.ttft_s if stream else self.whole_s).usual
        return None if usual is None else max(2 * _LATE_S, math.exp(usual) * slow_times)

    def _served(self, outcome: Outcome, slow_times: float, *, trial: bool) -> bool:
        at_s, whole_s = outcome.at_s, outcome.latency_ms / 1000
        late = False
        first_s = 0.0
        if outcome.ttft_ms is not None:
            first_s = max(outcome.ttft_ms, 1) / 1000
            late = first_s > _LATE_S and self.ttft_s.is_slow(first_s, slow_times)
            self.ttft_s.add(first_s, at_s, slow=late and not trial)
        if outcome.completion_tok >= _LEAST_TOK and whole_s > first_s:
            pace_s = (whole_s - first_s) / outcome.completion_tok
            crawls = whole_s > _LATE_S and self.pace_s.is_slow(pace_s, slow_times)
            self.pace_s.add(pace_s, at_s, slow=crawls and not trial)
            late = late or crawls
        if whole_s > 0:
            self.whole_s.add(whole_s, at_s, slow=late and not trial)
        return late
