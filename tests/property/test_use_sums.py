"""What pages add up is what was stored: every narrow sum against a plain count of generations."""

import sqlite3
from collections import Counter
from collections.abc import Callable
from time import gmtime
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from tests.property.test_rollup_sums import records, table, total

from turnout.core.types import Generation
from turnout.ledger.generations import Record, insert
from turnout.ledger.rollups import app_of
from turnout.ledger.uses import NARROW, NARROW_USED
from turnout.store.migrations import MIGRATIONS, migrate
from turnout.store.transaction import transaction

_NAMES: Final[dict[str, Callable[[Generation], str]]] = {
    "model": lambda g: g.model,
    "provider": lambda g: g.provider,
    "key": lambda g: g.key_hash,
    "app": lambda g: app_of(g.app_url, g.app_title) if g.app_url else "",
}
_WIDTHS: Final[dict[str, Callable[[int], int]]] = {
    "use_minutes": lambda ms: ms // 60_000,
    "use_hours": lambda ms: ms // 3_600_000,
    "use_days": lambda ms: ms // 86_400_000,
    "use_months": lambda ms: _month(ms // 86_400_000),
}
_UNKNOWN_OF_APPS: Final = ("requests", "failed")
_BACKFILLED: Final = "0004"
"""The migration that made the narrow tables."""


def _month(day: int) -> int:
    """The first day of its month, found by walking back."""
    while gmtime(day * 86_400).tm_mday != 1:
        day -= 1
    return day


def stored(batches: list[list[Record]]) -> tuple[sqlite3.Connection, list[Generation]]:
    """A database with the batches in it, and the generations that are new in them."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, 1)
    for batch in batches:
        with transaction(connection):
            insert(connection, batch)
    unique = {r.generation.id: r.generation for batch in batches for r in batch}
    return connection, list(unique.values())


def expected(generation: Generation) -> Counter[str]:
    """What one record adds to its rows."""
    found = Counter(requests=1, failed=int(generation.state == "failed"))
    if generation.endpoint:
        usage = generation.usage
        found += Counter(
            unpriced=int(generation.unpriced),
            prompt_tok=usage.prompt_tok,
            completion_tok=usage.completion_tok,
            reasoning=usage.reasoning,
            cache_read=usage.cache_read,
            cost_nusd=generation.cost_nusd,
            prompt_nusd=generation.prompt_cost_nusd,
            completion_nusd=generation.completion_cost_nusd,
        )
    return found


@given(st.lists(st.lists(records(), max_size=20), max_size=4))
def test_uses_of_every_kind_and_width_are_the_sums_of_generations(
    batches: list[list[Record]],
) -> None:
    """By minute, hour, day and month, by model, provider, key and app, each column of each row."""
    connection, unique = stored(batches)
    for name, at in _WIDTHS.items():
        rows = {(r["kind"], r["at"], r["name"]): r for r in table(connection, name)}
        sums: dict[tuple[str, int, str], Counter[str]] = {}
        for generation in unique:
            for kind, of in _NAMES.items():
                place = (kind, at(generation.created_ms), of(generation))
                sums.setdefault(place, Counter()).update(expected(generation))
        for place, row in rows.items():
            for column in NARROW_USED:
                assert row[column] == sums.get(place, Counter())[column], (place, column)
        assert rows.keys() >= sums.keys()
    connection.close()


@given(st.lists(st.lists(records(), max_size=20), max_size=4))
def test_attempts_and_endpoints_agree_with_the_wide_roll_ups(batches: list[list[Record]]) -> None:
    """Two ways to the same numbers: the narrow tables beside those with histograms."""
    connection, unique = stored(batches)
    wide, narrow = table(connection, "endpoint_hours"), table(connection, "endpoint_days")
    for kind in ("model", "provider"):
        days = [r for r in table(connection, "use_days") if r["kind"] == kind]
        for column in ("attempts", "served", "faults", "rate_limited", "tool_answers"):
            assert total(days, column) == total(wide, column) == total(narrow, column)
    for column in ("requests", "unpriced", "reasoning", "cache_read", "cost_nusd"):
        assert total(narrow, column) == total(wide, column)
    asked = table(connection, "asked_hours")
    assert total(asked, "served") == sum(g.state == "succeeded" for g in unique)
    ended = [g.attempts[-1].outcome for g in unique if g.attempts and g.state == "failed"]
    assert total(asked, "failed") == sum(o in ("server", "overloaded") for o in ended)
    apps = {row["app"] for row in table(connection, "apps")}
    assert apps == {_NAMES["app"](g) for g in unique} - {""}
    connection.close()


@given(st.lists(records(), max_size=20))
def test_a_store_that_is_brought_up_to_date_has_the_same_sums(batch: list[Record]) -> None:
    """What the migration makes of older roll-ups is what the records themselves would have made."""
    connection, _ = stored([batch])
    names = ("use_days", "use_months", "endpoint_days")
    before = {name: _content(connection, name) for name in names}
    sql = next(m.sql for m in MIGRATIONS if m.name.startswith(_BACKFILLED))
    for made in (*names, "use_minutes", "use_hours", "asked_hours", "apps"):
        connection.execute(f"DROP TABLE {made}")
    connection.execute("DROP INDEX app_days_by_model")
    connection.executescript(sql)
    for name in names:
        assert _content(connection, name) == before[name]
    connection.close()


def _content(connection: sqlite3.Connection, name: str) -> dict[tuple[Any, ...], Counter[str]]:
    """Rows that are not all zero, without what older roll-ups do not know."""
    keys = ("kind", "at", "name") if name.startswith("use_") else ("day", "model", "endpoint")
    found = {
        tuple(row[key] for key in keys): Counter(
            {c: row[c] for c in NARROW if row.get("kind") != "app" or c not in _UNKNOWN_OF_APPS}
        )
        for row in table(connection, name)
    }
    return {place: counts for place, counts in found.items() if any(counts.values())}
