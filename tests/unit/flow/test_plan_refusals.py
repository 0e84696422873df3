"""What a caller is told when no endpoint may serve: texts that clients match on, and why."""

import re
from typing import Any

import msgspec
import pytest
from inline_snapshot import snapshot
from tests.unit.flow.routing import (
    MODEL,
    NOW_S,
    OUTAGE_S,
    endpoint,
    plan,
    world,
)

from turnout.core.errors import Refusal
from turnout.core.types import DataPolicy
from turnout.edge.errors import status_of
from turnout.flow.gateway import Snapshot
from turnout.metrics.health import Health, HealthView

TWO = world(
    endpoint("a", "1", parameters=frozenset({"temperature"}), quantization="fp8"),
    endpoint("b", "2", parameters=frozenset({"temperature"}), context_tok=4_000),
)


def refusal(snapshot: Snapshot, health: HealthView | None = None, **fields: Any) -> Refusal:
    """The no that a request gets."""
    with pytest.raises(Refusal) as caught:
        plan(snapshot, health=health, **fields)
    return caught.value


def told(no: Refusal) -> Any:
    """Status, type, the message in pieces, the availability block without its empty fields."""
    assert no.availability is not None
    block = msgspec.to_builtins(no.availability)
    filled = {name: value for name, value in block.items() if value is not None}
    return [status_of(no), no.error_type, *re.split("(?<=[:;.]) ", no.message), filled]


