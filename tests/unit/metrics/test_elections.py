"""Who is elected for a model's exacto mode, and what unseats them."""

from typing import Final

from tests.unit.flow.routing import endpoint

from turnout.core.rules import Exacto
from turnout.core.types import Endpoint, Outcome
from turnout.metrics.election import Election
from turnout.metrics.elections import elect
from turnout.metrics.health import Health

MODEL: Final = "acme/one"
RULES: Final = Exacto()
A, B, C = (endpoint(tag) for tag in "abc")
ALL: Final = (A, B, C)


def answered(
    health: Health, who: Endpoint, good: int, bad: int = 0, *, faults: int = 0, at_s: float = 100.0
) -> None:
    """Tool calls, valid or not, and attempts that failed."""
    for index in range(good + bad):
        health.record(Outcome(endpoint=who.id, at_s=at_s, tools_valid=index < good))
    for _ in range(faults):
        health.record(Outcome(endpoint=who.id, at_s=at_s, failure="server", hurts_health=True))


def held(health: Health, seated: str | None = None, *, now_s: float = 101.0) -> Election | None:
    """An election among all three."""
    return elect(MODEL, ALL, health.view(now_s, 30.0), seated, RULES)


def test_election_needs_enough_samples() -> None:
    """A perfect record of few answers elects nobody."""
    health = Health()
    answered(health, A, RULES.least_samples - 1)
    assert held(health) is None


def test_election_is_won_by_what_is_certain() -> None:
    """The best record wins; fewer samples of the same quality are worth less."""
    health = Health()
    answered(health, A, 950, 50)
    answered(health, B, 990, 10)
    answered(health, C, 60, 0)
    found = held(health)
    assert found is not None
    assert (found.endpoint, found.why, found.instead_of) == (B.id, "first", None)
    assert [each.endpoint for each in found.evidence] == [B.id, A.id, C.id]
    assert found.evidence[0].tool_success == 0.99
    assert found.evidence[0].samples == 1000


def test_election_counts_uptime_beside_tool_calls() -> None:
    """Of two that call tools equally well the one that is there wins."""
    health = Health()
    answered(health, A, 300, faults=100)
    answered(health, B, 300)
    found = held(health)
    assert found is not None
    assert found.endpoint == B.id


def test_seat_is_kept_though_another_is_better() -> None:
    """The same endpoint for every caller, until it falls."""
    health = Health()
    answered(health, A, 950, 50)
    answered(health, B, 1000)
    assert held(health, A.id) is None


def test_seat_is_lost_below_the_floor() -> None:
    """Certainly below, by the last half hour; whoever fell does not follow itself."""
    health = Health()
    answered(health, A, 5_000)
    answered(health, B, 980, 20)
    assert held(health, A.id) is None
    answered(health, A, 20, 200, at_s=3_000.0)
    found = held(health, A.id, now_s=3_001.0)
    assert found is not None
    assert (found.endpoint, found.why, found.instead_of) == (B.id, "below the floor", A.id)


def test_seat_is_lost_when_the_endpoint_is_gone() -> None:
    """A provider that was switched off serves nobody."""
    health = Health()
    answered(health, B, 200)
    found = elect(MODEL, (B, C), health.view(101.0, 30.0), A.id, RULES)
    assert found is not None
    assert (found.endpoint, found.why) == (B.id, "gone")


def test_tiers_are_not_elected() -> None:
    """A service tier is used only when asked for."""
    health = Health()
    tier = endpoint("a/flex", tier="flex")
    answered(health, tier, 500)
    assert elect(MODEL, (tier, B), health.view(101.0, 30.0), None, RULES) is None
