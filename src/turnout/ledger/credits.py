"""Prepaid credit: append-only movements. A balance is granted minus used, and no field anywhere."""

import sqlite3

from turnout.core.clock import Clock
from turnout.core.money import Nusd
from turnout.store.database import Database
from turnout.store.statements import SQL


async def grant(database: Database, clock: Clock, nusd: Nusd, reason: str) -> None:
    """Appends a movement of credit; a negative one takes back. Also beside a serving gateway.

    Raises:
        StoreUnavailable: It could not be stored.
    """
    now_ms = clock.unix_ms()

    def append(connection: sqlite3.Connection) -> None:
        movement = {"created_ms": now_ms, "nusd": int(nusd), "reason": reason}
        connection.execute(SQL["grant_credit"], movement)

    await database.write(append)


async def total_granted(database: Database) -> Nusd:
    """All credit ever granted, less what was taken back.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    rows = await database.read("total_granted")
    return Nusd(int(rows[0]["nusd"] or 0))