def test_refusal_of_an_unknown_model_names_near_ones() -> None:
    """A 400 with what may have been meant."""
    assert told(refusal(TWO, model="acme/onne")) == snapshot(
        [
            400,
            "invalid_request",
            "acme/onne is not a valid model ID.",
            "Did you mean acme/one?",
            {
                "code": "model_not_found",
                "retryable": False,
                "requested_models": ("acme/onne",),
                "fallback_models": ("acme/one",),
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_of_an_unknown_variant_lists_those_that_exist() -> None:
    """A misspelt suffix is no model, and is told apart."""
    assert told(refusal(TWO, model=f"{MODEL}:turbo")) == snapshot(
        [
            400,
            "invalid_request",
            "acme/one:turbo has a variant that does not exist;",
            "there are :free, :extended, :thinking, :batch, :nitro, :floor, :exacto, :online.",
            "Did you mean acme/one?",
            {
                "code": "model_not_found",
                "retryable": False,
                "requested_models": ("acme/one:turbo",),
                "fallback_models": ("acme/one",),
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_by_data_policy() -> None:
    """The text that clients know."""
    keeping = world(endpoint("a", data_policy=DataPolicy(trains=True)))
    assert told(refusal(keeping, provider={"zdr": True, "data_collection": "deny"})) == snapshot(
        [
            404,
            "not_found",
            "No endpoints found matching your data policy for acme/one:",
            "a may train on prompts.",
            {
                "code": "privacy_restricted",
                "retryable": False,
                "requested_models": ("acme/one",),
                "affected_providers": ("a",),
                "excluded_by": ("data_policy:training",),
                "constraint": {"field": "data_policy:training", "detail": "may train on prompts"},
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_by_only() -> None:
    """The text that clients know."""
    assert told(refusal(TWO, provider={"only": ["c"]})) == snapshot(
        [
            404,
            "not_found",
            "No allowed providers are available for the selected model acme/one:",
            "a is not in provider.only;",
            "b is not in provider.only.",
            {
                "code": "constraint_filtered",
                "retryable": False,
                "requested_models": ("acme/one",),
                "affected_providers": ("a", "b"),
                "excluded_by": ("allowed_providers",),
                "constraint": {"field": "allowed_providers", "detail": "is not in provider.only"},
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_by_ignore() -> None:
    """The same text: nobody allowed is left."""
    assert told(refusal(TWO, provider={"ignore": ["a", "b"]})) == snapshot(
        [
            404,
            "not_found",
            "No allowed providers are available for the selected model acme/one:",
            "a is in provider.ignore;",
            "b is in provider.ignore.",
            {
                "code": "constraint_filtered",
                "retryable": False,
                "requested_models": ("acme/one",),
                "affected_providers": ("a", "b"),
                "excluded_by": ("allowed_providers",),
                "constraint": {"field": "ignored_providers", "detail": "is in provider.ignore"},
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_by_order_without_fallbacks() -> None:
    """Nobody in the order serves the model, and nobody else may."""
    wish = {"order": ["c"], "allow_fallbacks": False}
    assert told(refusal(TWO, provider=wish)) == snapshot(
        [
            404,
            "not_found",
            "No allowed providers are available for the selected model acme/one:",
            "a would be a fallback, which provider.allow_fallbacks forbids;",
            "b would be a fallback, which provider.allow_fallbacks forbids.",
            {
                "code": "constraint_filtered",
                "retryable": False,
                "requested_models": ("acme/one",),
                "affected_providers": ("a", "b"),
                "excluded_by": ("allowed_providers",),
                "constraint": {
                    "field": "allow_fallbacks",
                    "detail": "would be a fallback, which provider.allow_fallbacks forbids",
                },
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_by_max_price() -> None:
    """What it costs, and that it is above the limit."""
    assert told(refusal(TWO, provider={"max_price": {"prompt": "0.5"}})) == snapshot(
        [
            404,
            "not_found",
            "No endpoints found for acme/one that meet the request:",
            "a costs 0.000001 USD per prompt unit, above the limit;",
            "b costs 0.000002 USD per prompt unit, above the limit.",
            {
                "code": "constraint_filtered",
                "retryable": False,
                "requested_models": ("acme/one",),
                "affected_providers": ("a", "b"),
                "excluded_by": ("max_price",),
                "constraint": {
                    "field": "max_price",
                    "detail": "costs 0.000002 USD per prompt unit, above the limit",
                },
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_by_several_filters_names_each() -> None:
    """Which filter removed which endpoint, in the contract's closed vocabulary."""
    wish = {"quantizations": ["fp8"], "require_parameters": True}
    assert told(refusal(TWO, top_k=1, provider=wish)) == snapshot(
        [
            404,
            "not_found",
            "No endpoints found for acme/one that meet the request:",
            "a does not honour top_k;",
            "b runs at unknown, asked for fp8.",
            {
                "code": "constraint_filtered",
                "retryable": False,
                "requested_models": ("acme/one",),
                "affected_providers": ("a", "b"),
                "excluded_by": ("quantization", "require_parameters"),
                "constraint": {"field": "quantization", "detail": "runs at unknown, asked for fp8"},
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_by_context_length() -> None:
    """How much is needed, and how much there is."""
    assert told(refusal(TWO, max_tokens=200_000)) == snapshot(
        [
            404,
            "not_found",
            "No endpoints found for acme/one that meet the request:",
            "a takes 128000 tokens, the request needs about 200004;",
            "b takes 4000 tokens, the request needs about 200004.",
            {
                "code": "constraint_filtered",
                "retryable": False,
                "requested_models": ("acme/one",),
                "affected_providers": ("a", "b"),
                "excluded_by": ("context_length",),
                "constraint": {
                    "field": "context_length",
                    "detail": "takes 4000 tokens, the request needs about 200004",
                },
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_of_tools() -> None:
    """The text that clients know."""
    tools = [{"type": "function", "function": {"name": "look"}}]
    assert told(refusal(TWO, tools=tools)) == snapshot(
        [
            404,
            "not_found",
            "No endpoints found that support tool use for acme/one:",
            "a does not take tools;",
            "b does not take tools.",
            {
                "code": "constraint_filtered",
                "retryable": False,
                "requested_models": ("acme/one",),
                "affected_providers": ("a", "b"),
                "excluded_by": ("require_parameters",),
                "constraint": {"field": "parameters", "detail": "does not take tools"},
                "docs_url": "/docs/reference/errors",
            },
        ]
    )


def test_refusal_while_everyone_cools_down_is_retryable() -> None:
    """A 429 with the shortest wait, in whole seconds, rounded up."""
    health = Health()
    health.cool(f"{MODEL}@a", NOW_S, 9.0)
    health.cool(f"{MODEL}@b", NOW_S, 3.2)
    no = refusal(TWO, health.view(NOW_S, OUTAGE_S))
    assert told(no) == snapshot(
        [
            429,
            "rate_limit_exceeded",
            "All providers for acme/one are at capacity.",
            "Retry after 4 seconds.",
            {
                "code": "capacity_exhausted",
                "retryable": True,
                "requested_models": ("acme/one",),
                "retry_after": 4,
                "affected_providers": ("a", "b"),
                "docs_url": "/docs/reference/errors",
            },
        ]
    )
    assert no.retry_after_s == 4


def test_refusal_while_the_only_allowed_one_cools_down_is_retryable() -> None:
    """What others were dropped for does not make a pause a lasting no."""
    health = Health()
    health.cool(f"{MODEL}@a", NOW_S, 5.0)
    no = refusal(TWO, health.view(NOW_S, OUTAGE_S), provider={"ignore": ["b"]})
    assert (status_of(no), no.retry_after_s) == (429, 5)
    assert no.availability is not None
    assert no.availability.affected_providers == ("a",)


def test_refusal_of_a_model_that_no_provider_here_hosts() -> None:
    """The model exists: which key would help is said."""
    known = world(endpoint("a"), endpoint("groq", model="acme/two"))
    off = msgspec.structs.replace(known, routable=known.routable.catalog.routable(frozenset({"a"})))
    assert told(refusal(off, model="acme/two")) == snapshot(
        [
            404,
            "not_found",
            "No endpoints found for acme/two:",
            "no provider that hosts it is on.",
            "To serve acme/two, set GROQ_API_KEY (Groq).",
            {
                "code": "no_endpoints",
                "retryable": False,
                "requested_models": ("acme/two",),
                "docs_url": "/docs/reference/errors",
            },
        ]
    )
