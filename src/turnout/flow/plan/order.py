"""In which order eligible endpoints are tried.

Balanced: drawn by the shares of `balanced`, each next one from the rest. While too little is
measured the classic rule of the contract, 3.3, stands: healthy ones first, each next one drawn by
chance weighted with the inverse square of its blended price. A sort orders by one figure.

Whatever the mode, behind its place goes: an endpoint whose breaker is open, one that has reached
its learned cap, one that has just healed (by chance, less and less), one that misses a preferred
cut-off, and, for requests with tools, one whose tool calls are worse than its peers'.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from turnout.core.histogram import Percentiles
from turnout.core.preferences import Cutoffs, Preferences, Sort, SortBy
from turnout.core.types import Endpoint, Quantization
from turnout.flow.plan.balanced import Board, board_of
from turnout.flow.plan.prices import blended_rate, mix_of, request_price
from turnout.flow.plan.terms import Terms
from turnout.flow.plan.tools import poor_callers
from turnout.flow.planned import Basis, Place, Weighed
from turnout.metrics.figures import Figures, WindowS
from turnout.metrics.health import HealthView, State

MEASURE_WINDOW_S: Final = 300
"""How far back `preferred_*` look, and sorts at first. Contract section 3.2: 5 minutes."""

_LONGER_S: Final[tuple[WindowS, ...]] = (300, 1800, 86400)
_CHEAPEST: Final = 10**9  # atto-USD a token ($0.001 per million): free endpoints weigh as much
_LAST: Final = float("inf")

_PRECISION: Final[dict[Quantization, int]] = {
    "fp32": 0, "bf16": 1, "fp16": 1, "unknown": 2, "fp8": 3, "mxfp8": 3, "int8": 4,
    "fp6": 5, "fp4": 6, "mxfp4": 6, "nvfp4": 6, "int4": 7,
}  # fmt: skip
_NO_ROWS: Final[Mapping[str, Weighed]] = {}
_PINNED: Final = -3.0
_ELECTED: Final = -2.0
_AUTHORS_OWN: Final = -1.0

_RANK: Final[dict[State, int]] = {"healthy": 0, "unstable": 1, "open": 4, "cooling": 5}
_AT_CAP: Final = 3
_HEALING: Final = 2

Score: TypeAlias = Callable[[int, Endpoint], float]
HeldBack: TypeAlias = Literal["", "at_cap", "healing", "tools", "cutoff"]


class Ordered(msgspec.Struct, frozen=True):
    """All endpoints, best first; `board` is what a balanced order was drawn by."""

    places: list[Place]
    basis: Basis
    board: Board | None = None


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
    terms: Terms,
    health: HealthView,
    seed: int,
) -> Ordered:
    """All endpoints, best first.

    Args:
        sort: Orders purely by one figure; None balances the load.
        seed: 64 bits; the same seed gives the same order.
    """
    if len(endpoints) == 1:
        only = endpoints[0]
        return Ordered([Place(only, health.state(only.id), 0.0)], sort or "weighted")
    board = board_of(endpoints, health) if sort is None and health.rules.enabled else None
    if sort is not None:
        score, basis = _SORTS[sort](endpoints, terms, health), sort
    elif board is not None:
        score, basis = _by_share(seed, board), "balanced"
    else:
        score, basis = _weighted(seed), "weighted"
    cutoffs = _misses(terms.preferences, health)
    poor = _poor(endpoints, sort, terms, health)
    untried = _untried(endpoints, health, seed) if sort in ("throughput", "latency") else None
    steady = basis != "weighted"
    rows = board.rows if board is not None else _NO_ROWS
    places: list[tuple[tuple[float, ...], Place]] = []
    for index, endpoint in enumerate(endpoints):
        name = endpoint.id
        state = health.state(name)
        # In a measured order faults count by their share; a pure sort was asked for as it is.
        rank = 0 if steady and state == "unstable" else _RANK[state]
        figure = score(index, endpoint)
        held, rank = _held_back(name, health, seed + index, rank)
        if untried is not None and endpoint is untried:
            rank, figure = min(rank, 0), -_LAST
        missed = 0
        if poor and name in poor:
            missed, held = 1, held or "tools"
        if cutoffs is not None and cutoffs(endpoint):
            missed, held = 1, held or "cutoff"
        price = blended_rate(endpoint) if sort is not None else None
        key = (rank, missed, figure, _LAST if price is None else price, index)
        places.append((key, Place(endpoint, state, figure, rows.get(name), held)))
    places.sort(key=_first)
    return Ordered([place for _, place in places], basis, board)


def _first(pair: tuple[tuple[float, ...], Place]) -> tuple[float, ...]:
    return pair[0]


def _held_back(name: str, health: HealthView, draw: int, rank: int) -> tuple[HeldBack, int]:
    """Behind the others for its cap, or by chance while it heals."""
    standing = health.standing(name)
    if standing is None:
        return "", rank
    if standing.cap.rps is not None and standing.cap.room(health.now_s, health.rules) < 0:
        return "at_cap", max(rank, _AT_CAP)
    ramp = standing.ramp(health.now_s, health.rules)
    if ramp < 1 and uniform(draw ^ _OTHER_DRAW, 0) > ramp:
        return "healing", max(rank, _HEALING)
    return "", rank


_OTHER_DRAW: Final = 0x5851F42D4C957F2D  # so that this chance and that of the order are two


def _poor(
    endpoints: Sequence[Endpoint], sort: SortBy | None, terms: Terms, health: HealthView
) -> frozenset[str]:
    """Whom requests with tools avoid. An explicit sort and the cheapest mode mean what they say."""
    if "tools" not in terms.needs.parameters or not terms.tools_first or sort == "price":
        return frozenset()
    if sort is not None and sort_of(terms.preferences, None) is not None:
        return frozenset()
    return poor_callers(endpoints, health)


def _untried(endpoints: Sequence[Endpoint], health: HealthView, seed: int) -> Endpoint | None:
    """Now and then an endpoint that nobody has measured goes first, or it never would be.

    Each gets `least_attempts` tries in a day so, by `newcomer_share` of the requests.
    """
    if uniform(seed ^ _OTHER_DRAW, 1) >= health.rules.newcomer_share:
        return None
    least = health.rules.least_attempts
    for endpoint in endpoints:
        figures = health.figures(endpoint.id, 86400)
        if (figures is None or figures.attempts < least) and health.state(endpoint.id) == "healthy":
            return endpoint
    return None


def _by_share(seed: int, board: Board) -> Score:
    """Sorting by -ln(u)/w draws without replacement by weight w (Efraimidis, Spirakis 2006)."""
    rows = board.rows

    def score(index: int, endpoint: Endpoint) -> float:
        row = rows.get(endpoint.id)
        if row is None or row.share <= 0:
            return _LAST
        return -math.log(uniform(seed, index)) / row.share

    return score


def _weighted(seed: int) -> Score:
    """The classic rule, drawn the same way."""

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


def _by_price(endpoints: Sequence[Endpoint], _terms: Terms, health: HealthView) -> Score:
    """Atto-USD a token as it really costs: with the model's token mix and the own cache hits."""
    readings = {e.id: health.reading(e.id) for e in endpoints}
    if not any(reading is not None and reading.served for reading in readings.values()):
        return _by_list_price
    mix = mix_of(list(readings.values()))
    tokens = mix.prompt_tok + mix.completion_tok

    def score(_index: int, endpoint: Endpoint) -> float:
        reading = readings[endpoint.id]
        cost = request_price(endpoint, 0.0 if reading is None else reading.cache_share, mix)
        return _LAST if cost is None else cost / tokens

    return score


def _by_list_price(_index: int, endpoint: Endpoint) -> float:
    rate = blended_rate(endpoint)
    return _LAST if rate is None else float(rate)


def _by_throughput(_endpoints: Sequence[Endpoint], _terms: Terms, health: HealthView) -> Score:
    def score(_index: int, endpoint: Endpoint) -> float:
        found = _latest(endpoint, health, _throughput)
        return _LAST if found is None else -found.p50

    return score


def _by_latency(_endpoints: Sequence[Endpoint], _terms: Terms, health: HealthView) -> Score:
    def score(_index: int, endpoint: Endpoint) -> float:
        found = _latest(endpoint, health, _ttft)
        return _LAST if found is None else found.p50

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


_SORTS: Final[dict[SortBy, Callable[[Sequence[Endpoint], Terms, HealthView], Score]]] = {
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


def _misses(preferences: Preferences, health: HealthView) -> Callable[[Endpoint], int] | None:
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
