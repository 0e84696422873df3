"""Writes a month of made-up history into a data folder, through the ledger's own code.

    30 days ago ──────── sums only ────────▶│ 2 days ago ── whole records ──▶│ now
                                            │            1 day: live windows │

A folder that was filled within a day is topped up: what is missing until now is made, as it would
have been made then. An older one is made anew. A folder with a store that is not ours is refused.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from turnout.catalog.index import Catalog
from turnout.core.clock import Clock
from turnout.core.errors import TurnoutError
from turnout.core.ids import secret_key
from turnout.core.money import nusd_from_usd
from turnout.core.types import Outcome
from turnout.demo.cast import Script, assemble
from turnout.demo.records import Records
from turnout.demo.sums import Sums
from turnout.demo.traffic import DAYS, HOUR_MS, Traffic
from turnout.identity.keys import Key, hash_secret, mask
from turnout.ledger.generations import Record, encode, insert
from turnout.metrics.health import Health
from turnout.metrics.keeping import Keeper
from turnout.store.database import DATABASE_NAME, Database, Job, StoreUnavailable
from turnout.store.folder import FolderLock, open_folder, private_file
from turnout.store.statements import SQL
from turnout.store.transaction import transaction

DAY_MS: Final = 24 * HOUR_MS
WHOLE_DAYS: Final = 2
STALE_MS: Final = DAY_MS
SECRETS_NAME: Final = "demo-keys.json"
DEMO_FACT: Final = "demo"
"""Of a store: when its history was made, in unix ms; 0 while it is being made."""
_BATCH: Final = 2000
_PATIENCE_S: Final = 60.0
_OWN_KEY: Final = "Demo"
_OPERATOR_KEY: Final = "Demo management"
_GRANTS: Final = (
    (29, "2500", "Invoice 1001"),
    (16, "1500", "Invoice 1002"),
    (3, "2000", "Invoice 1003"),
)
"""Days ago, USD, reason."""


class FolderNotOursError(TurnoutError):
    """The folder holds a store that is no demo's."""


class Secrets(msgspec.Struct, frozen=True):
    """Keys of a demo in the clear, so that its owner can try them.

    Attributes:
        inference: For its owner, to ask models with.
        management: Manages keys, and signs in to the site.
        callers: Of the made-up callers, by the key's name.
    """

    inference: str
    management: str
    callers: Mapping[str, str]


class Filled(msgspec.Struct, frozen=True):
    """What was done.

    Attributes:
        made: The history is new; else it was topped up.
        records: Generations written just now.
    """

    secrets: Secrets
    made: bool
    records: int


def fill(folder: Path, catalog: Catalog, clock: Clock) -> Filled:
    """Makes or tops up the history in a folder; blocks for some seconds.

    Raises:
        FolderNotOursError: A store is there that no demo made.
        FolderInUse: A gateway serves from it.
        StoreUnavailable: It cannot be written.
    """
    # Held to the end: a gateway that serves from here would lose its store under its feet.
    lock = FolderLock.take(open_folder(folder))
    try:
        return _fill(folder, catalog, clock)
    finally:
        lock.release()


