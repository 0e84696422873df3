"""What a scenario file may say, and what it means."""

from pathlib import Path
from typing import Final

import msgspec
import pytest

from turnout.lab.scenario import Lasting, ScenarioError, read_scenario, scenarios_in, shipped
from turnout.lab.world import Asked, World, strength

SMALL: Final = """
name = "small"
description = "Two endpoints."
requests = 100
[[endpoints]]
tag = "a"
prompt = 1
completion = 2
[[endpoints]]
tag = "b"
prompt = 2
completion = 4
"""
ASKED: Final = Asked(0.0, 1000, 100, tools=False, seed=5)


def test_shipped_scenarios_are_as_big_and_as_many_as_promised() -> None:
    """At least six, of a hundred thousand requests each, with names of their own."""
    found = shipped()
    assert len({scenario.name for scenario in found}) == len(found) >= 6
    assert all(scenario.requests >= 100_000 for scenario in found)
    assert all(scenario.description for scenario in found)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name = ", "Invalid value"),
        (SMALL + "colour = 3", "colour"),
        (SMALL.replace("requests = 100", "request = 100"), "request"),
        (SMALL.replace('tag = "b"', 'tag = "a"'), "twice"),
        (SMALL.replace("prompt = 1", "prompt = -1"), "prompt"),
        (SMALL + "[[endpoints.events]]\nfrom_s = 9\nto_s = 3", "ends before"),
        (SMALL + "[[endpoints.events]]\nfrom_s = 1\nto_s = 3\nevery_s = 1", "for_s"),
        (SMALL + "[[endpoints.events]]\nfrom_s = 1\nto_s = 3\nfault_share = 2", "fault_share"),
        (SMALL.partition("[[")[0], "endpoints"),
    ],
)
def test_scenario_that_is_wrong_is_refused_by_name(text: str, word: str) -> None:
    """Unknown keys too, so that a misspelt one is not silently nothing."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "my.toml")
    assert "my.toml" in str(caught.value)
    assert word in str(caught.value)


def test_scenarios_of_a_folder_are_read(tmp_path: Path) -> None:
    """All *.toml of it; none, or two of one name, is an error."""
    with pytest.raises(ScenarioError, match=r"no \*\.toml"):
        scenarios_in(tmp_path)
    (tmp_path / "one.toml").write_text(SMALL, encoding="utf-8")
    assert [scenario.name for scenario in scenarios_in(tmp_path)] == ["small"]
    (tmp_path / "two.toml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(ScenarioError, match="one name"):
        scenarios_in(tmp_path)


def test_events_come_grow_and_repeat() -> None:
    """At once, evenly, or on and off."""
    once = Lasting(from_s=10, to_s=20)
    assert [strength(once, at_s) for at_s in (9.9, 10, 19.9, 20)] == [0, 1, 1, 0]
    grows = msgspec.structs.replace(once, grows=True)
    assert [strength(grows, at_s) for at_s in (10, 15)] == [0, 0.5]
    flaps = Lasting(from_s=0, to_s=100, every_s=10, for_s=2)
    assert [strength(flaps, at_s) for at_s in (0, 1.9, 2, 11, 13)] == [1, 1, 0, 1, 0]


def test_fate_follows_from_the_request_and_the_endpoint_alone() -> None:
    """So that every policy meets the same luck, whatever it asked before."""
    world, again = (World(read_scenario(SMALL, "t")) for _ in range(2))
    again.hosts[0].fate(msgspec.structs.replace(ASKED, seed=9), 0.0)
    assert world.hosts[0].fate(ASKED, 1.0) == again.hosts[0].fate(ASKED, 1.0)
    assert world.hosts[0].fate(ASKED, 1.0) != world.hosts[1].fate(ASKED, 1.0)
    assert world.requests() == again.requests()


def test_world_charges_what_its_prices_say() -> None:
    """USD per million tokens, cached ones at their own rate."""
    scenario = read_scenario(
        SMALL.replace("prompt = 1\n", "prompt = 1\ncache_read = 0.1\ncached_share = 0.5\n"), "t"
    )
    first, second = World(scenario).hosts
    assert second.cost_usd(ASKED) == pytest.approx((1000 * 2 + 100 * 4) / 1e6)
    assert first.cost_usd(ASKED) == pytest.approx((500 * 1 + 500 * 0.1 + 100 * 2) / 1e6)


def test_resized_scenario_keeps_its_time() -> None:
    """Fewer requests come at a lower rate, so that events still happen while they do."""
    whole = shipped()[0]
    part = whole.resized(whole.requests // 10)
    assert part.duration_s == pytest.approx(whole.duration_s)
    assert part.traffic.rate_rps == pytest.approx(whole.traffic.rate_rps / 10)
