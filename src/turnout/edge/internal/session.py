"""Signing in and out. The cookie cannot be read by a page, nor sent by another site."""

import logging
from typing import Final

import msgspec

from turnout.core.errors import Refusal, invalid
from turnout.edge.admission import is_public
from turnout.edge.ask import Ask, Reply, reply
from turnout.flow.authenticate import SESSION_COOKIE, check_csrf, session_in
from turnout.identity.sessions import LASTS_MS, csrf_of

_OWN_SITE: Final = frozenset({"", "same-origin", "none"})

log: Final = logging.getLogger(__name__)


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a page must know before it shows anything.

    Attributes:
        csrf: To be sent as `x-turnout-csrf` with whatever changes something; null when signed out.
        public: This caller sees the pages without signing in.
        demo: The history is made up.
        base_url: What clients are given, "http://127.0.0.1:8787/api/v1".
        can_sign_in: There is a password.
    """

    signed_in: bool
    csrf: str | None
    public: bool
    demo: bool
    version: str
    base_url: str
    can_sign_in: bool


class SessionAnswer(msgspec.Struct, frozen=True):
    """The session of whoever asks."""

    data: SessionRow


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `POST /session`: one of the two. `key` is a management key."""

    password: str | None = None
    key: str | None = None


class PasswordChange(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `POST /password`."""

    old: str
    new: str


async def get_session(ask: Ask) -> Reply:
    """Whether whoever asks is signed in, and what a page needs to know first."""
    row = await session_of(ask)
    if not row.signed_in:
        return reply(SessionAnswer(row))
    # The store's session lasts from its last use, so the browser must not drop it before.
    return _with_cookie(ask, row, session_in(ask.request.headers), LASTS_MS // 1000)


async def sign_in(ask: Ask) -> Reply:
    """Sign in with the operator's password or a management key; sets a cookie."""
    _refuse_foreign(ask)
    body = await ask.body(SignIn)
    try:
        secret = await _signed_in(ask, body)
    except Refusal as refusal:
        log.warning("sign-in refused", extra={"from": _address(ask), "why": refusal.message})
        raise
    return _with_cookie(ask, await _told(ask, secret), secret, LASTS_MS // 1000)


async def _signed_in(ask: Ask, body: SignIn) -> str:
    operator, address = ask.gateway.operator, _address(ask)
    if body.password is not None and body.key is None:
        return await operator.sign_in(body.password, address)
    if body.key is not None and body.password is None:
        return await operator.sign_in_with_key(body.key.strip(), address)
    raise invalid("password", "send either the operator's password or a management key")


async def sign_out(ask: Ask) -> Reply:
    """Sign out; the cookie is worth nothing from then on."""
    cookie = session_in(ask.request.headers)
    if cookie and await ask.gateway.operator.signed_in(cookie) is not None:
        check_csrf(cookie, ask.request.headers, ask.request.method)
        await ask.gateway.operator.sessions.end(cookie)
    return _with_cookie(ask, await _told(ask, ""), "", 0)


async def change_password(ask: Ask) -> Reply:
    """Set another password; every other session ends."""
    body = await ask.body(PasswordChange)
    if ask.settings.operator.password is not None:
        text = "The password is set in the configuration ([operator] password): change it there."
        raise Refusal("precondition_failed", text)
    cookie = session_in(ask.request.headers)
    await ask.gateway.operator.change(body.old, body.new, cookie, _address(ask))
    return reply(SessionAnswer(await session_of(ask)))


async def session_of(ask: Ask) -> SessionRow:
    """What `GET /session` tells of the cookie of a request."""
    cookie = session_in(ask.request.headers)
    signed_in = bool(cookie) and await ask.gateway.operator.signed_in(cookie) is not None
    return await _told(ask, cookie if signed_in else "")


async def _told(ask: Ask, secret: str) -> SessionRow:
    return SessionRow(
        signed_in=bool(secret),
        csrf=csrf_of(secret) if secret else None,
        public=is_public(ask.settings, ask.request),
        demo=ask.views.demo,
        version=ask.gateway.version,
        base_url=f"{ask.origin}/api/v1",
        can_sign_in=await ask.gateway.operator.can_sign_in(),
    )


def _with_cookie(ask: Ask, row: SessionRow, secret: str, seconds: int) -> Reply:
    parts = [f"{SESSION_COOKIE}={secret}", "Path=/", f"Max-Age={seconds}", "HttpOnly"]
    parts.append("SameSite=Strict")
    if ask.origin.startswith("https:"):
        parts.append("Secure")
    body = msgspec.json.encode(SessionAnswer(row))
    return Reply(body=body, headers=(("set-cookie", "; ".join(parts)),))


def _address(ask: Ask) -> str:
    client = ask.request.client
    return client.host if client is not None else ""


def _refuse_foreign(ask: Ask) -> None:
    """Another site must not sign its visitor in here as somebody of its choice."""
    if ask.request.headers.get("sec-fetch-site", "") not in _OWN_SITE:
        raise Refusal("permission_denied", "Only this site's own pages can sign in.")
