"""The figures that endpoints are ordered by: a draw by weight, or one measure.

The lowest comes first; without data a figure is infinite.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from turnout.core.histogram import Percentiles
from turnout.core.preferences import Cutoffs, Preferences, SortBy
from turnout.core.types import Endpoint, Quantization
from turnout.flow.plan.balanced import Board
from turnout.flow.plan.prices import blended_rate, mix_of, request_price
from turnout.flow.plan.terms import Terms
from turnout.metrics.figures import Figures, WindowS
from turnout.metrics.health import HealthView

MEASURE_WINDOW_S: Final = 300
"""How far back `preferred_*` look, and sorts at first. Contract section 3.2: 5 minutes."""

LAST: Final = float("inf")

_LONGER_S: Final[tuple[WindowS, ...]] = (300, 1800, 86400)
_CHEAPEST: Final = 10**9  # atto-USD a token ($0.001 per million): free endpoints weigh as much

_PRECISION: Final[dict[Quantization, int]] = {
    "fp32": 0, "bf16": 1, "fp16": 1, "unknown": 2, "fp8": 3, "mxfp8": 3, "int8": 4,
    "fp6": 5, "fp4": 6, "mxfp4": 6, "nvfp4": 6, "int4": 7,
}  # fmt: skip
_PINNED: Final = -3.0
_ELECTED: Final = -2.0
_AUTHORS_OWN: Final = -1.0

Score: TypeAlias = Callable[[int, Endpoint], float]


def by_share(seed: int, board: Board) -> Score:
    """Sorting by -ln(u)/w draws without replacement by weight w (Efraimidis, Spirakis 2006)."""
    rows = board.rows

    def score(index: int, endpoint: Endpoint) -> float:
        row = rows.get(endpoint.id)
        if row is None or row.share <= 0:
            return LAST
        return -math.log(uniform(seed, index)) / row.share

    return score


def weighted(seed: int) -> Score:
    """The classic rule, drawn the same way."""

    def score(index: int, endpoint: Endpoint) -> float:
        rate = blended_rate(endpoint)
        if rate is None:
            return LAST
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


def _by_price(endpoints: Sequence[Endpoint], _terms: Terms, health: HealthView) -> Score:
    """Atto-USD a token as it really costs: with the model's token mix and the own cache hits."""
    prices = health.remembered(
        ("price", *[e.id for e in endpoints]), lambda: _prices(endpoints, health)
    )
    return _by_list_price if prices is None else lambda _index, endpoint: prices[endpoint.id]


def _prices(endpoints: Sequence[Endpoint], health: HealthView) -> Mapping[str, float] | None:
    """By id; None while nothing was served whose mix could be known."""
    readings = [health.reading(e.id) for e in endpoints]
    if not any(reading is not None and reading.served for reading in readings):
        return None
    mix = mix_of(readings)
    tokens = mix.prompt_tok + mix.completion_tok
    found: dict[str, float] = {}
    for endpoint, reading in zip(endpoints, readings, strict=True):
        cost = request_price(endpoint, 0.0 if reading is None else reading.cache_share, mix)
        found[endpoint.id] = LAST if cost is None else cost / tokens
    return found


def _by_list_price(_index: int, endpoint: Endpoint) -> float:
    rate = blended_rate(endpoint)
    return LAST if rate is None else float(rate)


def _by_throughput(_endpoints: Sequence[Endpoint], _terms: Terms, health: HealthView) -> Score:
    def score(_index: int, endpoint: Endpoint) -> float:
        found = _latest(endpoint, health, _throughput)
        return LAST if found is None else -found.p50

    return score


def _by_latency(_endpoints: Sequence[Endpoint], _terms: Terms, health: HealthView) -> Score:
    def score(_index: int, endpoint: Endpoint) -> float:
        found = _latest(endpoint, health, _ttft)
        return LAST if found is None else found.p50

    return score


def _by_quality(_endpoints: Sequence[Endpoint], terms: Terms, health: HealthView) -> Score:
    """Pinned, else elected; without either the author's own provider, then by precision."""

    def score(_index: int, endpoint: Endpoint) -> float:
        if terms.pins.get(endpoint.model) == endpoint.tag:
            return _PINNED
        if health.elected(endpoint.model) == endpoint.id:
            return _ELECTED
        return by_nature(endpoint)

    return score


def by_nature(endpoint: Endpoint) -> float:
    """Quality that nobody has measured, best lowest: the author's own, then precision."""
    own = endpoint.model.partition("/")[0] == endpoint.provider
    return _AUTHORS_OWN if own else float(_PRECISION[endpoint.quantization])


SORTS: Final[dict[SortBy, Callable[[Sequence[Endpoint], Terms, HealthView], Score]]] = {
    "price": _by_price,
    "throughput": _by_throughput,
    "latency": _by_latency,
    "exacto": _by_quality,
}


def _throughput(figures: Figures) -> Percentiles | None:
    return figures.throughput_tps


def _ttft(figures: Figures) -> Percentiles | None:
    return figures.ttft_ms


def _latest(
    endpoint: Endpoint, health: HealthView, measure: Callable[[Figures], Percentiles | None]
) -> Percentiles | None:
    """Of the last five minutes; who was not tried in them is taken as it was before."""
    for window_s in _LONGER_S:
        figures = health.figures(endpoint.id, window_s)
        found = None if figures is None else measure(figures)
        if found is not None:
            return found
    return None


def misses(preferences: Preferences, health: HealthView) -> Callable[[Endpoint], int] | None:
    """1 for an endpoint that misses a preferred cut-off, else 0; None when nothing is preferred."""
    floor, ceiling = preferences.preferred_min_throughput, preferences.preferred_max_latency
    if floor is None and ceiling is None:
        return None
    floors = Cutoffs(p50=floor) if isinstance(floor, int | float) else floor or Cutoffs()
    ceilings = Cutoffs(p50=ceiling) if isinstance(ceiling, int | float) else ceiling or Cutoffs()

    def look(endpoint: Endpoint) -> int:
        figures = health.figures(endpoint.id, MEASURE_WINDOW_S)
        if figures is None:
            return 0
        speed, wait = figures.throughput_tps, figures.ttft_ms
        for name in ("p50", "p75", "p90", "p99"):
            least, most = getattr(floors, name), getattr(ceilings, name)
            if least is not None and speed is not None and getattr(speed, name) < least:
                return 1
            if most is not None and wait is not None and getattr(wait, name) > most * 1000:
                return 1
        return 0

    return look
