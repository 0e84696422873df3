"""What planning costs: no sockets, no processes, one request after the other.

A warm plan finds the shares that were worked out a moment ago; a cold one works them out, with
the windows of every endpoint asked anew.
"""

import gc
import time
from collections.abc import Callable
from typing import Final

import msgspec

from turnout.core.money import rate_per_million
from turnout.core.preferences import NO_PREFERENCES, Needs
from turnout.core.types import Endpoint, Model, Outcome
from turnout.core.usage import Price, Rates
from turnout.flow.plan import Candidate, Terms, make_plan
from turnout.metrics.health import Health

MODEL: Final = "bench/model"
NOW_S: Final = 100_000.0
ROUNDS: Final = 7
PER_ROUND: Final = 2_000
BARS_US: Final = {10: 40.0, 50: 150.0}
"""Microseconds that a warm plan may cost, by the number of endpoints."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Microseconds of CPU a plan, the least of the rounds.

    Attributes:
        bar_us: What `warm_us` may be.
    """

    endpoints: int
    warm_us: float
    cold_us: float
    bar_us: float

    @property
    def is_met(self) -> bool:
        """The warm plan costs no more than it may."""
        return self.warm_us <= self.bar_us


def measure(rounds: int = ROUNDS, per_round: int = PER_ROUND) -> list[Cost]:
    """Costs at 10 and at 50 endpoints, all of them measured and healthy."""
    return [_cost(count, bar_us, rounds, per_round) for count, bar_us in BARS_US.items()]


def _cost(count: int, bar_us: float, rounds: int, per_round: int) -> Cost:
    endpoints = tuple(_endpoint(index) for index in range(count))
    health = _measured(endpoints)
    model = Model(slug=MODEL, canonical_slug=MODEL, name=MODEL, author="bench", endpoints=endpoints)
    candidates = (Candidate(asked=MODEL, model=model, endpoints=endpoints),)
    terms = Terms(preferences=NO_PREFERENCES, needs=Needs(), names=str.lower)

    def warm(seed: int) -> None:
        make_plan(candidates, terms, health.view(NOW_S, 30.0), seed)

    def cold(seed: int) -> None:
        health.memory.clear()
        health.slow.clear()
        warm(seed)

    return Cost(
        endpoints=count,
        warm_us=_least_us(warm, rounds, per_round),
        cold_us=_least_us(cold, rounds, max(per_round // 10, 10)),
        bar_us=bar_us,
    )


def _least_us(plan: Callable[[int], None], rounds: int, per_round: int) -> float:
    plan(0)
    found: list[float] = []
    for turn in range(rounds):
        gc.collect()
        began_s = time.thread_time()
        for seed in range(per_round):
            plan(turn * per_round + seed)
        found.append((time.thread_time() - began_s) / per_round * 1e6)
    return min(found)


def _endpoint(index: int) -> Endpoint:
    rate = rate_per_million(f"{0.1 + index * 0.05:.2f}")
    return Endpoint(
        id=f"{MODEL}@host-{index}",
        model=MODEL,
        provider=f"host-{index}",
        tag=f"host-{index}",
        upstream_model="model",
        price=Price(rates=Rates(prompt=rate, completion=rate), source="the benchmark", as_of=""),
        context_tok=128_000,
    )


def _measured(endpoints: tuple[Endpoint, ...]) -> Health:
    health = Health()
    for index, endpoint in enumerate(endpoints):
        for step in range(100):
            began_s = NOW_S - 50 + step * 0.4
            whole_s = 2.0 + (step * 7 + index) % 13 * 0.1
            health.send(endpoint.id, began_s)
            health.hear(endpoint.id, began_s, began_s + 0.4)
            health.record(
                Outcome(
                    endpoint=endpoint.id,
                    at_s=began_s + whole_s,
                    latency_ms=round(whole_s * 1000),
                    ttft_ms=400 + step,
                    prompt_tok=700,
                    completion_tok=200,
                    throughput_tps=200 / whole_s,
                )
            )
    return health
