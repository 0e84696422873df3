"""What the policies must show, at a tenth of the size that `make lab` plays."""

from collections.abc import Mapping
from typing import Final

import pytest

from turnout.lab.bars import bars
from turnout.lab.play import play_all
from turnout.lab.policies import PolicyName
from turnout.lab.report import Row
from turnout.lab.scenario import Scenario, shipped

REQUESTS: Final = 3_000
WATCHED: Final = 20_000
MEANT: Final[tuple[PolicyName, ...]] = (
    "balanced", "classic", "floor", "nitro", "exacto"
)  # fmt: skip
SCENARIOS: Final[Mapping[str, Scenario]] = {scenario.name: scenario for scenario in shipped()}


@pytest.fixture(scope="module")
def everywhere() -> list[Row]:
    """Every policy in every scenario, small."""
    return list(play_all([s.resized(REQUESTS) for s in SCENARIOS.values()], MEANT, workers=2))


@pytest.fixture(scope="module")
def failing() -> list[Row]:
    """Balanced where endpoints fail in turn and together, with enough traffic to see shares."""
    names = ("brown-outs", "mass-failure", "all-unreliable")
    return list(play_all([SCENARIOS[n].resized(WATCHED) for n in names], ("balanced",), workers=2))


def test_lab_routes_around_endpoints_that_fail_three_times_in_a_hundred(
    failing: list[Row],
) -> None:
    """No endpoint of `all-unreliable` answers more than 97 %; 99.9 % of requests are answered."""
    scenario = SCENARIOS["all-unreliable"]
    assert all(profile.fault_share >= 0.03 for profile in scenario.endpoints)
    [row] = [row for row in failing if row.scenario == scenario.name]
    assert row.requests == WATCHED
    assert row.success >= 0.999


@pytest.mark.parametrize("name", ["extra cost", "extra p50", "both cheaper and faster"])
def test_lab_balanced_is_near_the_cheapest_and_near_the_fastest(
    everywhere: list[Row], name: str
) -> None:
    """At most 40 % of the extra cost and of the extra time, and no policy beats it at both."""
    [bar] = [bar for bar in bars(everywhere) if name in bar.name]
    assert bar.met is True, bar


def test_lab_brown_out_is_left_within_seconds_and_returned_to(failing: list[Row]) -> None:
    """Who fails, crawls or falls silent keeps at most a twentieth, and has it back in time."""
    watched = [
        outage
        for row in failing
        if row.scenario in ("brown-outs", "mass-failure")
        for outage in row.brown_outs
    ]
    assert {outage.endpoint for outage in watched} >= {"birch", "cedar"}
    for outage in watched:
        assert outage.during <= 0.05, outage
        assert outage.after is None or outage.after >= 0.7, outage


def test_lab_mass_failure_makes_no_herd(failing: list[Row]) -> None:
    """The others are not pushed over what they were learned to take."""
    assert all(row.overrun_s <= 5 for row in failing)
    assert all(row.success >= 0.999 for row in failing)


def test_lab_hedging_cuts_the_tail_for_little() -> None:
    """Two fifths of the p99 at least, for two hundredths of the spend at most."""
    scenario = SCENARIOS["tail-latency"].resized(WATCHED // 2)
    plain, hedged = play_all([scenario], ("balanced", "hedged"), workers=1)
    assert hedged.ttft_p99_s <= 0.6 * plain.ttft_p99_s
    assert 0 < hedged.extra <= 0.02


def test_lab_is_the_same_every_time() -> None:
    """The same seed, the same numbers, whatever the machine does meanwhile."""
    scenario = SCENARIOS["flapping"].resized(1_000)
    [first], [second] = (list(play_all([scenario], ("balanced",), workers=1)) for _ in range(2))
    assert {**_facts(first)} == {**_facts(second)}


def _facts(row: Row) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__struct_fields__ if name != "took_s"}
