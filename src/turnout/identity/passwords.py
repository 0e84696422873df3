"""The operator's password: a fresh one, its hash, and whether a text is it.

scrypt costs a guesser 16 MB and some 100 ms a try; whoever calls does so off the event loop.
Source of the cost: OWASP's password storage cheat sheet (N=2^14, r=8, p=5).
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from typing import Final

SHORTEST: Final = 8
LONGEST: Final = 256
"""Characters; what is longer is refused before it costs anything."""

_N: Final = 2**14
_R: Final = 8
_P: Final = 5
_MEMORY_BYTES: Final = 64 * 1024 * 1024
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_CHARS = 4, 4


def fresh_password() -> str:
    """79 random bits in letters that nobody mistakes: "k3nd-wq8p-7xhe-mmt2"."""
    groups = (
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_CHARS)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def hashed(password: str) -> str:
    """What may be stored of a password: "scrypt$N$r$p$salt$hash"."""
    salt = secrets.token_bytes(16)
    made = _scrypt(password, salt, _N, _R, _P)
    return "$".join(("scrypt", str(_N), str(_R), str(_P), _text(salt), _text(made)))


def matches(password: str, stored: str) -> bool:
    """Whether a password is the one of a stored hash, in a time that tells nothing of either."""
    _, n, r, p, salt, made = stored.split("$")
    again = _scrypt(password, b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(again, b64decode(made))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    text = password.encode(errors="replace")
    return hashlib.scrypt(text, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY_BYTES, dklen=32)


def _text(data: bytes) -> str:
    return b64encode(data).decode()
