"""Header → key. Refuses before a byte of the body is read."""

from typing import Final, Literal

from turnout.core.errors import Refusal
from turnout.core.types import Headers
from turnout.flow.gateway import Gateway
from turnout.identity.keys import Key
from turnout.identity.limits import check_alive

KeyKind = Literal["inference", "management", "any"]

_BEARER: Final = "bearer "


async def authenticate(gateway: Gateway, headers: Headers, kind: KeyKind = "inference") -> Key:
    """The caller's key, alive, of the right kind and, for inference, within its limits.

    Raises:
        Refusal: 401 without a valid key, 403 for the wrong kind, 402 over its limit.
        StoreUnavailable: The key is not in memory and the store cannot be asked; never a 401.
    """
    secret = secret_in(headers)
    if not secret:
        raise Refusal(
            "authentication",
            "No auth credentials found: send a key as 'Authorization: Bearer sk-or-v1-…'.",
        )
    key = gateway.keyring.find(secret) or await gateway.keyring.lookup(secret)
    if key is None:
        raise Refusal("authentication", "User not found: this key is not known here.")
    now_ms = gateway.clock.unix_ms()
    check_alive(key, now_ms)
    if kind != "any" and key.management is not (kind == "management"):
        raise Refusal("permission_denied", f"Only {kind} keys can perform this operation.")
    if kind == "inference":
        gateway.keyring.spending.check(key, now_ms)
    return key


def secret_in(headers: Headers) -> str:
    """The secret a request carries, or ""."""
    bearer = headers.get("authorization", "")
    if bearer[:7].lower() == _BEARER:
        return bearer[7:].strip()
    return headers.get("x-api-key", "").strip()
