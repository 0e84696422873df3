"""The pace that an endpoint takes, learned from its 429s and then kept."""

from collections.abc import Callable
from typing import Final

from turnout.core.rules import BALANCED
from turnout.core.types import Outcome
from turnout.metrics.caps import FORGET_S
from turnout.metrics.health import Health

WHO: Final = "acme/one@a"
LIMIT_RPS: Final = 20.0


class Provider:
    """Takes LIMIT_RPS and answers the rest with 429, as a bucket of one second."""

    def __init__(self, health: Health) -> None:
        self.health = health
        self.tokens = LIMIT_RPS
        self.at_s = 0.0
        self.sent = 0
        self.refused = 0

    def ask(self, now_s: float) -> None:
        """One request and its answer."""
        self.tokens = min(LIMIT_RPS, self.tokens + (now_s - self.at_s) * LIMIT_RPS)
        self.at_s = now_s
        self.sent += 1
        self.health.send(WHO, now_s)
        limited = self.tokens < 1
        self.refused += limited
        self.tokens -= not limited
        self.health.hear(WHO, now_s, now_s)
        self.health.record(
            Outcome(endpoint=WHO, at_s=now_s, failure="rate_limited" if limited else None)
        )


def press(
    provider: Provider, from_s: float, to_s: float, rps: float, obeys: Callable[[float], bool]
) -> float:
    """Offers so many requests a second; those that `obeys` lets through are sent."""
    now_s = from_s
    while now_s < to_s:
        if obeys(now_s):
            provider.ask(now_s)
        now_s += 1 / rps
    return now_s


def cap(health: Health, now_s: float) -> float | None:
    """The cap now."""
    return health.standings[WHO].cap.at(now_s, BALANCED)


def test_cap_is_learned_from_a_burst() -> None:
    """Near what the provider took while it refused the rest."""
    health = Health()
    press(Provider(health), 0.0, 6.0, 60.0, lambda _: True)
    learned = cap(health, 6.0)
    assert learned is not None
    assert 0.5 * LIMIT_RPS < learned < 1.5 * LIMIT_RPS


def test_cap_that_is_kept_ends_the_refusals() -> None:
    """Over a minute of three times too much, few requests are refused and little is left unused."""
    health = Health()
    provider = Provider(health)
    press(provider, 0.0, 10.0, 60.0, lambda now_s: not health.full(WHO, now_s))
    provider.sent = provider.refused = 0
    press(provider, 10.0, 70.0, 60.0, lambda now_s: not health.full(WHO, now_s))
    assert provider.refused / provider.sent < 0.06
    assert (provider.sent - provider.refused) / (60 * LIMIT_RPS) > 0.85


def test_cap_is_never_exceeded_for_long() -> None:
    """No stretch of five seconds sees more than the cap, a bucket and the debt."""
    health = Health()
    provider = Provider(health)
    press(provider, 0.0, 10.0, 60.0, lambda now_s: not health.full(WHO, now_s))
    start_s = 10.0
    for _ in range(10):
        sent = provider.sent
        highest = cap(health, start_s) or 0.0
        press(provider, start_s, start_s + 5, 200.0, lambda now_s: not health.full(WHO, now_s))
        highest = max(highest, cap(health, start_s + 5) or 0.0)
        assert provider.sent - sent <= highest * (5 + 0.5 + BALANCED.cap_debt_s) + 3
        start_s += 5


def test_cap_rises_when_nothing_is_refused_and_is_forgotten() -> None:
    """Slowly at first, so that a limit that was lifted is found out."""
    health = Health()
    press(Provider(health), 0.0, 6.0, 60.0, lambda _: True)
    learned = cap(health, 6.0) or 0.0
    assert cap(health, 8.0) == learned
    assert learned < (cap(health, 30.0) or 0.0) < 2 * learned
    assert (cap(health, 120.0) or 0.0) > 4 * learned
    assert cap(health, 6.0 + FORGET_S + 1) is None


def test_cap_does_not_hold_back_who_asks_little() -> None:
    """One 429 of a rarely used endpoint is the business of its cool-down, not of a cap."""
    health = Health()
    for step in range(5):
        now_s = step * 10.0
        health.send(WHO, now_s)
        health.record(Outcome(endpoint=WHO, at_s=now_s, failure="rate_limited"))
        assert not health.full(WHO, now_s + 1)


def test_cooling_is_not_needed_for_one_429_of_many_answers() -> None:
    """The cap was lowered already; a provider that says how long to wait is obeyed all the same."""
    health = Health()
    for step in range(20):
        health.record(Outcome(endpoint=WHO, at_s=step * 0.1))
    health.record(Outcome(endpoint=WHO, at_s=2.0, failure="rate_limited"))
    assert health.cool(WHO, 2.0, None) == 0.0
    assert health.cool(WHO, 2.0, 3.0) == 3.0
