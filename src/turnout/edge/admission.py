"""Who may ask a route, by its kind of caller."""

from starlette.requests import Request

from turnout.config.settings import Settings
from turnout.edge.near import is_loopback, is_near
from turnout.edge.table import Auth
from turnout.flow.authenticate import authenticate
from turnout.flow.gateway import Gateway
from turnout.identity.keys import Key


async def admit(gateway: Gateway, settings: Settings, request: Request, auth: Auth) -> Key | None:
    """The caller's key; None where none is needed.

    Raises:
        Refusal: 401, 402 or 403, see `authenticate`.
        StoreUnavailable: The caller cannot be known.
    """
    if auth == "public" or (auth == "page" and is_public(settings, request)):
        return None
    headers = dict(request.headers)
    match auth:
        case "page":
            return await authenticate(gateway, headers, "any", request.method)
        case "operator":
            return await authenticate(gateway, headers, "management", request.method)
        case _:
            return await authenticate(gateway, headers, auth, request.method)


def is_public(settings: Settings, request: Request) -> bool:
    """Whether whoever sent this sees the pages without signing in.

    "auto" looks at the socket, at the caller's address and at the name the caller used: a proxy on
    this machine brings in others, and so does a foreign name that resolves to this machine.
    """
    public = settings.site.public
    if public != "auto":
        return public == "public"
    named = request.url.hostname or ""
    return is_loopback(settings.server.host) and is_near(request) and is_loopback(named)
