"""Header → key. Refuses before a byte of the body is read."""

from typing import Final, Literal

from turnout.core.errors import Refusal
from turnout.core.types import Headers
from turnout.flow.gateway import Gateway
from turnout.identity.keys import Key
from turnout.identity.limits import check_alive
from turnout.identity.sessions import is_csrf

KeyKind = Literal["inference", "management", "any"]

SESSION_COOKIE: Final = "turnout_session"
CSRF_HEADER: Final = "x-turnout-csrf"

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER: Final = "bearer "


async def authenticate(
    gateway: Gateway, headers: Headers, kind: KeyKind = "inference", method: str = "POST"
) -> Key:
    """The caller's key, alive, of the right kind and, for inference, within its limits.

    Without a key, the session of a cookie: for inference it uses the site's own key.

    Args:
        gateway: Who knows keys and sessions.
        headers: Of the request.
        kind: Of key that is wanted.
        method: Of the request; a session must prove that the site asks, where it changes something.

    Raises:
        Refusal: 401 without a valid key, 403 for the wrong kind, 402 over its limit.
        StoreUnavailable: The key is not in memory and the store cannot be asked; never a 401.
    """
    secret = secret_in(headers)
    if not secret:
        return await _signed_in(gateway, headers, kind, method)
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


async def _signed_in(gateway: Gateway, headers: Headers, kind: KeyKind, method: str) -> Key:
    cookie = session_in(headers)
    key = await gateway.operator.signed_in(cookie) if cookie else None
    if key is None:
        raise Refusal(
            "authentication",
            "No auth credentials found: send a key as 'Authorization: Bearer sk-or-v1-…'.",
        )
    check_csrf(cookie, headers, method)
    if kind != "inference":
        return key
    key = await gateway.operator.site_key()
    now_ms = gateway.clock.unix_ms()
    check_alive(key, now_ms)
    gateway.keyring.spending.check(key, now_ms)
    return key


def check_csrf(cookie: str, headers: Headers, method: str) -> None:
    """Lets a session's request pass that reads, or that only a page of ours can have sent.

    Raises:
        Refusal: 403.
    """
    if method not in _READING and not is_csrf(cookie, headers.get(CSRF_HEADER, "")):
        raise Refusal("permission_denied", f"The header {CSRF_HEADER} is missing or wrong.")


def session_in(headers: Headers) -> str:
    """The session's secret in the cookies, or ""."""
    for pair in headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == SESSION_COOKIE:
            return value
    return ""


def secret_in(headers: Headers) -> str:
    """The secret a request carries, or ""."""
    bearer = headers.get("authorization", "")
    if bearer[:7].lower() == _BEARER:
        return bearer[7:].strip()
    return headers.get("x-api-key", "").strip()
