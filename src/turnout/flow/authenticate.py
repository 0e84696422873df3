"""Header → key. Refuses before a byte of the body is read."""

from turnout.core.errors import Refusal
from turnout.core.types import Headers
from turnout.flow.gateway import Gateway
from turnout.identity.keys import Key

_BEARER = "bearer "


async def authenticate(gateway: Gateway, headers: Headers, *, management: bool = False) -> Key:
    """The caller's key, alive, of the right kind and within its limits.

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
    if key.disabled:
        raise Refusal("authentication", "This key is disabled.")
    if key.management is not management:
        kind = "management" if management else "inference"
        raise Refusal("permission_denied", f"Only {kind} keys can perform this operation.")
    gateway.ledger.spending.check(key, gateway.clock.unix_ms())
    return key


def secret_in(headers: Headers) -> str:
    """The secret a request carries, or ""."""
    bearer = headers.get("authorization", "")
    if bearer[:7].lower() == _BEARER:
        return bearer[7:].strip()
    return headers.get("x-api-key", "").strip()
