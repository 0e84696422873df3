"""Standing of endpoints and keys over time: outage, breaker, cool-downs, turns."""

from typing import Final

import pytest

from turnout.core.types import Outcome
from turnout.metrics.figures import Figures
from turnout.metrics.health import (
    DEFAULT_COOL_S,
    FAILURES_TO_OPEN,
    FIRST_REST_S,
    KEY_FAULT_REST_S,
    LONGEST_COOL_S,
    LONGEST_REST_S,
    Health,
    State,
)

WHO: Final = "acme/one@a"
OUTAGE_S: Final = 30.0


def note(health: Health, at_s: float, failure: str | None = None, *, hurts: bool = True) -> None:
    """One outcome."""
    health.record(
        Outcome(
            endpoint=WHO, at_s=at_s, failure=failure, hurts_health=hurts and failure is not None
        )
    )


def state(health: Health, now_s: float) -> State:
    """Where the endpoint stands."""
    return health.view(now_s, OUTAGE_S).state(WHO)


def opened(at_s: float = 0.0) -> Health:
    """A breaker that opened at that second."""
    health = Health()
    for _ in range(FAILURES_TO_OPEN):
        note(health, at_s, "server")
    return health


def test_health_of_the_unknown_is_good() -> None:
    """Nobody is suspect before being tried."""
    health = Health()
    view = health.view(0.0, OUTAGE_S)
    assert (view.state(WHO), view.cooling_s(WHO)) == ("healthy", 0.0)
    assert view.figures(WHO, 300) is None


def test_health_is_unstable_for_the_outage_window() -> None:
    """One fault weighs for half a minute, whatever succeeds meanwhile."""
    health = Health()
    note(health, 0.0, "server")
    note(health, 1.0)
    assert state(health, 29.9) == "unstable"
    assert state(health, 30.0) == "healthy"


@pytest.mark.parametrize("failure", ["rate_limited", "bad_request", "cancelled"])
def test_health_does_not_suffer_from_what_is_nobodys_fault(failure: str) -> None:
    """Limits, the caller's mistakes and clients that left open no breaker."""
    health = Health()
    for _ in range(3 * FAILURES_TO_OPEN):
        note(health, 0.0, failure, hurts=False)
    assert state(health, 0.1) == "healthy"


def test_breaker_opens_after_faults_in_a_row_only() -> None:
    """A success in between starts the count anew."""
    health = Health()
    for _ in range(FAILURES_TO_OPEN - 1):
        note(health, 0.0, "server")
    note(health, 0.0)
    for _ in range(FAILURES_TO_OPEN - 1):
        note(health, 0.0, "server")
    assert state(health, 0.1) == "unstable"
    note(health, 0.0, "server")
    assert state(health, 0.1) == "open"


def test_breaker_lets_one_trial_in_at_a_time() -> None:
    """When the rest is over the first one tries; to all others it is open until that ends."""
    health = opened()
    after_s = FIRST_REST_S + 0.1
    assert state(health, FIRST_REST_S - 0.1) == "open"
    assert state(health, after_s) == "unstable"
    health.admit_trial(WHO, after_s)
    assert state(health, after_s + 0.01) == "open"
    note(health, after_s + 1)
    assert state(health, after_s + 1.01) == "unstable"
    assert state(health, OUTAGE_S + 1) == "healthy"


def test_breaker_rests_twice_as_long_after_each_failed_trial() -> None:
    """Up to a bound; one success forgets it all."""
    health = opened()
    rest_s, now_s = FIRST_REST_S, 0.0
    for _ in range(8):
        now_s += rest_s
        assert state(health, now_s - 0.01) == "open"
        assert state(health, now_s) != "open"
        health.admit_trial(WHO, now_s)
        note(health, now_s, "server")
        rest_s = min(LONGEST_REST_S, rest_s * 2)
    assert rest_s == LONGEST_REST_S
    note(health, now_s)
    assert state(health, now_s) == "unstable"


def test_breaker_survives_a_trial_that_never_ended() -> None:
    """It holds the others back for one more rest at most."""
    health = opened()
    health.admit_trial(WHO, FIRST_REST_S)
    assert state(health, 2 * FIRST_REST_S - 0.01) == "open"
    assert state(health, 2 * FIRST_REST_S) != "open"


def test_cooling_keeps_the_providers_wish() -> None:
    """To the moment; a shorter wish never shortens a longer one."""
    health = Health()
    assert health.cool(WHO, 0.0, 12.5) == 12.5
    health.cool(WHO, 1.0, 2.0)
    assert state(health, 12.4) == "cooling"
    assert health.view(10.0, OUTAGE_S).cooling_s(WHO) == 2.5
    assert state(health, 12.5) == "healthy"


def test_cooling_without_a_wish_doubles_until_something_succeeds() -> None:
    """From two seconds to five minutes."""
    health = Health()
    waits = [health.cool(WHO, 0.0, None) for _ in range(10)]
    assert waits[:3] == [DEFAULT_COOL_S, 2 * DEFAULT_COOL_S, 4 * DEFAULT_COOL_S]
    assert waits[-1] == LONGEST_COOL_S
    note(health, 1.0)
    assert health.cool(WHO, 2.0, None) == DEFAULT_COOL_S


def test_cooling_is_bounded_whatever_a_provider_says() -> None:
    """A wish of a year is not obeyed."""
    assert Health().cool(WHO, 0.0, 31_536_000.0) == LONGEST_COOL_S


def test_keys_take_turns() -> None:
    """Round robin, for each provider by itself."""
    health = Health()
    assert [health.next_key("a", 3, 0.0) for _ in range(4)] == [0, 1, 2, 0]
    assert health.next_key("b", 2, 0.0) == 0


def test_keys_at_rest_are_passed_over() -> None:
    """Until their time; when all rest there is none to give."""
    health = Health()
    health.rest_key("a", 0, 0.0, 10.0)
    assert [health.next_key("a", 2, 1.0) for _ in range(2)] == [1, 1]
    health.rest_key("a", 1, 0.0, None)
    assert health.next_key("a", 2, 1.0) is None
    assert not health.has_key("a", 2, 1.0)
    assert health.next_key("a", 2, 10.0) == 0
    assert health.has_key("a", 2, KEY_FAULT_REST_S)
    assert health.next_key("b", 2, 1.0) == 0


def test_keys_asking_takes_no_turn() -> None:
    """Only `next_key` moves on."""
    health = Health()
    for _ in range(5):
        assert health.has_key("a", 2, 0.0)
    assert health.next_key("a", 2, 0.0) == 0


def test_model_figures_are_those_of_all_its_endpoints() -> None:
    """Counts add up, percentiles are of all together; a model's name is not another's beginning."""
    health = Health()
    assert health.model_figures("acme/one", 300, 0.0) is None
    for tag, latency_ms in (("a", 100), ("a", 100), ("b", 900)):
        health.record(Outcome(endpoint=f"acme/one@{tag}", at_s=0.0, latency_ms=latency_ms))
    health.record(Outcome(endpoint="acme/one-more@a", at_s=0.0, latency_ms=5))
    found = health.model_figures("acme/one", 300, 1.0)
    assert found is not None
    assert (found.attempts, found.served) == (3, 3)
    assert found.latency_ms is not None
    assert found.latency_ms.p50 == pytest.approx(100, rel=0.04)
    assert found.latency_ms.p90 == pytest.approx(900, rel=0.04)
    assert health.model_figures("acme/one", 300, 300.0) == Figures(window_s=300)
