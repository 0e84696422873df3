"""Providers that ask for patience, keys that are refused, and the breaker."""

import time
from collections.abc import Generator
from typing import Any

import msgspec
import pytest
from tests.gateway import (
    Gateway,
    Heard,
    Simulator,
    Template,
    open_gateway,
    open_simulator,
    provider_table,
)

from turnout.core.rules import BALANCED

KEYS = ("sk-key-number-one-0001", "sk-key-number-two-0002", "sk-key-number-three-3")
SCENARIO = f"""
[providers.limited]
[providers.hinted]
[providers.keyed]
keys = ["{KEYS[2]}"]
record = 50
[providers.metered]
record = 50
[[providers.metered.faults]]
kind = "status"
status = 429
retry_after_s = 30
first = 2
[providers.ailing]
[providers.well]
answer = {{ text = "all is well" }}
"""
DEAR = '{ prompt = "1000", completion = "1000" }'


class Resting(msgspec.Struct, frozen=True):
    """A gateway, and providers with limits, keys and bad days."""

    gateway: Gateway
    simulator: Simulator

    def ask(self, model: str, prompt: str = "hello") -> Heard:
        """A whole answer."""
        return self.gateway.chat(model, prompt)

    def attempts(self, heard: Heard) -> list[tuple[str, str]]:
        """Provider and outcome of each attempt."""
        record = self.gateway.generation(heard.generation_id)
        return [(a["provider_name"], a["outcome"]) for a in record["provider_responses"]]

    def seen(self, provider: str) -> int:
        """How many requests reached it."""
        count: int = self.simulator.stats(provider)["requests"]
        return count

    def keys_seen(self, provider: str) -> list[Any]:
        """The keys that came, in order."""
        requests = self.simulator.requests(provider)
        return [row["headers"]["authorization"].removeprefix("Bearer ") for row in requests]


@pytest.fixture(scope="module")
def resting(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Resting]:
    """One model for each behaviour."""
    folder = tmp_path_factory.mktemp("resting")
    with open_simulator(folder, SCENARIO) as simulator:
        tables = [
            provider_table("limited", simulator, ["k/limited", "k/shared"]),
            provider_table("hinted", simulator, ["k/hinted"]),
            provider_table("keyed", simulator, ["k/keyed"], keys=KEYS),
            provider_table("metered", simulator, ["k/metered"], keys=KEYS),
            provider_table("ailing", simulator, ["k/ailing", "k/alone"]),
            provider_table("well", simulator, ["k/ailing", "k/shared"], price=DEAR),
        ]
        with open_gateway(template, folder, "\n".join(tables)) as gateway:
            yield Resting(gateway, simulator)


def test_retry_after_of_the_only_provider_is_kept(resting: Resting) -> None:
    """A 429 with a hint is told with it; until it has passed nobody asks the provider again."""
    first = resting.ask("k/limited", "[[fault:status:429:2]]")
    assert (first.status, first.headers["retry-after"]) == (429, "2")
    assert first.error["availability"]["retry_after"] == 2
    seen = resting.seen("limited")
    second = resting.ask("k/limited")
    assert (second.status, second.error["code"]) == (429, 429)
    assert second.headers["retry-after"] in ("1", "2")
    assert second.error["availability"]["code"] == "capacity_exhausted"
    assert second.error["availability"]["retryable"] is True
    assert second.error["message"].startswith("All providers for k/limited are at capacity.")
    assert second.reads[-1][0] < 0.1
    assert resting.seen("limited") == seen
    time.sleep(2.05)
    assert resting.ask("k/limited").status == 200


def test_retry_after_of_a_fraction_is_told_as_whole_seconds(resting: Resting) -> None:
    """Rounded up on both ways of telling: a client that waits so long is not refused again."""
    heard = resting.ask("k/hinted", "[[fault:status:429:1.2]]")
    told = (heard.headers["retry-after"], heard.error["availability"]["retry_after"])
    assert told == ("2", 2)


def test_retry_after_sends_others_to_the_next_provider(resting: Resting) -> None:
    """A cooling endpoint is left out of the plan; the others serve."""
    heard = resting.ask("k/shared", "[[fault:limited/status:429:30]]")
    assert resting.attempts(heard) == [("limited", "rate_limited"), ("well", "served")]
    assert resting.attempts(resting.ask("k/shared")) == [("well", "served")]


def test_refused_keys_rest_and_the_next_one_serves(resting: Resting) -> None:
    """Two wrong keys are tried and set aside silently; then only the right one is used."""
    heard = resting.ask("k/keyed")
    assert heard.status == 200
    assert resting.attempts(heard) == [("keyed", "auth"), ("keyed", "auth"), ("keyed", "served")]
    for _ in range(3):
        assert resting.attempts(resting.ask("k/keyed")) == [("keyed", "served")]
    assert resting.keys_seen("keyed") == [*KEYS, KEYS[2], KEYS[2], KEYS[2]]


def test_limited_keys_rest_and_the_next_one_serves(resting: Resting) -> None:
    """A 429 of one key says nothing of the others: they are tried at once."""
    heard = resting.ask("k/metered")
    assert resting.attempts(heard) == [
        ("metered", "rate_limited"),
        ("metered", "rate_limited"),
        ("metered", "served"),
    ]
    assert resting.attempts(resting.ask("k/metered")) == [("metered", "served")]
    assert resting.keys_seen("metered") == [*KEYS, KEYS[2]]


def test_breaker_puts_a_failing_endpoint_last_and_a_trial_closes_it(resting: Resting) -> None:
    """Faults in a row open it; after a rest one request tries it, and a success closes it."""
    sort = {"sort": "price"}  # only the breaker may overrule a pure sort
    fault = "[[fault:ailing/status:500]]"
    for _ in range(BALANCED.faults_in_row):
        heard = resting.gateway.chat("k/ailing", fault, provider=sort)
        assert resting.attempts(heard) == [("ailing", "server"), ("well", "served")]
    opened = resting.gateway.chat("k/ailing", provider=sort)
    assert resting.attempts(opened) == [("well", "served")]
    time.sleep(BALANCED.first_rest_s + 0.1)
    trial = resting.gateway.chat("k/ailing", provider=sort)
    assert resting.attempts(trial) == [("ailing", "served")]
    closed = resting.gateway.chat("k/ailing", provider=sort)
    assert resting.attempts(closed) == [("ailing", "served")]


def test_breaker_never_refuses_the_only_endpoint(resting: Resting) -> None:
    """An open breaker is a place in the order, not a no: better a try than none."""
    for _ in range(BALANCED.faults_in_row):
        assert resting.ask("k/alone", "[[fault:status:500]]").status == 503
    assert resting.ask("k/alone").status == 200
