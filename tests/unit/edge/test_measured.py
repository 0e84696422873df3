"""The catalog's status of an endpoint, from its windows."""

from typing import Final

import pytest

from turnout.core.types import Outcome
from turnout.edge.measured import DOWN_AFTER, ENOUGH, status_of
from turnout.metrics.health import Health

WHO: Final = "acme/one@a"
OUTAGE_S: Final = 30.0


def status(health: Health, now_s: float) -> int:
    """As the catalog shows it."""
    view = health.view(now_s, OUTAGE_S)
    five_minutes, half_hour = view.figures(WHO, 300), view.figures(WHO, 1800)
    assert five_minutes is not None
    assert half_hour is not None
    return status_of(view, WHO, five_minutes, half_hour)


def after(*, served: int, every: int) -> Health:
    """So many successes, and a fault before each `every`-th of them."""
    health = Health()
    for number in range(served):
        if number % every == 0:
            health.record(Outcome(endpoint=WHO, at_s=0.0, failure="server", hurts_health=True))
        health.record(Outcome(endpoint=WHO, at_s=0.0))
    return health


@pytest.mark.parametrize(
    ("served", "every", "expected"),
    [(ENOUGH, 50, 0), (ENOUGH, 10, -1), (ENOUGH, 3, -2), (ENOUGH // 3, 3, 0)],
)
def test_status_follows_uptime_when_there_is_enough_of_it(
    served: int, every: int, expected: int
) -> None:
    """98 % is normal, 91 % degraded, 75 % only a fallback; little data lowers nothing."""
    health = after(served=served, every=every)
    assert status(health, OUTAGE_S + 60) == expected
    assert status(health, 2000.0) == 0, "old faults are forgotten"


def test_status_of_an_endpoint_that_only_fails_is_down() -> None:
    """Ten faults and no success within five minutes."""
    health = Health()
    for _ in range(DOWN_AFTER):
        health.record(Outcome(endpoint=WHO, at_s=0.0, failure="server", hurts_health=True))
    assert status(health, 1.0) == -10
    assert status(health, 301.0) != -10


def test_status_says_a_fault_is_recent() -> None:
    """For as long as the plan holds it against the endpoint."""
    health = after(served=1, every=1)
    assert status(health, 1.0) == -1
    assert status(health, OUTAGE_S + 1) == 0
