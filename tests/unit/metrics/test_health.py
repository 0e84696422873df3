"""Standing of endpoints and keys over time: outage, breaker, cool-downs, turns."""

from typing import Final

import pytest

from turnout.core.rules import BALANCED
from turnout.core.types import Outcome
from turnout.metrics.figures import Figures
from turnout.metrics.health import (
    DEFAULT_COOL_S,
    KEY_FAULT_REST_S,
    LONGEST_COOL_S,
    Health,
    State,
)
from turnout.metrics.standing import Standing

WHO: Final = "acme/one@a"
PEER: Final = "acme/one@b"
OUTAGE_S: Final = 30.0


def note(
    health: Health, at_s: float, failure: str | None = None, *, hurts: bool = True, who: str = WHO
) -> None:
    """One outcome."""
    health.record(
        Outcome(
            endpoint=who, at_s=at_s, failure=failure, hurts_health=hurts and failure is not None
        )
    )


def fault(at_s: float) -> Outcome:
    """An attempt that failed."""
    return Outcome(endpoint=WHO, at_s=at_s, failure="server", hurts_health=True)


def state(health: Health, now_s: float, who: str = WHO) -> State:
    """Where the endpoint stands."""
    return health.view(now_s, OUTAGE_S).state(who)


def standing(health: Health) -> Standing:
    """All that is known of it."""
    return health.standings[WHO]


def trial(health: Health, now_s: float, failure: str | None) -> float:
    """One attempt from dispatch to its end, a second later; returns that moment."""
    health.send(WHO, now_s)
    health.hear(WHO, now_s, now_s + 1)
    health.record(
        Outcome(
            endpoint=WHO,
            at_s=now_s + 1,
            failure=failure,
            hurts_health=failure is not None,
            latency_ms=1000,
        )
    )
    return now_s + 1


def usual() -> Health:
    """An endpoint and a peer that have answered within half a second for a while."""
    health = Health()
    for step in range(50):
        for who in (WHO, PEER):
            health.record(
                Outcome(endpoint=who, at_s=step * 2.0, latency_ms=1_500, ttft_ms=450 + step)
            )
    return health


def opened(at_s: float = 0.0) -> Health:
    """A breaker that opened at that second."""
    health = Health()
    for _ in range(BALANCED.faults_in_row):
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
    for _ in range(3 * BALANCED.faults_in_row):
        note(health, 0.0, failure, hurts=False)
    assert state(health, 0.1) == "healthy"


def test_breaker_opens_after_faults_in_a_row_only() -> None:
    """A success in between starts the count anew."""
    health = Health()
    for _ in range(BALANCED.faults_in_row - 1):
        note(health, 0.0, "server")
    note(health, 0.0)
    for _ in range(BALANCED.faults_in_row - 1):
        note(health, 0.0, "server")
    assert state(health, 0.1) == "unstable"
    note(health, 0.0, "server")
    assert state(health, 0.1) == "open"


def test_breaker_lets_one_trial_in_at_a_time() -> None:
    """When the rest is over the first one tries; others wait until it has begun to answer."""
    health = opened()
    after_s = BALANCED.first_rest_s + 0.1
    assert state(health, BALANCED.first_rest_s - 0.1) == "open"
    assert state(health, after_s) == "unstable"
    health.send(WHO, after_s)
    assert state(health, after_s + 0.01) == "open"
    health.hear(WHO, after_s, after_s + 1)
    assert state(health, after_s + 1.01) == "unstable"
    assert standing(health).rest_s > 0


def test_breaker_closes_after_good_trials_in_a_row() -> None:
    """One success may be chance; a failed trial starts the count and the rest anew."""
    health = opened()
    now_s = BALANCED.first_rest_s
    for outcome in (None, None, "server"):
        now_s = trial(health, now_s, outcome)
    assert state(health, now_s) == "open"
    now_s += standing(health).rest_s
    for _ in range(BALANCED.good_trials):
        now_s = trial(health, now_s, None)
    assert standing(health).rest_s == 0
    assert standing(health).ramp(now_s, BALANCED) < 0.1
    assert standing(health).ramp(now_s + BALANCED.ramp_s, BALANCED) == 1


def test_breaker_is_not_closed_by_what_began_before_it_opened() -> None:
    """Answers that were under way say nothing of whether the endpoint has healed."""
    health = opened(at_s=10.0)
    for _ in range(10):
        health.record(Outcome(endpoint=WHO, at_s=11.0, latency_ms=5_000))
    assert state(health, 11.1) == "open"


