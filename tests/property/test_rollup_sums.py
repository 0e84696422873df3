"""Roll-ups add up: whatever is stored, in whatever batches and how often, the sums are the sums."""

import sqlite3
from collections import Counter
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from turnout.core.types import Attempt, Generation
from turnout.core.usage import Usage
from turnout.ledger.columns import ALL, ERRORS, LATENCY, SPEED, TTFT, USED
from turnout.ledger.generations import Record, encode, insert
from turnout.store.migrations import migrate
from turnout.store.transaction import transaction

_HOUR_MS: Final = 3_600_000
_START_MS: Final = 1_790_000_000_000
_OUTCOMES: Final = (
    *("served", "served", "cancelled", "server", "rate_limited", "overloaded", "bad_request"),
    "not_a_kind_yet",
)


def attempt(number: int, outcome: str) -> Attempt:
    """An attempt that follows from its number."""
    provider = f"p{number % 2}"
    model = f"acme/{number % 3}"
    return Attempt(
        endpoint=f"{model}@{provider}",
        provider=provider,
        model=model,
        outcome=outcome,
        started_ms=0,
        latency_ms=number * 37,
        ttft_ms=number if number % 2 else None,
        tools_valid=(None, True, False)[number % 3],
        shape_valid=(None, False)[number % 2],
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record of one of few ids; the same id always tells the same story."""
    number = draw(st.integers(0, 30))
    last = attempt(number, "served")
    served = number % 4 != 0
    failed = tuple(attempt(number + n, _OUTCOMES[(number + n) % 8]) for n in range(number % 3))
    return encode(
        Generation(
            id=f"gen-{number}",
            key_hash=f"key-{number % 2}",
            created_ms=_START_MS + number * _HOUR_MS * 5,
            state="succeeded" if served else "failed",
            model=last.model if served else "",
            provider=last.provider if served else "",
            endpoint=last.endpoint if served else "",
            usage=Usage(text_in=number, cache_read=3, text_out=number * 2, searches=1)
            if served
            else Usage(requests=0),
            cost_nusd=number * 1000 if served else 0,
            prompt_cost_nusd=number if served else 0,
            completion_cost_nusd=number * 2 if served else 0,
            unpriced=served and number % 5 == 0,
            attempts=(*failed, last) if served else failed,
            app_url=("https://app.example/page?q=1", "http://localhost:3000", None)[number % 3],
            app_title=(None, "Local")[number % 2],
        )
    )


def table(connection: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    """All rows."""
    cursor = connection.execute(f"SELECT * FROM {name}")  # noqa: S608 (our own words)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def total(rows: list[dict[str, Any]], name: str) -> int:
    """One column's sum."""
    return sum(row[name] for row in rows)


@given(st.lists(st.lists(records(), max_size=20), max_size=6))
def test_rollups_are_the_sums_of_the_stored_generations(batches: list[list[Record]]) -> None:
    """Any batches, with any repeats within and between them, count every id once."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, 1)
    for batch in batches:
        with transaction(connection):
            insert(connection, batch)
    unique = list({r.generation.id: r.generation for batch in batches for r in batch}.values())
    attempts = [(g, a) for g in unique for a in g.attempts]
    hours, days = table(connection, "endpoint_hours"), table(connection, "model_days")
    keys, apps = table(connection, "key_days"), table(connection, "app_days")
    connection.close()
    served = [g for g in unique if g.endpoint]
    for rows in (hours, days):
        assert total(rows, "attempts") == len(attempts)
        _hold(rows, attempts, served)
    for name in ALL:
        assert total(hours, name) == total(days, name)
    by_hour = Counter((g.created_ms // _HOUR_MS, a.endpoint) for g, a in attempts)
    assert {(r["hour"], r["endpoint"]): r["attempts"] for r in hours if r["attempts"]} == by_hour
    assert total(keys, "requests") == len(unique)
    assert total(keys, "failed") == sum(g.state == "failed" for g in unique)
    assert total(keys, "cost_nusd") == total(days, "cost_nusd") == sum(g.cost_nusd for g in unique)
    named = [g for g in served if g.app_url and ("localhost" not in g.app_url or g.app_title)]
    assert total(apps, "requests") == len(named)
    assert {row["app"] for row in apps} <= {"https://app.example", "http://localhost:3000"}
    for name in USED[2:]:
        assert total(keys, name) == total(days, name)


def _hold(
    rows: list[dict[str, Any]],
    attempts: list[tuple[Generation, Attempt]],
    served: list[Generation],
) -> None:
    """Every kind of column against a plain count."""
    outcomes = Counter(a.outcome for _, a in attempts)
    whole = [(g, a) for g, a in attempts if a.outcome == "served"]
    assert total(rows, "served") == outcomes["served"]
    assert total(rows, "cancelled") == outcomes["cancelled"]
    assert total(rows, "faults") == outcomes["server"] + outcomes["overloaded"]
    assert total(rows, "rate_limited") == outcomes["rate_limited"]
    assert total(rows, "err_server") == outcomes["server"]
    assert total(rows, "err_other") == outcomes["not_a_kind_yet"]
    failed = len(attempts) - outcomes["served"] - outcomes["cancelled"]
    assert sum(total(rows, name) for name in ERRORS) == failed
    assert sum(total(rows, name) for name in LATENCY) == len(whole)
    assert sum(total(rows, name) for name in TTFT) == sum(a.ttft_ms is not None for _, a in whole)
    timed = [a for g, a in whole if a.endpoint == g.endpoint and a.latency_ms]
    assert sum(total(rows, name) for name in SPEED) == sum(bool(a.latency_ms) for a in timed)
    assert total(rows, "tool_answers") == sum(a.tools_valid is not None for _, a in whole)
    assert total(rows, "tool_faults") == sum(a.tools_valid is False for _, a in whole)
    assert total(rows, "shaped_answers") == sum(a.shape_valid is not None for _, a in whole)
    assert total(rows, "shape_faults") == sum(a.shape_valid is False for _, a in whole)
    assert total(rows, "requests") == len(served)
    assert total(rows, "unpriced") == sum(g.unpriced for g in served)
    for name in ("text_in", "cache_read", "text_out", "searches"):
        assert total(rows, name) == sum(getattr(g.usage, name) for g in served)
    assert total(rows, "prompt_nusd") == sum(g.prompt_cost_nusd for g in served)
