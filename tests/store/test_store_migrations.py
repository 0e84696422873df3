"""Migrations: from empty, again, from two processes at once, and what is refused."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from turnout.core.clock import SYSTEM_CLOCK
from turnout.store.database import DATABASE_NAME, Database
from turnout.store.migrations import MIGRATIONS, Migration, SchemaMismatch, check, migrate

_OPEN = """
import sys
from pathlib import Path
from turnout.core.clock import SYSTEM_CLOCK
from turnout.store.database import Database
Database.open(Path(sys.argv[1]), SYSTEM_CLOCK).close()
"""


def connect() -> sqlite3.Connection:
    """An empty database in autocommit mode."""
    return sqlite3.connect(":memory:", isolation_level=None)


def test_an_empty_database_gets_every_table() -> None:
    """All migrations run from nothing, and the schema is whole."""
    connection = connect()
    assert migrate(connection, 1) == len(MIGRATIONS)
    tables = {
        row[0]
        for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not row[0].startswith("sqlite_")
    }
    assert tables == {
        *("keys", "generations", "key_spend", "credits", "meta", "migrations"),
        "benchmark_scores",
        *("endpoint_hours", "model_days", "app_days", "key_days", "live_slots", "probes"),
        *("use_minutes", "use_hours", "use_days", "use_months"),
        *("endpoint_days", "asked_hours", "apps"),
        *("sessions", "presets", "preset_versions", "contents"),
    }
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_migrating_again_does_nothing() -> None:
    """A second start finds the schema as it left it."""
    connection = connect()
    migrate(connection, 1)
    before = connection.execute("SELECT * FROM migrations").fetchall()
    assert migrate(connection, 2) == 0
    assert connection.execute("SELECT * FROM migrations").fetchall() == before
    connection.close()


def test_a_failing_migration_leaves_the_old_schema_whole() -> None:
    """All pending migrations are one transaction: a broken third one undoes the second as well."""
    connection = connect()
    migrate(connection, 1)
    latest = len(MIGRATIONS)
    broken = (
        *MIGRATIONS,
        Migration(latest + 1, "good.sql", "CREATE TABLE fine (x INTEGER);\n"),
        Migration(
            latest + 2, "bad.sql", "CREATE TABLE also (x);\nINSERT INTO nowhere VALUES (1);\n"
        ),
    )
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(connection, 2, broken)
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert not names & {"fine", "also"}
    assert migrate(connection, 3) == 0
    connection.close()


def test_a_newer_database_is_refused_and_told_what_to_do() -> None:
    """An old program on a new database stops before it writes."""
    connection = connect()
    newer = (
        *MIGRATIONS,
        Migration(len(MIGRATIONS) + 1, "0099_later.sql", "CREATE TABLE later (x);"),
    )
    migrate(connection, 1, newer)
    with pytest.raises(SchemaMismatch, match=r"0099_later\.sql.*newer Turnout"):
        migrate(connection, 2)
    connection.close()


def test_an_edited_migration_is_refused() -> None:
    """What was applied must be the text that the program has."""
    connection = connect()
    migrate(connection, 1)
    connection.execute("UPDATE migrations SET sha256 = 'other' WHERE version = 1")
    with pytest.raises(SchemaMismatch, match="checksum"):
        migrate(connection, 2)
    connection.close()


def test_check_tells_what_would_happen_and_touches_nothing(folder: Path) -> None:
    """`--check` on no database, and on a current one."""
    path = folder / DATABASE_NAME
    assert check(path).pending == tuple(migration.name for migration in MIGRATIONS)
    assert not path.exists()
    Database.open(folder, SYSTEM_CLOCK).close()
    found = check(path)
    assert (found.version, found.pending, found.problem) == (len(MIGRATIONS), (), None)


def test_two_processes_may_make_the_same_database_at_once(folder: Path) -> None:
    """The second waits for the first and finds nothing to do."""
    makers = [
        subprocess.Popen([sys.executable, "-c", _OPEN, str(folder)], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    complaints = [maker.communicate(timeout=30)[1] for maker in makers]
    assert [maker.returncode for maker in makers] == [0, 0, 0], complaints
    assert check(folder / DATABASE_NAME).problem is None