def test_breaker_opens_for_a_share_of_faults_far_above_its_peers() -> None:
    """Half of many attempts failing is enough, though some succeed in between."""
    health = Health()
    for step in range(200):
        at_s = step * 0.1
        note(health, at_s, "server" if step % 2 else None)
        note(health, at_s, None, who=PEER)
    assert standing(health).rest_s > 0
    assert health.standings[PEER].rest_s == 0


def test_breaker_stays_closed_while_all_peers_fail_alike() -> None:
    """What fails everywhere is no endpoint's fault, and there is nowhere better to go."""
    health = Health()
    for step in range(200):
        for who in (WHO, PEER):
            note(health, step * 0.1, "server" if step % 2 else None, who=who)
    assert standing(health).rest_s == 0


def test_breaker_opens_for_silence_before_any_timeout() -> None:
    """Attempts far later than the endpoint ever was count as faults while they still wait."""
    health = usual()
    now_s = 100.0
    for step in range(10):
        health.send(WHO, now_s + step * 0.1)
    assert state(health, now_s + 2) == "healthy"
    health.send(WHO, now_s + 5)
    assert state(health, now_s + 5) == "open"


def test_breaker_opens_for_answers_that_crawl() -> None:
    """Many times the usual wait is as bad as a fault."""
    health = usual()
    for step in range(BALANCED.faults_in_row):
        health.record(Outcome(endpoint=WHO, at_s=110.0 + step, latency_ms=9_000, ttft_ms=8_000))
    assert state(health, 115.0) == "open"


def test_breaker_judges_trials_twice_as_strictly() -> None:
    """Half as slow as what opened it is still no healing."""
    health = usual()
    for step in range(BALANCED.faults_in_row):
        health.record(fault(110.0 + step))
    now_s = 120.0
    for _ in range(BALANCED.good_trials):
        health.send(WHO, now_s)
        health.record(Outcome(endpoint=WHO, at_s=now_s + 3, latency_ms=3_000, ttft_ms=2_500))
        now_s += 3 + standing(health).rest_s
    assert standing(health).rest_s > BALANCED.first_rest_s


def test_breaker_lets_only_as_many_trials_out_as_must_succeed() -> None:
    """However many begin to answer: none of them has ended well yet."""
    health = opened()
    now_s = BALANCED.first_rest_s
    sent = 0
    for _ in range(20):
        if state(health, now_s) == "open":
            break
        health.send(WHO, now_s)
        health.hear(WHO, now_s, now_s + 0.1)
        sent += 1
        now_s += 0.2
    assert sent == BALANCED.good_trials


def test_breaker_counts_who_loses_to_its_hedges() -> None:
    """An attempt that a hedge overtook was late, though it was cancelled."""
    health = usual()
    for step in range(40):
        began_s = 100.0 + step * 0.1
        health.send(WHO, began_s)
        health.outpace(WHO, began_s, began_s + 0.5)
    assert state(health, 104.5) == "open"


def test_breaker_trusts_flapping_endpoints_more_slowly() -> None:
    """Each time within five minutes rest and ramp are longer than the last time."""
    health, now_s = Health(), 0.0
    rests: list[float] = []
    ramps: list[float] = []
    note(health, now_s, None, who=PEER)
    for _ in range(4):
        for _ in range(BALANCED.faults_in_row):
            health.record(fault(now_s))
        rests.append(standing(health).rest_s)
        now_s += rests[-1]
        for _ in range(BALANCED.good_trials):
            now_s = trial(health, now_s, None)
        ramps.append(standing(health).ramp(now_s + 15, BALANCED))
        now_s += 15
    assert rests == sorted(rests)
    assert rests[-1] > 2 * rests[0]
    assert ramps == sorted(ramps, reverse=True)
    assert ramps[-1] < ramps[0]


def test_breaker_rests_twice_as_long_after_each_failed_trial() -> None:
    """Up to a bound that lets a healed endpoint back within a minute or two."""
    health = opened()
    rest_s, now_s = BALANCED.first_rest_s, 0.0
    for _ in range(8):
        now_s += rest_s
        assert state(health, now_s - 0.01) == "open"
        assert state(health, now_s) != "open"
        health.send(WHO, now_s)
        note(health, now_s, "server")
        rest_s = min(BALANCED.longest_rest_s, rest_s * 2)
    assert rest_s == BALANCED.longest_rest_s


def test_breaker_survives_a_trial_that_never_ended() -> None:
    """It holds the others back for one more rest at most."""
    health = opened()
    health.send(WHO, BALANCED.first_rest_s)
    assert state(health, 2 * BALANCED.first_rest_s - 0.01) == "open"
    assert state(health, 2 * BALANCED.first_rest_s) != "open"


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
