"""Prepaid credit: append-only movements. A balance is granted minus used, and no field anywhere."""

import sqlite3

import msgspec

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


class Movement(msgspec.Struct, frozen=True):
    """Credit that was granted, or taken back."""

    created_ms: int
    nusd: int
    reason: str


class DaySpend(msgspec.Struct, frozen=True):
    """What all keys spent on a UTC day, counted from 1970-01-01."""

    day: int
    nusd: int


async def movements(database: Database, limit: int) -> list[Movement]:
    """The last movements, newest first.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    return msgspec.convert(await database.read("list_credits", {"limit": limit}), list[Movement])


async def daily_spend(database: Database, since: int) -> list[DaySpend]:
    """What was spent on each day from one on; days without spending are left out.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    return msgspec.convert(await database.read("daily_spend", {"since": since}), list[DaySpend])
