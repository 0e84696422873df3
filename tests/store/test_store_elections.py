"""Elections of the exacto mode: held, stored, taken up again."""

import asyncio
from pathlib import Path

import pytest
from tests.unit.flow.routing import endpoint

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.rules import Exacto
from turnout.core.types import Endpoint, Outcome
from turnout.jobs.elect import (
    FACT,
    MOST_KEPT,
    bounded,
    elect_forever,
    hold,
    stored_elections,
)
from turnout.metrics.election import Election
from turnout.metrics.health import Health
from turnout.store.database import Database


def reachable(model: str) -> tuple[Endpoint, ...]:
    """Endpoints of a model, as a catalog would list them."""
    return tuple(endpoint(tag, model=model) for tag in "ab")


def judged(health: Health, tag: str, good: int, bad: int) -> None:
    """Answers with tool calls."""
    for index in range(good + bad):
        health.record(
            Outcome(
                endpoint=f"acme/one@{tag}",
                at_s=SYSTEM_CLOCK.now_s(),
                tools_valid=index < good,
            )
        )


def test_elections_survive_a_restart(tmp_path: Path) -> None:
    """Held once, stored with their evidence, in force again before anything is measured."""
    database = Database.open(tmp_path, SYSTEM_CLOCK)
    try:
        health = Health()
        judged(health, "a", 60, 40)
        judged(health, "b", 100, 0)
        asyncio.run(_one_round(health, database))
        assert health.elected == {"acme/one": "acme/one@b"}
        again = Health()
        asyncio.run(_one_round(again, database))
        assert again.elected == {"acme/one": "acme/one@b"}
        [election] = asyncio.run(stored_elections(database))
        assert election.at_ms > 0
        assert election.evidence[0].tool_success == 1.0
        assert hold(health, SYSTEM_CLOCK, reachable, Exacto()) == []
    finally:
        database.close()


def test_elections_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    """What another program wrote in their place is no reason not to start."""
    database = Database.open(tmp_path, SYSTEM_CLOCK)
    try:
        asyncio.run(database.set_fact(FACT, "{}"))
        assert asyncio.run(stored_elections(database)) == ()
    finally:
        database.close()


async def _one_round(health: Health, database: Database) -> None:
    rounds = elect_forever(health, database, SYSTEM_CLOCK, reachable, Exacto)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(rounds, 0.5)


def test_elections_that_are_kept_are_bounded_and_never_forget_a_seat() -> None:
    """The newest two hundred, and the last one of each model however old."""
    old = Election(model="acme/old", endpoint="acme/old@a")
    many = tuple(Election(model="acme/one", endpoint=f"acme/one@{n}") for n in range(500))
    kept = bounded((old, *many))
    assert kept[0] == old
    assert kept[-1] == many[-1]
    assert len(kept) == MOST_KEPT + 1