def _fill(folder: Path, catalog: Catalog, clock: Clock) -> Filled:
    now_ms = clock.unix_ms()
    anchor_ms = _anchor(folder, clock)
    made = anchor_ms is None or not 0 <= now_ms - anchor_ms < STALE_MS
    if made:
        _clear(folder)
    database = Database.open(folder, clock)
    try:
        ahead, cast = _Ahead(database), assemble(catalog)
        secrets, hashes = _cast_keys(database, folder, now_ms, cast.script, new=made)
        traffic = Traffic(cast, now_ms if made or anchor_ms is None else anchor_ms)
        since_ms = now_ms - WHOLE_DAYS * DAY_MS if made else _last_ms(database) + 1
        if made:
            _set_fact(database, DEMO_FACT, "0")
            # The sums end where an hour does, and records begin there: no hour has both.
            since_ms -= since_ms % HOUR_MS
            _write_sums(ahead, Sums(traffic, hashes), since_ms // HOUR_MS)
            ahead.wait()
            _write_grants(database, now_ms)
        health = Health(clock.unix_ms() / 1000 - clock.now_s())
        keeper = Keeper(health, database, clock)
        keeper.restore()
        count = _write_records(ahead, Records(traffic, hashes), (since_ms, now_ms), health)
        asyncio.run(keeper.save())
        if made:
            _set_fact(database, DEMO_FACT, str(now_ms))
    finally:
        database.close()
    return Filled(secrets, made, count)


def _anchor(folder: Path, clock: Clock) -> int | None:
    """When the history there was made, None when nothing is there."""
    if not (folder / DATABASE_NAME).exists():
        return None
    database = Database.open(folder, clock)
    try:
        rows = database.read_now("get_fact", {"name": DEMO_FACT})
        if not rows:
            raise FolderNotOursError(
                f"the data folder {folder} holds records that no demo made; name another one "
                "with --data-dir"
            )
        return int(str(rows[0]["value"]))
    finally:
        database.close()


def _clear(folder: Path) -> None:
    """Removes what an earlier demo stored; `_anchor` has made sure that it was one."""
    for path in folder.glob(f"{DATABASE_NAME}*"):
        path.unlink()
    shutil.rmtree(folder / "journal", ignore_errors=True)


def _cast_keys(
    database: Database, folder: Path, now_ms: int, script: Script, *, new: bool
) -> tuple[Secrets, Mapping[str, str]]:
    """The demo's own keys, and the hashes of the callers' keys by name; made where new."""
    path = open_folder(folder) / SECRETS_NAME
    if not new:
        rows = database.read_now("all_keys")
        hashes = {str(row["name"]): str(row["hash"]) for row in rows}
        return msgspec.json.decode(path.read_bytes(), type=Secrets), hashes
    callers = {caller.key: secret_key() for caller in script.callers}
    secrets = Secrets(secret_key(), secret_key(), callers)
    private_file(path)
    path.write_bytes(msgspec.json.encode(secrets))
    keys = [_key(secret, name, now_ms - (DAYS + 1) * DAY_MS) for name, secret in callers.items()]
    keys.append(_key(secrets.inference, _OWN_KEY, now_ms))
    keys.append(_key(secrets.management, _OPERATOR_KEY, now_ms, management=True))
    rows = [msgspec.structs.asdict(key) for key in keys]
    database.write_now(lambda db: db.executemany(SQL["insert_key"], rows))
    return secrets, {key.name: key.hash for key in keys}


def _key(secret: str, name: str, created_ms: int, *, management: bool = False) -> Key:
    return Key(
        hash=hash_secret(secret),
        label=mask(secret),
        name=name,
        management=management,
        created_ms=created_ms,
    )


def _last_ms(database: Database) -> int:
    """When the last record was accepted, ours or a real one."""
    rows = database.read_now("newest_generation")
    return int(rows[0]["created_ms"] or 0) if rows else 0


class _Ahead:
    """Writes one job while the next is made: SQLite works without the interpreter's lock."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writing: Future[object] | None = None

    def write(self, job: Job[object]) -> None:
        """Queues a transaction when the one before is committed.

        Raises:
            StoreUnavailable: The one before failed.
        """
        self.wait()
        self._writing = self._database.submit(lambda connection: _transact(connection, job))

    def wait(self) -> None:
        """Until all is committed; errors as `write`."""
        writing, self._writing = self._writing, None
        if writing is not None:
            try:
                writing.result(_PATIENCE_S)
            except (sqlite3.Error, TimeoutError) as error:
                raise StoreUnavailable(f"the history cannot be stored: {error}") from error


def _transact(connection: sqlite3.Connection, job: Job[object]) -> object:
    with transaction(connection):
        return job(connection)


def _write_sums(ahead: _Ahead, sums: Sums, until_hour: int) -> None:
    for helping in sums.helpings(until_hour - (DAYS - WHOLE_DAYS) * 24, until_hour):
        ahead.write(helping.write)


def _write_grants(database: Database, now_ms: int) -> None:
    rows = [
        {
            "created_ms": now_ms - days * DAY_MS,
            "nusd": int(nusd_from_usd(amount)),
            "reason": f"{reason} (made up)",
        }
        for days, amount, reason in _GRANTS
    ]
    database.write_now(lambda db: db.executemany(SQL["grant_credit"], rows))


def _write_records(
    ahead: _Ahead, records: Records, span_ms: tuple[int, int], health: Health
) -> int:
    """Stores the records of a span and plays the last day of them to the live windows."""
    batch: list[Record] = []
    outcomes: list[tuple[int, Outcome]] = []
    count = 0
    for drawn in records.between(*span_ms):
        batch += [encode(one.generation) for one in drawn]
        for one in drawn:
            outcomes += [row for row in one.outcomes if span_ms[1] - DAY_MS < row[0] <= span_ms[1]]
        count += len(drawn)
        if len(batch) >= _BATCH:
            ahead.write(partial(insert, records=batch))
            batch = []
    ahead.write(partial(insert, records=batch))
    ahead.wait()
    outcomes.sort(key=lambda row: row[0])
    for at_ms, outcome in outcomes:
        health.window(outcome.endpoint).record(outcome, at_ms / 1000)
    return count


def _set_fact(database: Database, name: str, value: str) -> None:
    database.write_now(lambda db: db.execute(SQL["set_fact"], {"name": name, "value": value}))
