"""The only source of ids: time-ordered, so that a lookup by id can find its day.

A generation id is `gen-<unix seconds>-<20 chars>`; the seconds are read back by `issued_s`.
"""

import base64
import hashlib
import secrets
from typing import Final

_RANDOM_CHARS: Final = 20  # of base 32: 5 bits each
_RANDOM_BYTES: Final = 13


def generation_id(unix_ms: int) -> str:
    """A fresh id, 100 random bits after the second of issue."""
    bits = base64.b32hexencode(secrets.token_bytes(_RANDOM_BYTES))[:_RANDOM_CHARS]
    return f"gen-{unix_ms // 1000}-{bits.decode()}"


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
