"""The OpenAPI document, from the route table and the types; nothing in it is written twice."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

import turnout
from turnout.core.errors import HTTP_STATUS
from turnout.edge.internal.routes import INTERNAL_PREFIX, INTERNAL_ROUTES
from turnout.edge.routes import ROOT_ROUTES, ROUTES
from turnout.edge.table import Auth, Route
from turnout.flow.authenticate import SESSION_COOKIE
from turnout.flow.count import TokenCount
from turnout.wire import (
    anthropic_messages,
    embeddings,
    openai_chat,
    openai_completions,
    openai_responses,
    rerank,
)

_REF: Final = "#/components/schemas/{name}"
_PARTS: Final = re.compile(r"{(\w+)(?::path)?}")
_SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
}
_BEARER: Final[dict[str, list[str]]] = {"bearer": []}
_SESSION: Final[dict[str, list[str]]] = {"session": []}
_SECURITY: Final[dict[Auth, list[dict[str, list[str]]]]] = {
    "public": [],
    "page": [{}, _BEARER, _SESSION],
    "operator": [_BEARER, _SESSION],
}
"""Where only a key is named, a session is taken too, by the site."""


class _Inference(msgspec.Struct, frozen=True, kw_only=True):
    """An inference route: what it takes and answers, and whether that may be a stream of events."""

    path: str
    operation: str
    summary: str
    body: type[msgspec.Struct]
    answer: type[msgspec.Struct] | None = None
    error: str = "Error"
    streams: bool = False


_STREAMED: Final = "; server-sent events when `stream` is true"
_INFERENCE: Final = (
    _Inference(
        path="/chat/completions",
        operation="chat_completions",
        summary="Create a chat completion",
        body=openai_chat.ChatRequest,
        streams=True,
    ),
    _Inference(
        path="/messages",
        operation="messages",
        summary="Create a message as Anthropic's API does",
        body=anthropic_messages.MessagesRequest,
        error="MessagesError",
        streams=True,
    ),
    _Inference(
        path="/messages/count_tokens",
        operation="count_tokens",
        summary="Count a prompt's tokens without answering it",
        body=anthropic_messages.MessagesRequest,
        answer=TokenCount,
        error="MessagesError",
    ),
    _Inference(
        path="/responses",
        operation="responses",
        summary="Create a response, statelessly",
        body=openai_responses.ResponsesRequest,
        streams=True,
    ),
    _Inference(
        path="/completions",
        operation="completions",
        summary="Continue a prompt",
        body=openai_completions.CompletionRequest,
        streams=True,
    ),
    _Inference(
        path="/embeddings",
        operation="embeddings",
        summary="Embed texts",
        body=embeddings.EmbeddingRequest,
    ),
    _Inference(
        path="/rerank",
        operation="rerank",
        summary="Rank documents by a query",
        body=rerank.RerankRequest,
    ),
)


_LISTED: Final = (
    *(("/api/v1", route) for route in ROUTES),
    *(("", route) for route in ROOT_ROUTES),
    *((INTERNAL_PREFIX, route) for route in INTERNAL_ROUTES),
)


def document() -> bytes:
    """The document as JSON bytes, OpenAPI 3.1."""
    asked = [kind for one in _INFERENCE for kind in (one.body, one.answer) if kind is not None]
    types = list(dict.fromkeys([*asked, *_types(route for _, route in _LISTED)]))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    named = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {
        "/api/v1" + one.path: {"post": _inference(one, named)} for one in _INFERENCE
    }
    for prefix, route in _LISTED:
        operation = _operation(route, named, components)
        path = prefix + route.path.replace(":path}", "}")
        paths.setdefault(path, {})[route.method.lower()] = operation
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Turnout", "version": turnout.__version__},
            "paths": paths,
            "components": {
                "schemas": components | {"Error": _ERROR, "MessagesError": _MESSAGES_ERROR},
                "securitySchemes": _SCHEMES,
            },
        }
    )


def _types(routes: Iterable[Route]) -> list[type[msgspec.Struct]]:
    found = (kind for route in routes for kind in (route.query, route.body, route.answer))
    return list(dict.fromkeys(kind for kind in found if kind is not None))


def _operation(
    route: Route,
    named: dict[type[msgspec.Struct], dict[str, Any]],
    components: dict[str, Any],
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARTS.findall(route.path)
    ]
    if route.query is not None:
        shape = components[route.query.__name__]
        required = shape.get("required", [])
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in shape["properties"].items()
        ]
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": parameters,
        "responses": _responses(
            str(route.status), route.answer and named[route.answer], media=route.media
        ),
        "security": _SECURITY.get(route.auth, [_BEARER]),
    }
    if route.body is not None:
        operation["requestBody"] = _json_body(named[route.body])
    return operation


def _inference(
    one: _Inference, named: Mapping[type[msgspec.Struct], dict[str, Any]]
) -> dict[str, Any]:
    responses = _responses("200", one.answer and named[one.answer], one.error)
    if one.streams:
        responses["200"]["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    return {
        "operationId": one.operation,
        "summary": one.summary
        + ("; server-sent events when `stream` is true" if one.streams else ""),
        "tags": ["Inference"],
        "requestBody": _json_body(named[one.body]),
        "responses": responses,
        "security": [_BEARER],
    }


def _json_body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _responses(
    status: str,
    answer: dict[str, Any] | None,
    error: str = "Error",
    media: str = "application/json",
) -> dict[str, Any]:
    plain = {"type": "object" if media == "application/json" else "string"}
    return {
        status: {
            "description": "Success",
            "content": {media: {"schema": answer or plain}},
        },
        "default": {
            "description": "An error; the HTTP status is `error.code`",
            "content": {"application/json": {"schema": {"$ref": _REF.format(name=error)}}},
        },
    }


_ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "error_type": {"type": "string", "enum": sorted(HTTP_STATUS)},
                "param": {"type": "string"},
                "metadata": {"type": "object"},
                "availability": {"type": "object"},
            },
        },
        "user_id": {"type": ["string", "null"]},
    },
}

_MESSAGES_ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "error", "request_id"],
    "properties": {
        "type": {"const": "error"},
        "error": {
            "type": "object",
            "required": ["type", "message"],
            "properties": {
                "type": {"type": "string"},
                "message": {"type": "string"},
                "error_type": {"type": "string", "enum": sorted(HTTP_STATUS)},
                "param": {"type": "string"},
                "metadata": {"type": "object"},
                "availability": {"type": "object"},
            },
        },
        "request_id": {"type": ["string", "null"]},
    },
}
