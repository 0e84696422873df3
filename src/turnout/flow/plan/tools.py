"""Whose tool calls are worse than its peers': a soft preference of requests with tools.

Source: contract section 3.4, "Auto Exacto", at the volumes of one installation: the record is of a
day, and an endpoint goes behind only when its success is below its peers' beyond doubt.
"""

import math
from collections.abc import Sequence
from statistics import median
from typing import Final

from turnout.core.types import Endpoint
from turnout.metrics.figures import Figures
from turnout.metrics.health import HealthView

LEAST_ANSWERS: Final = 20
_SURE: Final = 2.0
_MARGIN: Final = 0.02


def poor_callers(endpoints: Sequence[Endpoint], health: HealthView) -> frozenset[str]:
    """Ids of the endpoints whose tool calls are known to be bad; remembered for a moment."""
    key = ("tools", *[e.id for e in endpoints])
    return health.remembered(key, lambda: _poor(endpoints, health))


def _poor(endpoints: Sequence[Endpoint], health: HealthView) -> frozenset[str]:
    known: dict[str, Figures] = {}
    for endpoint in endpoints:
        figures = health.figures(endpoint.id, 86400)
        if figures is not None and figures.tool_answers >= LEAST_ANSWERS:
            known[endpoint.id] = figures
    if len(known) < 2:
        return frozenset()
    usual = median(_success(figures) for figures in known.values())
    return frozenset(name for name, figures in known.items() if _at_best(figures) < usual - _MARGIN)


def _success(figures: Figures) -> float:
    return 1 - figures.tool_faults / figures.tool_answers


def _at_best(figures: Figures) -> float:
    """What the success may still be, two standard deviations above what was seen."""
    share = _success(figures)
    doubt = math.sqrt(max(share * (1 - share), 0.25 / figures.tool_answers) / figures.tool_answers)
    return share + _SURE * doubt
