"""The operator: whose password it is, who is signed in, and which key their own requests use."""

import asyncio
import sqlite3
from typing import Final

from turnout.core.clock import Clock
from turnout.core.errors import Refusal, invalid
from turnout.identity.keyring import Keyring
from turnout.identity.keys import Key, NewKey
from turnout.identity.limits import check_alive
from turnout.identity.passwords import LONGEST, SHORTEST, fresh_password, hashed, matches
from turnout.identity.sessions import Sessions, end_others
from turnout.identity.throttle import Throttle
from turnout.store.database import Database
from turnout.store.statements import SQL

SITE_KEY: Final = "Site"
"""Name of the key that requests of whoever is signed in are charged to."""
PASSWORD_FACT: Final = "operator_password"  # noqa: S105 (the name of a fact)
_SITE_KEY_FACT: Final = "site_key"
_HASHING_MAX: Final = 2
"""Tries hashed at once, each in 16 MB; others wait, as many as the throttle lets in."""

OPERATOR: Final = Key(hash="operator", label="", name="Operator", management=True, created_ms=0)
"""Whom a session of the password acts as; not in the keyring."""


class Operator:
    """See the module. Belongs to one event loop."""

    def __init__(self, database: Database, clock: Clock, keyring: Keyring) -> None:
        self.sessions = Sessions(database, clock)
        self._database = database
        self._clock = clock
        self._keyring = keyring
        self._throttle = Throttle()
        self._hashing = asyncio.Semaphore(_HASHING_MAX)
        self._site_key = asyncio.Lock()
        self._site_key_hash: str | None = None

    async def can_sign_in(self) -> bool:
        """Whether there is a password.

        Raises:
            StoreUnavailable: The store cannot be asked.
        """
        return await self._database.get_fact(PASSWORD_FACT) is not None

    async def sign_in(self, password: str, address: str) -> str:
        """The secret of a new session for who knows the password.

        Raises:
            Refusal: 401 for a wrong one; 429 after too many tries.
            StoreUnavailable: The store cannot be asked.
        """
        self._throttle.admit(address, self._clock.now_s())
        if not await self._is_password(password):
            raise Refusal("authentication", "This is not the operator's password.")
        self._throttle.forget(address)
        return await self.sessions.begin(None)

    async def sign_in_with_key(self, secret: str, address: str) -> str:
        """The secret of a new session for who has a management key.

        Raises:
            Refusal: 401 for an unknown key, 403 for one that manages nothing; 429.
            StoreUnavailable: The store cannot be asked.
        """
        self._throttle.admit(address, self._clock.now_s())
        key = await self._keyring.lookup(secret)
        if key is None:
            raise Refusal("authentication", "This key is not known here.")
        check_alive(key, self._clock.unix_ms())
        if not key.management:
            raise Refusal("permission_denied", "Only management keys can sign in.")
        self._throttle.forget(address)
        return await self.sessions.begin(key.hash)

    async def signed_in(self, secret: str) -> Key | None:
        """Whom the session of a cookie acts as: a management key, or `OPERATOR`.

        None where it is no session, or its key has been revoked, disabled, or has expired.

        Raises:
            StoreUnavailable: The store cannot be asked.
        """
        session = await self.sessions.find(secret)
        if session is None:
            return None
        if session.key_hash is None:
            return OPERATOR
        key = await self._keyring.get(session.key_hash)
        if key is None:
            return None
        try:
            check_alive(key, self._clock.unix_ms())
        except Refusal:
            return None
        return key

    async def site_key(self) -> Key:
        """The key that requests of whoever is signed in are charged to; made at its first use.

        Nobody has its secret. It may be limited and disabled like any other.

        Raises:
            StoreUnavailable: The store cannot be asked.
        """
        async with self._site_key:
            if self._site_key_hash is None:
                self._site_key_hash = await self._database.get_fact(_SITE_KEY_FACT)
            known = self._site_key_hash and self._keyring.known(self._site_key_hash)
            if not known:
                _, known = await self._keyring.create(NewKey(name=SITE_KEY, creator=OPERATOR.hash))
                await self._database.set_fact(_SITE_KEY_FACT, known.hash)
                self._site_key_hash = known.hash
            return known

    async def first_password(self) -> str | None:
        """A fresh password when there was none yet, which is never shown again; else None.

        Raises:
            StoreUnavailable: The store cannot be asked.
        """
        if await self.can_sign_in():
            return None
        fresh = fresh_password()
        await self._store(fresh, own="")
        return fresh

    async def configure(self, password: str) -> None:
        """Makes a configured password the one in force; a new one ends all sessions.

        Raises:
            StoreUnavailable: It could not be stored.
        """
        stored = await self._database.get_fact(PASSWORD_FACT)
        if stored is None or not await asyncio.to_thread(matches, password, stored):
            await self._store(password, own="")

    async def change(self, old: str, new: str, own: str, address: str) -> None:
        """A new password; every session but one's own ends.

        Args:
            old: The one in force.
            new: 8 to 256 characters.
            own: The secret of the session that goes on, "" for none.
            address: Of who asks.

        Raises:
            Refusal: 400 for a new one that is too short or too long, 401 for a wrong old one; 429.
            StoreUnavailable: It could not be stored.
        """
        check_password(new, "new")
        self._throttle.admit(address, self._clock.now_s())
        if not await self._is_password(old):
            raise Refusal("authentication", "This is not the operator's password.", param="old")
        self._throttle.forget(address)
        await self._store(new, own)

    async def _is_password(self, password: str) -> bool:
        stored = await self._database.get_fact(PASSWORD_FACT)
        if stored is None or len(password) > LONGEST:
            return False
        async with self._hashing:
            return await asyncio.to_thread(matches, password, stored)

    async def _store(self, password: str, own: str) -> None:
        made = await asyncio.to_thread(hashed, password)
        await self._database.write(lambda db: store_password(db, made, own))


def check_password(password: str, field: str) -> None:
    """Lets a password pass that is neither too short nor too long.

    Raises:
        Refusal: 400 that names the field.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise invalid(field, f"must have {SHORTEST} to {LONGEST} characters")


def store_password(db: sqlite3.Connection, made: str, own: str = "") -> None:
    """Puts a password's hash in force and ends the sessions of the one before, but one's own."""
    db.execute(SQL["set_fact"], {"name": PASSWORD_FACT, "value": made})
    end_others(db, own)
