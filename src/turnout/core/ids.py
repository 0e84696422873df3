"""The only source of ids: time-ordered, so that a lookup by id can find its day.

A generation id is `gen-<unix seconds>-<20 hex digits>`; the seconds are read back by `issued_s`.
"""

import hashlib
import random
import secrets
from typing import Final

_RANDOM_BITS: Final = 80
# An id is a name and no secret (a record is shown to its key alone), so the system's generator
# seeds this one and is not asked again: its call costs more than all the rest of an id.
_CHANCE: Final = random.Random(secrets.randbits(256))  # noqa: S311 (see above)


def generation_id(unix_ms: int) -> str:
    """A fresh id, 80 random bits after the second of issue."""
    return f"gen-{unix_ms // 1000}-{_CHANCE.getrandbits(_RANDOM_BITS):020x}"


def seed_of(generation: str) -> int:
    """The 63 bits of chance that plan a generation; a function of its id, so never lost."""
    return int.from_bytes(hashlib.blake2b(generation.encode(), digest_size=8).digest()) >> 1


def issued_s(generation: str) -> int | None:
    """Unix seconds carried by a generation id, or None for a text that is not one of ours."""
    parts = generation.split("-")
    if len(parts) != 3 or parts[0] != "gen" or not parts[1].isdigit():
        return None
    return int(parts[1])


def secret_key() -> str:
    """A fresh API key, 256 random bits, in the form that clients of the contract expect."""
    return f"sk-or-v1-{secrets.token_hex(32)}"
