"""A key for one piece of work of our own, made beside a gateway that may be serving."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import msgspec

from turnout.core.clock import Clock
from turnout.core.ids import secret_key
from turnout.identity.keys import Key, hash_secret, mask
from turnout.store.database import Database
from turnout.store.statements import SQL

_RECORDED_S: Final = 5.0
_LOOK_S: Final = 0.1


@contextmanager
def temporary_key(
    database: Database, clock: Clock, name: str
) -> Generator[tuple[str, Key], None, None]:
    """A secret and its key, which is disabled at the end of the block; blocks.

    It stays in the list of keys, for its records name it.

    Raises:
        StoreUnavailable: It could not be stored.
    """
    secret = secret_key()
    key = Key(hash=hash_secret(secret), label=mask(secret), name=name, created_ms=clock.unix_ms())
    database.write_now(lambda db: db.execute(SQL["insert_key"], msgspec.structs.asdict(key)))
    try:
        yield secret, key
    finally:
        over = msgspec.structs.replace(key, disabled=True, updated_ms=clock.unix_ms())
        database.write_now(lambda db: db.execute(SQL["update_key"], msgspec.structs.asdict(over)))


def spent_by(database: Database, clock: Clock, key_hash: str, requests: int) -> int:
    """What a key was charged, in nano-USD, when that many requests are on record; blocks.

    A gateway commits records within a fraction of a second; after five what is there counts.
    """
    until_s = clock.now_s() + _RECORDED_S
    while True:
        row = database.read_now("spend_of_key", {"key_hash": key_hash})[0]
        if int(row["requests"] or 0) >= requests or clock.now_s() >= until_s:
            return int(row["nusd"] or 0)
        time.sleep(_LOOK_S)
