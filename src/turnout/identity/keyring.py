"""All keys in memory, in step with the store: a request never waits for SQLite to be known.

A key that is known stays known while the store is down. A key that is not known is looked for in
the store once (another process may have made it a moment ago); when the store cannot say, that is
`StoreUnavailable`, never "no such key": an infrastructure fault must not look like a wrong key.
"""

import asyncio
import logging
import sqlite3
from collections import OrderedDict
from typing import Final, Self

import msgspec

from turnout.core.clock import Clock
from turnout.core.errors import Refusal
from turnout.core.ids import secret_key
from turnout.identity.keys import Key, KeyChanges, NewKey, hash_secret, is_well_formed, mask
from turnout.identity.limits import Spending, SpendRow, windows
from turnout.store.database import Database, Row, StoreUnavailable
from turnout.store.statements import SQL

PAGE: Final = 100  # keys per page; source: contract section 2.3
_ABSENT_S: Final = 2.0
_ABSENT_MAX: Final = 4096
# Garbage keys must not crowd out the reads of records; those who know their key are in memory.
_FLIGHTS_MAX: Final = 64
_POLL_S: Final = 0.5

log = logging.getLogger(__name__)


class _Flight:
    """A look-up under way, shared by everybody who asks for the same key."""

    __slots__ = ("done", "error")

    def __init__(self) -> None:
        self.done = asyncio.Event()
        self.error: StoreUnavailable | None = None


