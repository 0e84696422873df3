"""How long a run takes, and where its numbers are collected."""

from collections.abc import Mapping

import msgspec

from bench.load import Tally
from bench.results import Measure


class Effort(msgspec.Struct, frozen=True):
    """How long and how often."""

    rounds: int
    load_s: int
    latency_s: int
    streams: int
    hold_s: int


FULL = Effort(rounds=3, load_s=5, latency_s=10, streams=500, hold_s=6)
QUICK = Effort(rounds=1, load_s=2, latency_s=3, streams=500, hold_s=2)


class Board:
    """Collects numbers, and every error of any load."""

    def __init__(self) -> None:
        self._measures: dict[str, Measure] = {}
        self.notes: list[str] = []

    def add(
        self, name: str, unit: str, target: str, value: float, *, higher_is_better: bool = False
    ) -> None:
        """One number of one round."""
        measure = self._measures.setdefault(
            name, Measure(name=name, unit=unit, rounds={}, higher_is_better=higher_is_better)
        )
        rounds = dict(measure.rounds)
        rounds[target] = [*rounds.get(target, []), round(value, 4)]
        self._measures[name] = msgspec.structs.replace(measure, rounds=rounds)
        print(f"  {name:<28} {target:<10} {value:12,.3f} {unit}", flush=True)

    def errors(self, target: str, tally: Tally) -> None:
        """Count what went wrong in a load; shown only when something did."""
        name, unit = "errors", "per load"
        if tally.errors:
            self.add(name, unit, target, tally.errors)
        elif name not in self._measures or target not in self._measures[name].rounds:
            self.add(name, unit, target, 0)

    @property
    def measures(self) -> Mapping[str, Measure]:
        """By name, in order of first appearance."""
        return self._measures
