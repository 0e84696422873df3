"""When a second endpoint is started beside a silent one, and what hedges may cost."""

from typing import Final

import msgspec
from tests.unit.flow.routing import MODEL, NOW_S, OUTAGE_S, endpoint, plan, served, world

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.rules import Hedging
from turnout.core.types import Generation, Unpriced
from turnout.flow.allowance import DAY_MS, Allowance
from turnout.flow.failover import Failover
from turnout.flow.hedge import hedge_after_s, loser_nusd
from turnout.metrics.health import Health

WHO: Final = f"{MODEL}@a"
RULES: Final = Hedging(enabled=True)
DAY: Final = 20_000


def after_s(health: Health, allowance: Allowance | None = None) -> float | None:
    """When a hedge starts."""
    view = health.view(NOW_S, OUTAGE_S)
    return hedge_after_s(WHO, view, allowance or Allowance(), RULES)


def paid(spent_nusd: int = 1_000_000, *, requests: int = 1_000, extra_nusd: int = 0) -> Allowance:
    """A day on which so much was spent."""
    found = Allowance()
    for _ in range(requests):
        found.add(DAY, spent_nusd / requests, extra=False)
    found.add(DAY, extra_nusd, extra=True)
    return found


def test_hedge_waits_for_the_endpoints_own_p95() -> None:
    """Between its p90 and its p99, whatever others do."""
    health = Health()
    served(health, "a", ttft_ms=[400] * 90 + [600] * 4 + [2_000] * 6)
    wait_s = after_s(health)
    assert wait_s is not None
    assert 0.4 < wait_s < 2.0


def test_hedge_needs_a_record_to_judge_by() -> None:
    """An endpoint that was hardly measured is not known to be late."""
    health = Health()
    assert after_s(health) is None
    served(health, "a", ttft_ms=[400] * 10)
    assert after_s(health) is None


def test_hedge_waits_longer_as_the_allowance_runs_low_and_ends_with_it() -> None:
    """What is left is spent on the latest; what is spent is spent."""
    health = Health()
    served(health, "a", ttft_ms=list(range(300, 500)))
    fresh, half = after_s(health, paid()), after_s(health, paid(extra_nusd=10_000))
    assert fresh is not None
    assert half is not None
    assert fresh < half
    assert after_s(health, paid(extra_nusd=30_000)) is None


def test_allowance_is_a_share_of_the_days_spend() -> None:
    """Losers count as spend too; a new day begins with nothing."""
    allowance = paid(extra_nusd=15_000)
    assert allowance.takes(5_000, RULES)
    assert not allowance.takes(6_000, RULES)
    allowance.add(DAY + 1, 100.0, extra=False)
    assert (allowance.extra_nusd, allowance.spent_nusd, allowance.requests) == (0.0, 100.0, 1)


def test_allowance_is_never_overdrawn_whatever_is_asked_of_it() -> None:
    """Only what fits is taken, so the share holds at every moment."""
    allowance = Allowance()
    for step in range(2_000):
        allowance.add(DAY, 1_000.0, extra=False)
        if allowance.takes(700.0, RULES):
            allowance.add(DAY, 700.0, extra=True)
        assert allowance.extra_nusd <= RULES.spend_share * allowance.spent_nusd + 1e-6
        assert step < 100 or allowance.extra_nusd > 0


def test_allowance_holds_what_runs_and_forgets_no_day() -> None:
    """Hedges under way count as spent until they have ended; an earlier day's record is today's."""
    allowance = paid()
    assert allowance.takes(20_000, RULES)
    allowance.held_nusd = 15_000
    assert not allowance.takes(10_000, RULES)
    allowance.add(DAY - 1, 50.0, extra=False)
    assert (allowance.day, allowance.spent_nusd) == (DAY, 1_000_050.0)
    allowance.begin(DAY + 1)
    assert (allowance.spent_nusd, allowance.held_nusd) == (0.0, 15_000)


def test_allowance_counts_records_without_the_losers_in_them() -> None:
    """Those were added when they lost."""
    allowance = Allowance()
    allowance.add(DAY, 300.0, extra=True)
    record = Generation(
        id="gen-1",
        key_hash="k",
        created_ms=DAY * DAY_MS,
        state="succeeded",
        cost_nusd=1_300,
        hedge_nusd=300,
    )
    allowance.settled(record)
    assert (allowance.spent_nusd, allowance.extra_nusd, allowance.requests) == (1_300.0, 300.0, 1)


def test_allowance_lets_free_answers_be_hedged_by_free_ones() -> None:
    """Nothing is a share of nothing; what costs something is not."""
    allowance = paid(0, requests=10)
    assert allowance.used(RULES) == 0
    assert allowance.takes(0, RULES)
    assert not allowance.takes(1, RULES)


def test_loser_costs_its_prompt() -> None:
    """And an answer where the provider writes on; nobody knows of an endpoint without a price."""
    priced = endpoint("a")
    prompt_nusd = loser_nusd(priced, 1_000)
    assert prompt_nusd is not None
    assert prompt_nusd > 0
    assert (loser_nusd(priced, 1_000, 500) or 0) > prompt_nusd
    assert loser_nusd(msgspec.structs.replace(priced, price=Unpriced()), 1_000) is None


def test_endpoint_that_does_not_fit_as_a_rival_is_still_there_for_a_failure() -> None:
    """It is passed over, and costs no attempt."""
    two = world(endpoint("a"), endpoint("b"))
    made = plan(two, health=Health().view(NOW_S, OUTAGE_S))
    turns = Failover(made.steps, 3)
    assert turns.next() is not None
    assert turns.beside(lambda _: False) is None
    assert turns.next() == made.steps[1]


def test_rival_is_the_next_endpoint_that_is_well() -> None:
    """Not one that is open or at its cap; and it counts as an attempt."""
    three = world(endpoint("a"), endpoint("b"), endpoint("c"))
    health = Health()
    made = plan(three, health=health.view(NOW_S, OUTAGE_S))
    turns = Failover(made.steps, 3, lambda name: name == made.steps[1].endpoint.id)
    first = turns.next()
    assert first is not None
    assert first == made.steps[0]
    assert turns.beside() == made.steps[2]
    assert turns.beside() is None
    turns.failed(first, "A", UpstreamError(FailureKind.RATE_LIMITED, ""), other_key=False)
    assert turns.next() is None  # the one that is left is full


def test_retry_skips_who_is_full_and_the_first_try_does_not() -> None:
    """Callers of a failed endpoint are not all sent to the next one beyond what it takes."""
    three = world(endpoint("a"), endpoint("b"), endpoint("c"))
    made = plan(three, health=Health().view(NOW_S, OUTAGE_S))
    full = {made.steps[0].endpoint.id, made.steps[1].endpoint.id}
    turns = Failover(made.steps, 6, full.__contains__)
    first = turns.next()
    assert first is not None
    assert first == made.steps[0]
    turns.failed(first, "A", UpstreamError(FailureKind.OVERLOADED, ""), other_key=False)
    assert turns.next() == made.steps[2]
