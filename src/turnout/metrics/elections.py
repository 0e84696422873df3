"""The election of one endpoint per model for the exacto mode: by quality, on enough evidence.

Pure: the job that applies it is `jobs.elect`. An endpoint that is elected stays until its quality
is certainly below the floor, or it is gone; a better one alone does not unseat it, so that all
callers keep getting the same model from the same place.
"""

import math
from collections.abc import Sequence
from typing import Final

from turnout.core.rules import Exacto
from turnout.core.types import Endpoint
from turnout.metrics.election import Election, Evidence, Why
from turnout.metrics.figures import Figures
from turnout.metrics.health import HealthView

_SURE: Final = 2.0


def elect(
    model: str,
    endpoints: Sequence[Endpoint],
    health: HealthView,
    seated: str | None,
    rules: Exacto,
) -> Election | None:
    """A new election, or None where the seated one stays or nobody has enough evidence."""
    found = [evidence(e.id, health, rules) for e in endpoints if e.tier is None]
    able = [each for each in found if each is not None and each.samples >= rules.least_samples]
    able.sort(key=lambda each: (-each.quality, each.endpoint))
    why: Why = "first"
    if seated is not None:
        if not any(e.id == seated for e in endpoints):
            why = "gone"
        elif not _has_fallen(seated, health, rules):
            return None
        else:
            why = "below the floor"
            able = [each for each in able if each.endpoint != seated]
    if not able:
        return None
    return Election(
        model=model,
        endpoint=able[0].endpoint,
        why=why,
        instead_of=seated,
        evidence=tuple(able[:16]),
    )


def evidence(endpoint: str, health: HealthView, rules: Exacto) -> Evidence | None:
    """An endpoint's record; None when it was never tried."""
    figures = health.figures(endpoint, 86400)
    if figures is None:
        return None
    rows = _rows(figures, rules)
    total = sum(weight for weight, _, _ in rows)
    if not total:
        return None
    quality = sum(weight * _at_worst(good, seen) for weight, good, seen in rows) / total
    judged = figures.served + figures.faults
    return Evidence(
        endpoint=endpoint,
        quality=quality,
        samples=judged,
        tool_success=figures.tool_success,
        shape_success=figures.shape_success,
        uptime=figures.served / judged if judged else None,
    )


def _rows(figures: Figures, rules: Exacto) -> list[tuple[float, int, int]]:
    """(weight, good ones, all of them) of each measure that has a sample."""
    listed = [
        (rules.tool_weight, figures.tool_answers - figures.tool_faults, figures.tool_answers),
        (rules.shape_weight, figures.shaped_answers - figures.shape_faults, figures.shaped_answers),
        (rules.uptime_weight, figures.served, figures.served + figures.faults),
    ]
    return [row for row in listed if row[2]]


def _has_fallen(seated: str, health: HealthView, rules: Exacto) -> bool:
    """Whether even the best that its last half hour allows is below the floor."""
    figures = health.figures(seated, 1800)
    if figures is None or figures.served + figures.faults < rules.least_samples:
        return False
    rows = _rows(figures, rules)
    total = sum(weight for weight, _, _ in rows) or 1.0
    return sum(weight * _at_best(good, seen) for weight, good, seen in rows) / total < rules.floor


def _at_worst(good: int, seen: int) -> float:
    """Wilson's lower bound of a share."""
    return _wilson(good, seen, -_SURE)


def _at_best(good: int, seen: int) -> float:
    return _wilson(good, seen, _SURE)


def _wilson(good: int, seen: int, bound: float) -> float:
    share, square = good / seen, bound * bound
    spread = math.sqrt(share * (1 - share) / seen + square / (4 * seen * seen))
    return (share + square / (2 * seen) + bound * spread) / (1 + square / seen)
