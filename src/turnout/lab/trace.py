"""What a run leaves behind, and what is read from it."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.lab.world import Asked, World

BUCKET_S: Final = 1.0
_OVER: Final = 1.15
"""A cap counts as overrun when so many times it went through over the stretch looked at."""
_STRETCH_S: Final = 3


class Shift(msgspec.Struct, frozen=True):
    """How one request ended. Seconds since the first one arrived.

    Attributes:
        host: Index of the endpoint that served, None when it failed.
    """

    asked: Asked
    host: int | None
    first_s: float | None
    end_s: float
    attempts: int


class Trace:
    """Collects while a run goes on.

    Attributes:
        extra_usd: What losers of hedges cost.
        sends: Per endpoint and second, attempts sent. caps: the cap seen at the last of them.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.extra_usd = 0.0
        self.served = 0
        self.failed = 0
        self.attempts = 0
        self.cost_usd = 0.0
        self.ttft_s = array("d")
        self.whole_s = array("d")
        self.speed_tps = array("d")
        self.regret = 0.0
        count = len(world.hosts)
        self.served_by = [0] * count
        self.sends: list[defaultdict[int, int]] = [defaultdict(int) for _ in range(count)]
        self.caps: list[dict[int, float]] = [{} for _ in range(count)]
        self._units = units(world)

    def sent(self, host: int, at_s: float, cap_rps: float | None) -> None:
        """An attempt went out."""
        second = int(at_s // BUCKET_S)
        self.sends[host][second] += 1
        if cap_rps is not None:
            self.caps[host][second] = cap_rps

    def ended(self, shift: Shift) -> None:
        """A request has ended; the warm-up is not counted."""
        asked = shift.asked
        if asked.at_s < 0:
            return
        self.attempts += shift.attempts
        if shift.host is None:
            self.failed += 1
            return
        self.served += 1
        self.served_by[shift.host] += 1
        cost_usd = self.world.hosts[shift.host].cost_usd(asked)
        whole_s = shift.end_s - asked.at_s
        self.cost_usd += cost_usd
        self.ttft_s.append((shift.end_s if shift.first_s is None else shift.first_s) - asked.at_s)
        self.whole_s.append(whole_s)
        self.speed_tps.append(asked.completion_tok / max(whole_s, 0.001))
        self.regret += self._loss(cost_usd, whole_s) - self._oracle(asked)

    def _loss(self, cost_usd: float, whole_s: float) -> float:
        money, time_s = self._units
        return cost_usd / money + whole_s / time_s

    def _oracle(self, asked: Asked) -> float:
        """The least that one who knows every endpoint's present state would expect to lose."""
        best = float("inf")
        for host in self.world.hosts:
            cost_usd, whole_s, broken = host.expect(asked, asked.at_s)
            if broken < 0.5:
                best = min(best, self._loss(cost_usd, whole_s))
        return 0.0 if best == float("inf") else best


def units(world: World) -> tuple[float, float]:
    """Money and time between the cheapest and the fastest endpoint, for a typical request."""
    traffic = world.scenario.traffic
    asked = Asked(-1.0, traffic.prompt_tok, traffic.completion_tok, tools=False, seed=0)
    expected = [host.expect(asked, -1.0)[:2] for host in world.hosts]
    cheapest = min(expected)
    fastest = min(expected, key=lambda pair: (pair[1], pair[0]))
    money = max(fastest[0] - cheapest[0], 0.5 * cheapest[0], 1e-9)
    return money, max(cheapest[1] - fastest[1], 0.5 * fastest[1], 1e-3)


def at_share(ordered: Sequence[float], share: float) -> float:
    """Nearest-rank percentile of sorted values; 0 of none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def longest_overrun_s(trace: Trace, host: int) -> int:
    """Seconds in a row in which an endpoint that was well got more than its learned cap."""
    sends, caps = trace.sends[host], trace.caps[host]
    worst = run = 0
    last = None
    for second in sorted(caps):
        stretch = range(second - _STRETCH_S + 1, second + 1)
        allowed = max(caps.get(each, 0.0) for each in stretch) * _STRETCH_S
        over = sum(sends[each] for each in stretch if each in sends) > _OVER * allowed + 3
        run = (run + 1 if last is not None and second == last + 1 else 1) if over else 0
        last = second if over else None
        worst = max(worst, run)
    return worst
