"""In which order eligible endpoints are tried.

Balanced: drawn by the shares of `balanced`, each next one from the rest. While too little is
measured the classic rule of the contract, 3.3, stands: healthy ones first, each next one drawn by
chance weighted with the inverse square of its blended price. A sort orders by one figure.

Whatever the mode, behind its place goes: an endpoint whose breaker is open, one that has reached
its learned cap, one that has just healed (by chance, less and less), one that misses a preferred
cut-off, and, for requests with tools, one whose tool calls are worse than its peers'.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from turnout.core.preferences import Preferences, Sort, SortBy
from turnout.core.types import Endpoint
from turnout.flow.plan.balanced import Board, board_of
from turnout.flow.plan.prices import blended_rate
from turnout.flow.plan.scores import LAST, SORTS, Score, by_share, misses, uniform, weighted
from turnout.flow.plan.terms import Terms
from turnout.flow.plan.tools import poor_callers
from turnout.flow.planned import Basis, Place, Weighed
from turnout.metrics.health import HealthView, State

_NO_ROWS: Final[Mapping[str, Weighed]] = {}

_RANK: Final[dict[State, int]] = {"healthy": 0, "unstable": 1, "open": 4, "cooling": 5}
_AT_CAP: Final = 3
_HEALING: Final = 2

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
    score, basis = _score(endpoints, sort, board, terms, health, seed)
    late = _late(endpoints, sort, terms, health)
    untried = _untried(endpoints, health, seed) if sort in ("throughput", "latency") else None
    rows = board.rows if board is not None else _NO_ROWS
    places: list[tuple[tuple[float, ...], Place]] = []
    for index, endpoint in enumerate(endpoints):
        name = endpoint.id
        state = health.state(name)
        # In a measured order faults count by their share; a pure sort was asked for as it is.
        rank = 0 if state == "unstable" and basis != "weighted" else _RANK[state]
        figure = score(index, endpoint)
        held, rank = _held_back(name, health, seed + index, rank)
        if endpoint is untried:
            rank, figure = min(rank, 0), -LAST
        missed = 0
        if late is not None and (reason := late(endpoint)):
            missed, held = 1, held or reason
        price = blended_rate(endpoint) if sort is not None else None
        key = (rank, missed, figure, LAST if price is None else price, index)
        places.append((key, Place(endpoint, state, figure, rows.get(name), held)))
    places.sort(key=_first)
    return Ordered([place for _, place in places], basis, board)


def _score(
    endpoints: Sequence[Endpoint],
    sort: SortBy | None,
    board: Board | None,
    terms: Terms,
    health: HealthView,
    seed: int,
) -> tuple[Score, Basis]:
    if sort is not None:
        return SORTS[sort](endpoints, terms, health), sort
    if board is not None:
        return by_share(seed, board), "balanced"
    return weighted(seed), "weighted"


def _late(
    endpoints: Sequence[Endpoint], sort: SortBy | None, terms: Terms, health: HealthView
) -> Callable[[Endpoint], HeldBack] | None:
    """What puts an endpoint behind its equals by what the request is; None for most requests."""
    cutoffs = misses(terms.preferences, health)
    poor = _poor(endpoints, sort, terms, health)
    if cutoffs is None and not poor:
        return None

    def look(endpoint: Endpoint) -> HeldBack:
        if endpoint.id in poor:
            return "tools"
        return "cutoff" if cutoffs is not None and cutoffs(endpoint) else ""

    return look


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
