"""Says no with reasons: which filter removed which endpoints. Contract section 5.3."""

import math
from collections.abc import Sequence
from typing import Final

from turnout.catalog.index import Catalog
from turnout.core.errors import Availability, AvailabilityCode, ErrorType, Refusal
from turnout.flow.plan.candidates import Candidate, unserved
from turnout.flow.planned import Dropped, FilterName, Plan
from turnout.metrics.health import HealthView

_CONTRACT_NAME: Final[dict[FilterName, str]] = {
    "data_policy:training": "data_policy:training",
    "data_policy:zdr": "data_policy:zdr",
    "allowed_providers": "allowed_providers",
    "ignored_providers": "allowed_providers",
    "distillable": "data_policy:training",
    "quantization": "quantization",
    "max_price": "max_price",
    "unpriced": "max_price",
    "context_length": "context_length",
    "max_tokens": "context_length",
    "require_parameters": "require_parameters",
    "parameters": "require_parameters",
    "input_modality": "require_parameters",
    "output_modality": "require_parameters",
    "service_tier": "require_parameters",
    "allow_fallbacks": "allowed_providers",
}
"""Our filters in the contract's closed vocabulary of `excluded_by`."""


def no_endpoint(
    candidates: Sequence[Candidate], plan: Plan, health: HealthView, catalog: Catalog
) -> Refusal:
    """The refusal for a plan without steps."""
    if not any(candidate.endpoints for candidate in candidates):
        return unserved(candidates, catalog)
    asked = tuple(c.asked for c in candidates)
    # It is asked last, so what it removed would serve in a moment, whatever removed the others.
    cooling = [d for d in plan.dropped if d.filter in ("cooling_down", "at_cap")]
    if cooling:
        return _resting(asked, cooling, health)
    if {d.filter for d in plan.dropped} == {"output_modality"}:
        elsewhere = _wrong_endpoint(asked, plan.dropped)
        if elsewhere is not None:
            return elsewhere
    code, error_type, lead = _headline(plan.dropped, asked)
    excluded = sorted(
        {_CONTRACT_NAME[d.filter] for d in plan.dropped if d.filter in _CONTRACT_NAME}
    )
    last = plan.dropped[-1]
    return Refusal(
        error_type,
        f"{lead} {_roll_call(plan.dropped)}",
        availability=Availability(
            code=code,
            retryable=False,
            requested_models=asked,
            affected_providers=tuple(dict.fromkeys(d.endpoint.provider for d in plan.dropped)),
            excluded_by=tuple(excluded) or None,
            constraint={"field": last.filter, "detail": last.detail},
        ),
    )


def _wrong_endpoint(asked: tuple[str, ...], dropped: Sequence[Dropped]) -> Refusal | None:
    """A model that another route serves: an embedding model asked to chat, and the like."""
    made = {modality for d in dropped for modality in d.endpoint.outputs}
    chats = "text" in made
    if chats and not all(d.detail.endswith(("embeddings", "rerank")) for d in dropped):
        return None  # it is where it belongs, and cannot make the pictures or sounds asked for
    route = next((path for modality, path in _ROUTE_OF.items() if modality in made), None)
    if route is None:
        return None
    return Refusal(
        "invalid_request",
        f"{', '.join(asked)} is not served here: send it to {route}.",
        param="model",
        availability=Availability(
            code="wrong_endpoint",
            retryable=False,
            requested_models=asked,
            affected_providers=tuple(dict.fromkeys(d.endpoint.provider for d in dropped)),
            constraint={"field": "model", "detail": f"POST {route}"},
        ),
    )


_ROUTE_OF: Final = {
    "embeddings": "/api/v1/embeddings",
    "rerank": "/api/v1/rerank",
    "text": "/api/v1/chat/completions",
}
"""Where what a model makes is asked for."""


def _headline(
    dropped: Sequence[Dropped], asked: tuple[str, ...]
) -> tuple[AvailabilityCode, ErrorType, str]:
    """Texts that clients of the contract match on, then our own words."""
    names = {d.filter for d in dropped}
    model = ", ".join(asked)
    if names <= {"data_policy:training", "data_policy:zdr"}:
        lead = f"No endpoints found matching your data policy for {model}:"
        return "privacy_restricted", "not_found", lead
    if names & {"allowed_providers", "ignored_providers", "allow_fallbacks"}:
        lead = f"No allowed providers are available for the selected model {model}:"
        return "constraint_filtered", "not_found", lead
    if any(d.filter == "parameters" and d.detail.endswith("tools") for d in dropped):
        lead = f"No endpoints found that support tool use for {model}:"
        return "constraint_filtered", "not_found", lead
    lead = f"No endpoints found for {model} that meet the request:"
    return "constraint_filtered", "not_found", lead


def _roll_call(dropped: Sequence[Dropped]) -> str:
    return "; ".join(f"{d.endpoint.tag} {d.detail}" for d in dropped) + "."


def _resting(asked: tuple[str, ...], dropped: Sequence[Dropped], health: HealthView) -> Refusal:
    wait_s = max(1, math.ceil(min(health.cooling_s(d.endpoint.id) for d in dropped)))
    down = any(d.filter == "cooling_down" and health.faulty(d.endpoint.id) for d in dropped)
    state = "unavailable right now" if down else "at capacity"
    return Refusal(
        "provider_overloaded" if down else "rate_limit_exceeded",
        f"All providers for {', '.join(asked)} are {state}. Retry after {wait_s} seconds.",
        retry_after_s=wait_s,
        availability=Availability(
            code="temporarily_unavailable" if down else "capacity_exhausted",
            retryable=True,
            retry_after=wait_s,
            requested_models=asked,
            affected_providers=tuple(dict.fromkeys(d.endpoint.provider for d in dropped)),
        ),
    )
