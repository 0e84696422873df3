"""API keys: what one is, and how a secret becomes the hash that names it."""

import hashlib
from typing import Final, Literal

import msgspec

LimitReset = Literal["daily", "weekly", "monthly"]

_PREFIX: Final = "sk-or-v1-"
_SECRET_CHARS: Final = len(_PREFIX) + 64


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key without its secret.

    Attributes:
        hash: SHA-256 hex of the secret; the key's id everywhere.
        label: The secret with its middle masked, "sk-or-v1-abc...123".
        management: Manages other keys, and runs no inference.
        limit_nusd: What it may spend per `limit_reset`, or in all when that is None. None: no
            limit.
        expires_ms: Unix ms from which on it is refused, None for never.
        last_used_ms: As of the last commit to the store; trails by up to a second.
        creator: Id of the user or key that made it.
    """

    hash: str
    label: str
    name: str
    management: bool = False
    disabled: bool = False
    limit_nusd: int | None = None
    limit_reset: LimitReset | None = None
    expires_ms: int | None = None
    created_ms: int
    updated_ms: int | None = None
    last_used_ms: int | None = None
    creator: str | None = None


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a key when it is made; fields as in `Key`."""

    name: str
    management: bool = False
    limit_nusd: int | None = None
    limit_reset: LimitReset | None = None
    expires_ms: int | None = None
    creator: str | None = None


class KeyChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a key; UNSET leaves a field as it is, None clears it."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET
    limit_nusd: int | msgspec.UnsetType | None = msgspec.UNSET
    limit_reset: LimitReset | msgspec.UnsetType | None = msgspec.UNSET
    expires_ms: int | msgspec.UnsetType | None = msgspec.UNSET


def hash_secret(secret: str) -> str:
    """The name of a key: SHA-256 hex of its secret. Secrets are 256 random bits: no salt needed."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def mask(secret: str) -> str:
    """A secret as it may be shown again: "sk-or-v1-abc...123"."""
    return f"{secret[: len(_PREFIX) + 3]}...{secret[-3:]}"


def is_well_formed(secret: str) -> bool:
    """Whether a text could be one of our secrets at all; what is not needs no look-up."""
    return len(secret) == _SECRET_CHARS and secret.startswith(_PREFIX)