class Keyring:
    """See the module. Belongs to one event loop (or to a command without one, for `open`)."""

    def __init__(self, database: Database, clock: Clock, spending: Spending) -> None:
        self.spending = spending
        self._database = database
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._absent: OrderedDict[str, float] = OrderedDict()
        self._flights: dict[str, _Flight] = {}
        # Moved by every change made here: what was read before it must not undo it in memory.
        self._edits = 0

    @classmethod
    def open(cls, database: Database, clock: Clock, spending: Spending) -> Self:
        """A keyring with the store's keys, and `spending` with its sums; blocks.

        Open the ledger first: it brings the records of a crashed process into those sums.

        Raises:
            StoreUnavailable: The store cannot be read.
        """
        keyring = cls(database, clock, spending)
        keyring._take(database.read_now("all_keys"))
        now_ms = clock.unix_ms()
        rows = database.read_now("spend_windows", msgspec.structs.asdict(windows(now_ms)))
        spending.load(msgspec.convert(rows, list[SpendRow]), now_ms)
        return keyring

    def find(self, secret: str) -> Key | None:
        """The key of a secret, from memory.

        Secrets are compared by their SHA-256, so the time this takes tells nothing about them.
        """
        return self._keys.get(hash_secret(secret))

    def known(self, key_hash: str) -> Key | None:
        """The key of that hash, from memory."""
        return self._keys.get(key_hash)

    async def lookup(self, secret: str) -> Key | None:
        """As `find`, asking the store for what memory does not know.

        Raises:
            StoreUnavailable: The key is not in memory and the store cannot be asked.
        """
        if not is_well_formed(secret):
            return None
        digest = hash_secret(secret)
        while True:
            if (key := self._keys.get(digest)) is not None:
                return key
            if self._absent.get(digest, 0.0) > self._clock.now_s():
                return None
            flight = self._flights.get(digest)
            if flight is None:
                return await self._fetch(digest)
            await flight.done.wait()
            if flight.error is not None:
                raise StoreUnavailable(str(flight.error)) from flight.error

    async def create(self, new: NewKey) -> tuple[str, Key]:
        """A new secret, which is never shown again, and its key.

        Raises:
            StoreUnavailable: It could not be stored.
        """
        secret = secret_key()
        key = Key(
            hash=hash_secret(secret),
            label=mask(secret),
            created_ms=self._clock.unix_ms(),
            **msgspec.structs.asdict(new),
        )
        await self._database.write(lambda db: db.execute(SQL["insert_key"], _params(key)))
        self._edits += 1
        self._keys[key.hash] = key
        return secret, key

    async def page(
        self, *, offset: int = 0, include_disabled: bool = False, include_expired: bool = False
    ) -> list[Key]:
        """Up to 100 keys from an offset on, newest first.

        Raises:
            StoreUnavailable: The store cannot be read.
        """
        rows = await self._database.read(
            "list_keys",
            {
                "include_disabled": include_disabled,
                "include_expired": include_expired,
                "now_ms": self._clock.unix_ms(),
                "limit": PAGE,
                "offset": offset,
            },
        )
        return [_key(row) for row in rows]

    async def get(self, key_hash: str) -> Key | None:
        """The stored key of that hash, None when there is none.

        Raises:
            StoreUnavailable: The store cannot be read.
        """
        rows = await self._database.read("find_key", {"hash": key_hash})
        return _key(rows[0]) if rows else None

    async def update(self, key_hash: str, changes: KeyChanges) -> Key:
        """The key after the changes; in force at once here, within a second elsewhere.

        Raises:
            Refusal: "not_found".
            StoreUnavailable: It could not be stored.
        """
        now_ms = self._clock.unix_ms()

        def change(db: sqlite3.Connection) -> Key:
            cursor = db.execute(SQL["find_key"], {"hash": key_hash})
            names = [column[0] for column in cursor.description]
            found = cursor.fetchone()
            if found is None:
                raise _no_such_key(key_hash)
            changed = msgspec.structs.replace(
                _key(dict(zip(names, found, strict=True))), updated_ms=now_ms, **_said(changes)
            )
            db.execute(SQL["update_key"], _params(changed))
            return changed

        key = await self._database.write(change)
        self._edits += 1
        self._keys[key_hash] = key
        return key

    async def delete(self, key_hash: str) -> None:
        """Revokes a key for good; its records and its spending stay.

        Raises:
            Refusal: "not_found".
            StoreUnavailable: It could not be stored.
        """

        def remove(db: sqlite3.Connection) -> int:
            return db.execute(SQL["delete_key"], {"hash": key_hash}).rowcount

        removed = await self._database.write(remove)
        self._edits += 1
        self._keys.pop(key_hash, None)
        if not removed:
            raise _no_such_key(key_hash)

    async def refresh(self) -> None:
        """Takes over what other processes did to the keys.

        Raises:
            StoreUnavailable: The store cannot be read; the known keys stay.
        """
        while True:
            edits = self._edits
            rows = await self._database.read("all_keys")
            if edits == self._edits:
                self._take(rows)
                self._absent.clear()
                return

    async def watch(self) -> None:
        """Refreshes within a second of another process's write, until cancelled."""
        seen = -1
        failing = False
        while True:
            try:
                version = await self._database.changes()
                if version != seen:
                    await self.refresh()
                    seen = version
                failing = False
            except StoreUnavailable as error:
                if not failing:
                    log.warning("keys cannot be refreshed, the known ones stay: %s", error)
                failing = True
            await asyncio.sleep(_POLL_S)

    async def _fetch(self, digest: str) -> Key | None:
        if len(self._flights) >= _FLIGHTS_MAX:
            raise StoreUnavailable("too many unknown keys are being looked up")
        flight = self._flights[digest] = _Flight()
        edits = self._edits
        try:
            key = await self.get(digest)
        except StoreUnavailable as error:
            flight.error = error
            raise
        finally:
            del self._flights[digest]
            flight.done.set()
        if edits != self._edits:
            return await self.get(digest)
        if key is not None:
            self._keys[digest] = key
            return key
        self._absent[digest] = self._clock.now_s() + _ABSENT_S
        if len(self._absent) > _ABSENT_MAX:
            self._absent.popitem(last=False)
        return None

    def _take(self, rows: list[Row]) -> None:
        self._keys = {key.hash: key for key in map(_key, rows)}


def _key(row: Row) -> Key:
    # SQLite has no booleans: 0 and 1 are read as such.
    return msgspec.convert(row, Key, strict=False)


def _params(key: Key) -> dict[str, str | int | bytes | bool | None]:
    return msgspec.structs.asdict(key)


def _said(changes: KeyChanges) -> dict[str, object]:
    fields = msgspec.structs.asdict(changes)
    return {name: value for name, value in fields.items() if value is not msgspec.UNSET}


def _no_such_key(key_hash: str) -> Refusal:
    text = f"there is no API key with the hash {key_hash[:64]}"
    return Refusal("not_found", text, param="hash")
