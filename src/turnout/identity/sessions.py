"""Who is signed in at the site. A cookie is a secret; the store knows its hash alone.

Each request asks the store, so that a sign-out or a new password, also by another process, holds at
once. Only requests without a key come here.
"""

import hashlib
import hmac
import secrets
import sqlite3
from typing import Final

import msgspec

from turnout.core.clock import Clock
from turnout.store.database import Database
from turnout.store.statements import SQL

LASTS_MS: Final = 30 * 86_400_000
_EXTENDED_AFTER_MS: Final = 86_400_000
"""A session in use is extended once a day, not at every request."""
_MAX: Final = 200


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in.

    Attributes:
        hash: SHA-256 hex of the cookie.
        key_hash: The management key that signed in, None where the password did.
    """

    hash: str
    key_hash: str | None
    created_ms: int
    expires_ms: int


def csrf_of(secret: str) -> str:
    """What a page must send beside the cookie to change something; it cannot read the cookie."""
    return hashlib.sha256(b"csrf:" + secret.encode(errors="replace")).hexdigest()


def is_csrf(secret: str, said: str) -> bool:
    """Whether that was sent, in a time that tells nothing."""
    return hmac.compare_digest(csrf_of(secret).encode(), said.encode(errors="replace"))


class Sessions:
    """See the module."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, key_hash: str | None) -> str:
        """Signs somebody in; the secret of their cookie.

        Raises:
            StoreUnavailable: It could not be stored.
        """
        secret = secrets.token_urlsafe(32)
        now_ms = self._clock.unix_ms()
        fresh = Session(
            hash=_hash(secret), key_hash=key_hash, created_ms=now_ms, expires_ms=now_ms + LASTS_MS
        )

        def insert(db: sqlite3.Connection) -> None:
            db.execute(SQL["delete_expired_sessions"], {"now_ms": now_ms})
            db.execute(SQL["insert_session"], msgspec.structs.asdict(fresh))
            db.execute(SQL["delete_surplus_sessions"], {"kept": _MAX})

        await self._database.write(insert)
        return secret

    async def find(self, secret: str) -> Session | None:
        """The session of a cookie; one in use is extended.

        Raises:
            StoreUnavailable: The store cannot be asked.
        """
        now_ms = self._clock.unix_ms()
        rows = await self._database.read("find_session", {"hash": _hash(secret), "now_ms": now_ms})
        if not rows:
            return None
        found = msgspec.convert(rows[0], Session)
        if found.expires_ms - now_ms < LASTS_MS - _EXTENDED_AFTER_MS:
            longer = {"hash": found.hash, "expires_ms": now_ms + LASTS_MS}
            await self._database.write(lambda db: db.execute(SQL["extend_session"], longer))
        return found

    async def end(self, secret: str) -> None:
        """Signs out; nothing when nobody was signed in.

        Raises:
            StoreUnavailable: It could not be stored.
        """
        gone = {"hash": _hash(secret)}
        await self._database.write(lambda db: db.execute(SQL["delete_session"], gone))


def end_others(db: sqlite3.Connection, secret: str) -> None:
    """Ends every session but one's own, in the caller's transaction; "" ends all."""
    db.execute(SQL["delete_other_sessions"], {"hash": _hash(secret)})


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
