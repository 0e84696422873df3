"""The route table: what is served, to whom, by which handler; OpenAPI comes from it."""

from typing import Final

from turnout.edge import catalog, generation, health, keys, route
from turnout.edge.table import Route
from turnout.wire import openai_chat

ROUTES: Final[tuple[Route, ...]] = (
    Route(method="GET", path="/models", handler=catalog.models, auth="public", tag="Models"),
    Route(method="GET", path="/models/count", handler=catalog.count, auth="public", tag="Models"),
    Route(
        method="GET",
        path="/models/user",
        handler=catalog.models,
        auth="any",
        tag="Models",
        name="models_of_user",
    ),
    Route(
        method="GET",
        path="/models/{author}/{slug}/endpoints",
        handler=catalog.endpoints,
        auth="public",
        tag="Models",
    ),
    Route(
        method="GET",
        path="/model/{author}/{slug}",
        handler=catalog.model,
        auth="public",
        tag="Models",
    ),
    Route(
        method="GET",
        path="/embeddings/models",
        handler=catalog.embedding_models,
        auth="public",
        tag="Models",
    ),
    Route(method="GET", path="/providers", handler=catalog.providers, auth="public", tag="Models"),
    Route(
        method="GET",
        path="/endpoints/zdr",
        handler=catalog.zero_retention,
        auth="public",
        tag="Models",
    ),
    Route(
        method="GET",
        path="/generation",
        handler=generation.get_generation,
        auth="any",
        tag="Generations",
        query=generation.GenerationQuery,
    ),
    Route(
        method="POST",
        path="/route/explain",
        handler=route.explain_route,
        auth="any",
        tag="Routing",
        body=openai_chat.ChatRequest,
        answer=route.Explained,
    ),
    Route(
        method="GET",
        path="/route/elections",
        handler=route.elections,
        auth="any",
        tag="Routing",
        query=route.ElectionsQuery,
    ),
    Route(method="GET", path="/key", handler=keys.current_key, auth="any", tag="Keys"),
    Route(
        method="GET",
        path="/auth/key",
        handler=keys.current_key,
        auth="any",
        tag="Keys",
        name="current_key_legacy",
    ),
    Route(
        method="GET",
        path="/credits",
        handler=keys.credits_left,
        auth="any",
        tag="Keys",
        answer=keys.Credits,
    ),
    Route(
        method="GET",
        path="/keys",
        handler=keys.list_keys,
        auth="management",
        tag="Keys",
        query=keys.ListQuery,
        answer=keys.KeyList,
    ),
    Route(
        method="POST",
        path="/keys",
        handler=keys.create_key,
        auth="management",
        tag="Keys",
        body=keys.CreateBody,
        answer=keys.KeyMade,
        status=201,
    ),
    Route(
        method="GET",
        path="/keys/{hash}",
        handler=keys.get_key,
        auth="management",
        tag="Keys",
        answer=keys.KeyAnswer,
    ),
    Route(
        method="PATCH",
        path="/keys/{hash}",
        handler=keys.update_key,
        auth="management",
        tag="Keys",
        body=keys.UpdateBody,
        answer=keys.KeyAnswer,
    ),
    Route(
        method="DELETE",
        path="/keys/{hash}",
        handler=keys.delete_key,
        auth="management",
        tag="Keys",
        answer=keys.KeyGone,
    ),
)

ROOT_ROUTES: Final[tuple[Route, ...]] = (
    Route(
        method="GET",
        path="/health",
        handler=health.ready,
        auth="public",
        tag="Health",
        name="health",
    ),
    Route(
        method="GET",
        path="/metrics",
        handler=health.metrics,
        auth="public",
        tag="Health",
        media="text/plain",
    ),
    Route(method="GET", path="/health/live", handler=health.live, auth="public", tag="Health"),
    Route(method="GET", path="/health/ready", handler=health.ready, auth="public", tag="Health"),
)
"""Outside of the API's prefixes."""
