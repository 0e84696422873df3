"""Brings what a dead process left in its journal into SQLite, exactly once."""

import logging
import sqlite3
from pathlib import Path
from typing import Final

import msgspec

from turnout.ledger.generations import Record, decode, insert
from turnout.store.database import Database
from turnout.store.journal import Damage, Line, read_segment, segments
from turnout.store.statements import SQL

BATCH: Final = 500
PRUNED_BEFORE: Final = "pruned_before_ms"

log = logging.getLogger(__name__)


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """What a start found in the journal.

    Attributes:
        ended: Records that were promised to a client and had not reached SQLite.
        interrupted: Requests that the process died in.
        torn: Lines cut by the crash; nobody was promised them.
        damaged: Lines that went bad later; their segments are kept with the ending ".damaged".
    """

    ended: int = 0
    interrupted: int = 0
    torn: int = 0
    damaged: int = 0


def recover(database: Database, folder: Path) -> Recovered:
    """Replays all segments of a journal and deletes them; blocks. For a start, before serving.

    May be repeated and may itself be killed: a record that is in SQLite already is passed over, and
    so is one older than the last pruning, which was in SQLite once.

    Raises:
        StoreUnavailable: SQLite cannot be written; the journal is untouched.
        OSError: A segment cannot be read.
    """
    paths = segments(folder)
    if not paths:
        return Recovered()
    facts = database.read_now("get_fact", {"name": PRUNED_BEFORE})
    replay = _Replay(database, int(facts[0]["value"] or 0) if facts else 0)
    keep = {path for path in paths if replay.read(path)}
    found = replay.finish()
    database.submit(sync_to_disk).result()
    for path in paths:
        if path in keep:
            path.rename(path.with_suffix(".damaged"))
        else:
            path.unlink()
    if found != Recovered():
        log.warning("journal replayed: %s", found)
    return found


class _Replay:
    """Reads segments in order, keeping only begins without an end, and inserts in batches."""

    def __init__(self, database: Database, pruned_before_ms: int) -> None:
        self._database = database
        self._pruned_before_ms = pruned_before_ms
        self._batch: list[Record] = []
        self._begun: dict[str, Record] = {}
        self._ended = 0
        self._torn = 0
        self._damaged = 0

    def read(self, path: Path) -> bool:
        """Takes in a segment; True when a line in it went bad and the file should be kept."""
        damaged = self._damaged
        for line in read_segment(path):
            match line:
                case Damage(torn=True):
                    self._torn += 1
                case Damage():
                    self._damaged += 1
                case Line(kind, body):
                    self._note(kind, body)
        return self._damaged > damaged

    def finish(self) -> Recovered:
        """Inserts the rest, and the begins that never ended."""
        self._flush()
        ended = self._ended
        for record in self._begun.values():
            self._add(record)
        self._flush()
        return Recovered(
            ended=ended,
            interrupted=self._ended - ended,
            torn=self._torn,
            damaged=self._damaged,
        )

    def _note(self, kind: str, body: bytes) -> None:
        try:
            record = Record(decode(body), body)
        except msgspec.DecodeError:
            self._damaged += 1
            return
        if record.generation.created_ms < self._pruned_before_ms:
            return
        if kind == "begin":
            self._begun[record.generation.id] = record
            return
        self._begun.pop(record.generation.id, None)
        self._add(record)

    def _add(self, record: Record) -> None:
        self._batch.append(record)
        if len(self._batch) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            self._ended += self._database.write_now(lambda db: insert(db, batch))


def sync_to_disk(connection: sqlite3.Connection) -> None:
    """Makes all commits survive a power cut, so that their journal may go."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def prune(connection: sqlite3.Connection, before_ms: int, limit: int) -> int:
    """Deletes up to `limit` generations older than a moment and notes it for `recover`.

    Belongs in a transaction.
    """
    noted = connection.execute(SQL["get_fact"], {"name": PRUNED_BEFORE}).fetchone()
    latest_ms = max(before_ms, int(noted[0]) if noted else 0)
    connection.execute(SQL["set_fact"], {"name": PRUNED_BEFORE, "value": str(latest_ms)})
    helping = {"before_ms": before_ms, "limit": limit}
    return connection.execute(SQL["prune_generations"], helping).rowcount
