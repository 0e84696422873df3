"""When a second endpoint is started beside a silent first one, and what that may cost.

Pure: the caller owns the clock and the money. The live gateway and the policy lab ask the same
functions.
"""

from typing import Final

import msgspec

from turnout.core.rules import Hedging
from turnout.metrics.figures import Figures
from turnout.metrics.health import HealthView

_LEAST_ANSWERS: Final = 20
_P95_BETWEEN: Final = 0.301
"""How far p95 lies between p90 and p99 on a tail that is straight on log scales: log10(2)."""
_PATIENCE: Final = 2.0
"""How many times the p95 is waited when nearly all of the allowance is spent."""


class Allowance(msgspec.Struct):
    """What hedges have cost today, and what they may. Mutable; one per gateway.

    Attributes:
        day: UTC day since 1970 that the sums are of.
        spent_nusd: What everything cost.
        extra_nusd: What losers of hedges cost, of that.
        requests: Answers that the spend is of.
    """

    day: int = 0
    spent_nusd: float = 0.0
    extra_nusd: float = 0.0
    requests: int = 0

    def add(self, day: int, nusd: float, *, extra: bool) -> None:
        """One answer was charged, or one loser."""
        if day != self.day:
            self.day, self.spent_nusd, self.extra_nusd, self.requests = day, 0.0, 0.0, 0
        self.spent_nusd += nusd
        if extra:
            self.extra_nusd += nusd
        else:
            self.requests += 1

    def used(self, rules: Hedging) -> float:
        """The part of the allowance that is spent; above 1 nothing more may be."""
        usual = self.spent_nusd / self.requests if self.requests else 0.0
        allowed = rules.spend_share * max(self.spent_nusd, rules.burst_requests * usual)
        if allowed <= 0:
            return 0.0 if rules.burst_requests and not self.requests else 2.0
        return self.extra_nusd / allowed

    def takes(self, nusd: float, rules: Hedging) -> bool:
        """Whether a hedge that may cost so much fits."""
        spent = self.spent_nusd + nusd
        return self.extra_nusd + nusd <= rules.spend_share * spent


def hedge_after_s(
    endpoint: str, health: HealthView, allowance: Allowance, rules: Hedging
) -> float | None:
    """Seconds of silence after which a second endpoint should start; None for never.

    The endpoint's own p95 of the last five minutes, later as the allowance runs low, so that it is
    spent on the answers that are latest.
    """
    figures = health.figures(endpoint, 300)
    p95_ms = None if figures is None else _p95_ms(figures)
    used = allowance.used(rules)
    if p95_ms is None or used >= 1:
        return None
    wait_s = p95_ms / 1000 * (1 + (_PATIENCE - 1) * used)
    return max(rules.least_wait_s, wait_s)


def _p95_ms(figures: Figures) -> float | None:
    found = figures.ttft_ms
    if found is None or figures.served < _LEAST_ANSWERS or found.p90 <= 0:
        return None
    return found.p90 * (max(found.p99, found.p90) / found.p90) ** _P95_BETWEEN
