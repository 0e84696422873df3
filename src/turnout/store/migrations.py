"""Numbered, forward-only schema changes, each with the checksum of the text that was applied.

    schema/0001_first.sql, schema/0002_….sql, …

All missing ones are applied in one transaction, so a database is at the old version or at the new
one, never between. A database that is newer than this program, or that was migrated by a file with
another text, is refused: going on would be guessing.
"""

import hashlib
import sqlite3
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from turnout.core.errors import TurnoutError
from turnout.store.transaction import transaction

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS migrations (
    version INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    applied_ms INTEGER NOT NULL
)
"""


class SchemaMismatch(TurnoutError):  # noqa: N818 (named for the fact)
    """The database cannot be used by this program; the text says why and what to do."""


class Migration(msgspec.Struct, frozen=True):
    """One file of `schema/`."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Checksum of the text, hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


class SchemaReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an upgrade would do.

    Attributes:
        version: Of the database, 0 for an empty or missing one.
        latest: Of this program.
        pending: Names of the migrations to come.
        problem: Why the database is refused, None when it is not.
    """

    version: int
    latest: int
    pending: tuple[str, ...] = ()
    problem: str | None = None


def _load() -> tuple[Migration, ...]:
    found: list[Migration] = []
    for file in files("turnout.store").joinpath("schema").iterdir():
        if file.name.endswith(".sql"):
            number = int(file.name.split("_", 1)[0])
            found.append(Migration(number, file.name, file.read_text(encoding="utf-8")))
    found.sort(key=lambda migration: migration.version)
    if [migration.version for migration in found] != list(range(1, len(found) + 1)):
        raise ValueError("the files of store/schema must be numbered 0001, 0002, … without a gap")
    return tuple(found)


MIGRATIONS: Final = _load()


def migrate(
    connection: sqlite3.Connection, now_ms: int, known: tuple[Migration, ...] = MIGRATIONS
) -> int:
    """Brings the schema to the latest version; how many migrations that took.

    Safe when two processes start at once: the second waits for the first and finds nothing to do.

    Raises:
        SchemaMismatch: The database is newer than this program, or a file was edited afterwards.
        sqlite3.Error: The database cannot be written; it is as it was before.
    """
    if not report(connection, known).pending:
        _refuse(report(connection, known))
        return 0
    with transaction(connection):
        connection.execute(_TABLE)
        found = report(connection, known)
        _refuse(found)
        for migration in known[found.version :]:
            for statement in _statements(migration.sql):
                connection.execute(statement)
            connection.execute(
                "INSERT INTO migrations VALUES (?, ?, ?, ?)",
                (migration.version, migration.name, migration.sha256, now_ms),
            )
    return len(found.pending)


def check(database: Path) -> SchemaReport:
    """What `migrate` would do to a database file, without touching it.

    Raises:
        sqlite3.Error: The file is there and cannot be read as a database.
    """
    if not database.exists():
        return SchemaReport(version=0, latest=len(MIGRATIONS), pending=_names(MIGRATIONS))
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return report(connection)
    finally:
        connection.close()


def report(
    connection: sqlite3.Connection, known: tuple[Migration, ...] = MIGRATIONS
) -> SchemaReport:
    """The state of an open database against the migrations this program knows."""
    has_table = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'"
    ).fetchone()
    if has_table is None:
        return SchemaReport(version=0, latest=len(known), pending=_names(known))
    rows = connection.execute(
        "SELECT version, name, sha256 FROM migrations ORDER BY version"
    ).fetchall()
    applied = msgspec.convert(rows, list[tuple[int, str, str]])
    version = applied[-1][0] if applied else 0
    return SchemaReport(
        version=version,
        latest=len(known),
        pending=_names(known[version:]),
        problem=_problem(applied, version, known),
    )


def _problem(
    applied: list[tuple[int, str, str]], version: int, known: tuple[Migration, ...]
) -> str | None:
    if version > len(known):
        return (
            f"the database has schema {version} ({applied[-1][1]}), this program knows schemas up "
            f"to {len(known)}: start the newer Turnout, or restore a copy from before its upgrade"
        )
    for number, name, sha256 in applied:
        if known[number - 1].sha256 != sha256:
            return f"{name} was applied with another text than this program has (checksum differs)"
    return None


def _refuse(found: SchemaReport) -> None:
    if found.problem is not None:
        raise SchemaMismatch(found.problem)


def _names(migrations: tuple[Migration, ...]) -> tuple[str, ...]:
    return tuple(migration.name for migration in migrations)


def _statements(script: str) -> list[str]:
    """Splits a script; `executescript` would commit the transaction we are in."""
    found: list[str] = []
    current = ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            found.append(current.strip())
            current = ""
    return found
