"""Every named statement compiles, has its sentence, and finds its rows by an index."""

import re
import sqlite3
from collections.abc import Iterator

import pytest

from turnout.store.migrations import migrate
from turnout.store.statements import STATEMENTS, Statement, parse_statements


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """A database of the latest schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, 1)
    yield connection
    connection.close()


def plan_of(connection: sqlite3.Connection, statement: Statement) -> list[str]:
    """SQLite's plan, one line per step; parameters are bound to numbers."""
    params = dict.fromkeys(re.findall(r":([a-z_0-9]+)", statement.sql), 1)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement.sql}", params).fetchall()
    return [str(row[3]) for row in rows]


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda found: found.name)
def test_statement_uses_an_index(database: sqlite3.Connection, statement: Statement) -> None:
    """A bare SCAN is allowed only to statements that announce it."""
    scans = [
        step
        for step in plan_of(database, statement)
        if step.startswith("SCAN") and "USING" not in step and "VIRTUAL TABLE" not in step
    ]
    if "Reads the whole table" not in statement.sentence:
        assert scans == []


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda found: found.name)
def test_statement_runs(database: sqlite3.Connection, statement: Statement) -> None:
    """Each one executes against the latest schema."""
    values = {"limit_reset": "daily", "ids": "[]", "body": b"{}"}
    names = re.findall(r":([a-z_0-9]+)", statement.sql)
    database.execute(statement.sql, {name: values.get(name, 1) for name in names})


def test_paging_walks_the_index_without_sorting(database: sqlite3.Connection) -> None:
    """Pages of records cost the same on any day: no temporary b-tree."""
    names = [name for name in STATEMENTS if name.startswith("scan_generations")]
    for name in ("list_generations", "prune_generations", *names):
        assert not [s for s in plan_of(database, STATEMENTS[name]) if "TEMP B-TREE" in s], name


@pytest.mark.parametrize(
    "text",
    ["-- name: x\nSELECT 1;\n", "-- name: x\n-- A sentence.\n", "-- name: x\n-- S.\nSELECT 1"],
)
def test_statement_without_sentence_or_end_is_refused(text: str) -> None:
    """The loader holds the files to their form."""
    with pytest.raises(ValueError, match="needs a sentence"):
        parse_statements(text, "some.sql")


def test_credits_refuse_to_be_rewritten(database: sqlite3.Connection) -> None:
    """Movements of money are appended; the schema itself refuses anything else."""
    database.execute(STATEMENTS["grant_credit"].sql, {"created_ms": 1, "nusd": 5, "reason": "x"})
    for sql in ("UPDATE credits SET nusd = 6", "DELETE FROM credits"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(sql)
