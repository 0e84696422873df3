"""The only source of ids: time-ordered, so that a lookup by id can find its day.

A generation id is `gen-<unix seconds>-<20 chars>`; the seconds are read back by `issued_s`.
"""

import secrets
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[:32]
_RANDOM_CHARS: Final = 20
_BITS: Final = 5  # per character of the 32-letter alphabet


def generation_id(unix_ms: int) -> str:
    """A fresh id, 100 random bits after the second of issue."""
    bits = secrets.randbits(_RANDOM_CHARS * _BITS)
    chars = [_ALPHABET[(bits >> shift) & 31] for shift in range(0, _RANDOM_CHARS * _BITS, _BITS)]
    return f"gen-{unix_ms // 1000}-{''.join(chars)}"


def issued_s(generation: str) -> int | None:
    """Unix seconds carried by a generation id, or None for a text that is not one of ours."""
    parts = generation.split("-")
    if len(parts) != 3 or parts[0] != "gen" or not parts[1].isdigit():
        return None
    return int(parts[1])


def secret_key() -> str:
    """A fresh API key, 256 random bits, in the form that clients of the contract expect."""
    return f"sk-or-v1-{secrets.token_hex(32)}"
