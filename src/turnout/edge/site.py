"""The whole ASGI app: inference at the front, the route table behind it on Starlette."""

from collections.abc import Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from turnout.core.errors import Refusal, TurnoutError
from turnout.dialects.adapter import ClientDialect
from turnout.dialects.anthropic_messages.client import CLIENT as ANTHROPIC_MESSAGES
from turnout.dialects.embeddings.client import CLIENT as EMBEDDINGS
from turnout.dialects.openai_chat.client import CLIENT as OPENAI_CHAT
from turnout.dialects.openai_completions.client import CLIENT as OPENAI_COMPLETIONS
from turnout.dialects.openai_responses.client import CLIENT as OPENAI_RESPONSES
from turnout.dialects.rerank.client import CLIENT as RERANK
from turnout.edge import openapi
from turnout.edge.admission import admit
from turnout.edge.ask import Ask, Views
from turnout.edge.errors import tell
from turnout.edge.first import first_of
from turnout.edge.inference import Limits, inference_route
from turnout.edge.inference import Route as InferenceRoute
from turnout.edge.internal.routes import INTERNAL_PREFIX, INTERNAL_ROUTES, INTERNAL_TAG
from turnout.edge.packing import packed
from turnout.edge.routes import ROOT_ROUTES, ROUTES
from turnout.edge.static import Static, is_file
from turnout.edge.table import Route
from turnout.flow.count import count_tokens
from turnout.flow.gateway import Gateway

PREFIXES: Final = ("/api/v1", "/v1")
INFERENCE: Final[dict[str, ClientDialect]] = {
    "/chat/completions": OPENAI_CHAT,
    "/messages": ANTHROPIC_MESSAGES,
    "/responses": OPENAI_RESPONSES,
    "/completions": OPENAI_COMPLETIONS,
    "/embeddings": EMBEDDINGS,
    "/rerank": RERANK,
}
"""Path to the client dialect that is spoken there."""
COUNTING: Final = "/messages/count_tokens"
_NO_PAGES: Final = ("/api/", "/v1/", "/health", "/metrics")
"""Paths that begin so are for programs: what is missing there is told as JSON."""


def build_site(gateway: Gateway, limits: Limits, views: Views) -> ASGIApp:
    """The app that a server runs."""
    front: dict[str, InferenceRoute] = {
        prefix + path: inference_route(gateway, dialect, limits)
        for prefix in PREFIXES
        for path, dialect in INFERENCE.items()
    }
    counting = inference_route(gateway, ANTHROPIC_MESSAGES, limits, count_tokens)
    front |= {prefix + COUNTING: counting for prefix in PREFIXES}
    behind = _ordinary(gateway, limits, views)

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        route = front.get(scope["path"]) if scope["type"] == "http" else None
        if route is None or scope["method"] == "OPTIONS":  # a browser's question before a POST
            await behind(scope, receive, send)
        elif scope["method"] == "POST":
            await route(scope, receive, send)
        else:
            await _error(_not_served(scope["method"]))(scope, receive, send)

    return site


def _ordinary(gateway: Gateway, limits: Limits, views: Views) -> ASGIApp:
    listed = [(prefix, route) for prefix in PREFIXES for route in ROUTES]
    listed += [("", route) for route in ROOT_ROUTES]
    listed += [(INTERNAL_PREFIX, route) for route in INTERNAL_ROUTES]
    routes = [
        StarletteRoute(prefix + route.path, _served(gateway, views, route), methods=[route.method])
        for prefix, route in listed
    ]
    document = openapi.document()

    async def openapi_json(_request: Request) -> Response:
        return Response(document, media_type="application/json")

    routes += [StarletteRoute(p + "/openapi.json", openapi_json) for p in ("", *PREFIXES)]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=limits.cors_origins,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["x-generation-id", "retry-after", "etag"],
    )
    return Starlette(
        routes=routes,
        middleware=[cors],
        exception_handlers={404: _unrouted(gateway, views), 405: _wrong_method, 500: _fault},
    )


def _served(gateway: Gateway, views: Views, route: Route):  # noqa: ANN202 (Starlette's own endpoint type)
    packs = route.tag == INTERNAL_TAG

    async def endpoint(request: Request) -> Response:
        try:
            key = await admit(gateway, views.settings(), request, route.auth)
            answer = await route.handler(Ask(gateway, views, request, key))
        except TurnoutError as error:
            return _error(error)
        body, headers = answer.body, dict(answer.headers)
        if packs:
            body, packing = await packed(request, answer)
            headers = {"cache-control": "no-store"} | headers | packing
        return Response(body, answer.status, headers, media_type=answer.content_type)

    return endpoint


def _unrouted(gateway: Gateway, views: Views):  # noqa: ANN202 (Starlette's own handler type)
    """What has no route: a file of the site, one of its pages, or nothing."""
    static = Static.load()

    async def unrouted(request: Request, error: Exception) -> Response:
        path = request.url.path
        if request.method not in {"GET", "HEAD"} or path.startswith(_NO_PAGES):
            return await _no_route(request, error)
        found = static.file(request)
        if found is not None:
            return found
        if is_file(path):
            return _error(Refusal("not_found", "There is no such file."))
        return await static.shell(request, await first_of(Ask(gateway, views, request, None)))

    return unrouted


def _error(error: TurnoutError) -> Response:
    told = tell(error)
    return Response(told.body, told.status, dict(told.headers), media_type="application/json")


async def _no_route(request: Request, _error_seen: Exception) -> Response:
    allowed: Sequence[str] = sorted({route.path for route in ROUTES} | set(INFERENCE) | {COUNTING})
    return _error(
        Refusal(
            "not_found",
            f"No route {request.method} {request.url.path}. Below /api/v1 there are: "
            f"{', '.join(allowed)}.",
        )
    )


async def _wrong_method(request: Request, _error_seen: Exception) -> Response:
    return _error(_not_served(request.method))


def _not_served(method: str) -> Refusal:
    return Refusal("invalid_request", f"{method} is not served here.", status=405)


async def _fault(_request: Request, _error_seen: Exception) -> Response:
    return _error(Refusal("server", "Internal error."))
