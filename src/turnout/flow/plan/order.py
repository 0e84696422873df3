"""In which order eligible endpoints are tried.

The default is the classic rule of the contract, 3.3: healthy ones first, each next one drawn by
chance weighted with the inverse square of its blended price. The seat of the measured mode is
`_weighted`: it may replace the weight, nothing else.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from turnout.core.histogram import Percentiles
from turnout.core.preferences import Cutoffs, Preferences, Sort, SortBy
from turnout.core.types import Endpoint, Quantization, Unpriced
from turnout.flow.planned import Place
from turnout.metrics.health import HealthView, State

MEASURE_WINDOW_S: Final = 300
"""How far back `sort` and `preferred_*` look. Contract section 3.2: a rolling 5 minutes."""

_PROMPT_SHARE: Final = 3  # of 4 tokens: a typical chat sends three tokens for each it gets
_CHEAPEST: Final = 10**9  # atto-USD a token ($0.001 per million): free endpoints weigh as much
_LAST: Final = float("inf")

_PRECISION: Final[dict[Quantization, int]] = {
    "fp32": 0, "bf16": 1, "fp16": 1, "unknown": 2, "fp8": 3, "mxfp8": 3, "int8": 4,
    "fp6": 5, "fp4": 6, "mxfp4": 6, "nvfp4": 6, "int4": 7,
}  # fmt: skip

_RANK: Final[dict[State, int]] = {"healthy": 0, "unstable": 1, "open": 2, "cooling": 3}

Score: TypeAlias = Callable[[int, Endpoint], float]


def blended_rate(endpoint: Endpoint) -> int | None:
    """Atto-USD for a token of the typical mix, or None for an unpriced endpoint."""
    if isinstance(endpoint.price, Unpriced):
        return None
    rates = endpoint.price.rates
    return (rates.prompt * _PROMPT_SHARE + rates.completion) // (_PROMPT_SHARE + 1)


def sort_of(preferences: Preferences, mode: SortBy | None) -> SortBy | None:
    """The explicit sort if there is one, else the mode's. Source: contract section 3.4."""
    asked = preferences.sort
    if isinstance(asked, Sort):
        asked = asked.by
    return asked or mode


def ordered(
    endpoints: Sequence[Endpoint],
    *,
    sort: SortBy | None,
    preferences: Preferences,
    health: HealthView,
    seed: int,
) -> list[Place]:
    """All endpoints, best first.

    Args:
        sort: Orders purely by one figure; None balances the load.
        seed: 64 bits; the same seed gives the same order.
    """
    if len(endpoints) == 1:
        return [Place(endpoints[0], health.state(endpoints[0].id), 0.0)]
    score = _weighted(seed) if sort is None else _SORTS[sort](health)
    cutoffs = _misses(preferences, health)
    places: list[tuple[tuple[float, ...], Place]] = []
    for index, endpoint in enumerate(endpoints):
        state = health.state(endpoint.id)
        # A pure sort was asked for: only the breaker may overrule it, not a recent fault.
        rank = _RANK[state] if sort is None or state in ("open", "cooling") else 0
        figure = score(index, endpoint)
        missed = cutoffs(endpoint) if cutoffs is not None else 0
        price = blended_rate(endpoint) if sort is not None else None
        key = (rank, missed, figure, _LAST if price is None else price, index)
        places.append((key, Place(endpoint, state, figure)))
    places.sort(key=_first)
    return [place for _, place in places]


def _first(pair: tuple[tuple[float, ...], Place]) -> tuple[float, ...]:
    return pair[0]


def _weighted(seed: int) -> Score:
    """Sorting by -ln(u)/w draws without replacement by weight w (Efraimidis, Spirakis 2006)."""

    def score(index: int, endpoint: Endpoint) -> float:
        rate = blended_rate(endpoint)
        if rate is None:
            return _LAST
        weight = weight_of(rate)
        return -math.log(uniform(seed, index)) / weight

    return score


def weight_of(rate: int) -> float:
    """Inverse square of a price in atto-USD a token; only ratios of weights mean something."""
    return (_CHEAPEST / max(rate, _CHEAPEST)) ** 2


def uniform(seed: int, index: int) -> float:
    """The index-th number in (0, 1) of a 64-bit seed (splitmix64). Source: Steele et al., 2014."""
    z = (seed + (index + 1) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    z ^= z >> 31
    return ((z >> 11) + 0.5) / (1 << 53)


def _by_price(_health: HealthView) -> Score:
    def score(_index: int, endpoint: Endpoint) -> float:
        rate = blended_rate(endpoint)
        return _LAST if rate is None else float(rate)

    return score


def _by_throughput(health: HealthView) -> Score:
    def score(_index: int, endpoint: Endpoint) -> float:
        found = _throughput(endpoint, health)
        return _LAST if found is None else -found.p50

    return score


def _by_latency(health: HealthView) -> Score:
    def score(_index: int, endpoint: Endpoint) -> float:
        found = _ttft(endpoint, health)
        return _LAST if found is None else found.p50

    return score


def _by_quality(_health: HealthView) -> Score:
    """Without elections: the author's own provider, then the highest precision."""

    def score(_index: int, endpoint: Endpoint) -> float:
        own = endpoint.model.partition("/")[0] == endpoint.provider
        return -1.0 if own else float(_PRECISION[endpoint.quantization])

    return score


_SORTS: Final[dict[SortBy, Callable[[HealthView], Score]]] = {
    "price": _by_price,
    "throughput": _by_throughput,
    "latency": _by_latency,
    "exacto": _by_quality,
}


def _throughput(endpoint: Endpoint, health: HealthView) -> Percentiles | None:
    figures = health.figures(endpoint.id, MEASURE_WINDOW_S)
    return None if figures is None else figures.throughput_tps


def _ttft(endpoint: Endpoint, health: HealthView) -> Percentiles | None:
    figures = health.figures(endpoint.id, MEASURE_WINDOW_S)
    return None if figures is None else figures.ttft_ms


def _misses(preferences: Preferences, health: HealthView) -> Callable[[Endpoint], int] | None:
    """1 for an endpoint that misses a preferred cut-off, else 0; None when nothing is preferred."""
    floor, ceiling = preferences.preferred_min_throughput, preferences.preferred_max_latency
    if floor is None and ceiling is None:
        return None
    floors = Cutoffs(p50=floor) if isinstance(floor, int | float) else floor or Cutoffs()
    ceilings = Cutoffs(p50=ceiling) if isinstance(ceiling, int | float) else ceiling or Cutoffs()

    def look(endpoint: Endpoint) -> int:
        speed, wait = _throughput(endpoint, health), _ttft(endpoint, health)
        for name in ("p50", "p75", "p90", "p99"):
            least, most = getattr(floors, name), getattr(ceilings, name)
            if least is not None and speed is not None and getattr(speed, name) < least:
                return 1
            if most is not None and wait is not None and getattr(wait, name) > most * 1000:
                return 1
        return 0

    return look
