"""What counts as a request that was served in the end, and by which model's name."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from turnout.core.clock import SYSTEM_CLOCK
from turnout.core.types import Attempt, Generation
from turnout.ledger import used
from turnout.ledger.generations import encode, insert
from turnout.ledger.uses import month_start, prune_minutes
from turnout.store.database import Database
from turnout.store.migrations import migrate
from turnout.store.transaction import transaction

MODEL = "acme/one"


def attempt(outcome: str) -> Attempt:
    """One at the model's endpoint."""
    return Attempt(
        endpoint=f"{MODEL}@a",
        provider="a",
        model=MODEL,
        outcome=outcome,
        started_ms=0,
        latency_ms=5,
    )


def asked(**facts: Any) -> list[tuple[str, int, int]]:
    """What one record adds to `asked_hours`: model, served, failed."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, 1)
    record = encode(Generation(id="gen-1", key_hash="k", created_ms=5, **facts))
    with transaction(connection):
        insert(connection, [record])
    rows = connection.execute("SELECT model, served, failed FROM asked_hours").fetchall()
    connection.close()
    return rows


@pytest.mark.parametrize(
    ("outcomes", "state", "expected"),
    [
        (["served"], "succeeded", [(MODEL, 1, 0)]),
        (["server", "served"], "succeeded", [(MODEL, 1, 0)]),
        (["server", "overloaded"], "failed", [(MODEL, 0, 1)]),
        (["rate_limited"], "failed", []),
        (["server", "bad_request"], "failed", []),
        (["server"], "cancelled", []),
        (["server"], "interrupted", []),
    ],
)
def test_a_request_is_judged_by_its_end(
    outcomes: list[str], state: str, expected: list[tuple[str, int, int]]
) -> None:
    """Faults of the last one tried count; limits, callers' faults and leaving say nothing."""
    assert asked(state=state, attempts=tuple(map(attempt, outcomes))) == expected


def test_a_request_that_nobody_could_be_asked_for_has_failed() -> None:
    """Everybody was resting after faults; at capacity is a limit, and judges nobody."""
    resting = asked(state="failed", requested="acme/one:nitro", error_type="provider_overloaded")
    assert resting == [(MODEL, 0, 1)]
    assert asked(state="failed", requested=MODEL, error_type="rate_limit_exceeded") == []
    assert asked(state="failed", requested="acme/x:free", error_type="provider_overloaded") == [
        ("acme/x:free", 0, 1)
    ]


def test_a_month_begins_on_its_first_day() -> None:
    """Days since 1970-01-01."""
    assert [month_start(day) for day in (0, 30, 31, 58, 59, 789)] == [0, 0, 31, 31, 59, 789 - 28]


def test_sums_by_minute_are_pruned_by_themselves(tmp_path: Path) -> None:
    """They are for the last hour's page; hours and days of the same requests stay."""
    database = Database.open(tmp_path, SYSTEM_CLOCK)
    try:
        records = [
            encode(Generation(id=f"gen-{n}", key_hash="k", created_ms=n * 60_000, state="failed"))
            for n in range(3)
        ]
        database.write_now(lambda db: insert(db, records))
        assert asyncio.run(prune_minutes(database, 2)) == 2 * 4, "a row for each kind"
        left = asyncio.run(used.sums(database, "key", "minutes", 0, 9))
        assert [(step.at, step.requests) for step in left] == [(2, 1)]
        whole = asyncio.run(used.totals(database, "key", "days", 0, 1))
        assert [(row.name, row.requests, row.failed) for row in whole] == [("k", 3, 3)]
    finally:
        database.close()
