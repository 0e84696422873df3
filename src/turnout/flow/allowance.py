"""What hedges have cost today, and what they may.

Pure: the caller owns the clock and the money. The live gateway and the policy lab keep one alike.
"""

from typing import Final

import msgspec

from turnout.core.rules import Hedging
from turnout.core.types import Generation

DAY_MS: Final = 86_400_000


class Allowance(msgspec.Struct):
    """What hedges have cost today, and what they may. Mutable; one per gateway.

    Attributes:
        day: UTC day since 1970 that the sums are of.
        spent_nusd: What everything cost.
        extra_nusd: What losers of hedges cost, of that.
        requests: Answers that the spend is of.
        held_nusd: What the hedges under way may cost.
    """

    day: int = 0
    spent_nusd: float = 0.0
    extra_nusd: float = 0.0
    requests: int = 0
    held_nusd: float = 0.0

    def add(self, day: int, nusd: float, *, extra: bool) -> None:
        """One answer was charged, or one loser."""
        self.begin(day)
        self.spent_nusd += nusd
        if extra:
            self.extra_nusd += nusd
        else:
            self.requests += 1

    def begin(self, day: int) -> None:
        """A later day than that of the sums begins with nothing; an earlier one changes nothing."""
        if day > self.day:
            self.day, self.spent_nusd, self.extra_nusd, self.requests = day, 0.0, 0.0, 0

    def settled(self, generation: Generation) -> None:
        """Takes in a record; the losers of its hedges were added when they lost."""
        nusd = generation.cost_nusd - generation.hedge_nusd
        self.add(generation.created_ms // DAY_MS, nusd, extra=False)

    def used(self, rules: Hedging) -> float:
        """The part of the allowance that is spent; above 1 nothing more may be."""
        usual = self.spent_nusd / self.requests if self.requests else 0.0
        allowed = rules.spend_share * max(self.spent_nusd, rules.burst_requests * usual)
        if allowed <= 0:
            free = not self.spent_nusd and bool(rules.burst_requests)
            return 0.0 if free else 2.0  # what costs nothing overdraws nothing
        return (self.extra_nusd + self.held_nusd) / allowed

    def takes(self, nusd: float, rules: Hedging) -> bool:
        """Whether a hedge that may cost so much fits."""
        spent = self.spent_nusd + nusd
        return self.extra_nusd + self.held_nusd + nusd <= rules.spend_share * spent
