"""From the models a caller names to candidate endpoints: the model layer of the contract, 3.1."""

from collections.abc import Sequence

import msgspec

from turnout.catalog.advice import nearest, what_would_serve
from turnout.catalog.index import Catalog, Routable
from turnout.catalog.variants import ALLOWED, Slug, parse_slug
from turnout.core.errors import Availability, Refusal
from turnout.core.preferences import SortBy
from turnout.core.types import Endpoint, Model

_MODE_SORT: dict[str, SortBy] = {"nitro": "throughput", "floor": "price", "exacto": "exacto"}
_MODE_TIER = {"nitro": "priority", "floor": "flex"}


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One model to try, with the endpoints of the providers that are on.

    Attributes:
        asked: As the caller wrote it, variant included.
        sort: What its variant asks for (":nitro" …), None for balancing.
        tiers: Service tiers its variant admits.
    """

    asked: str
    model: Model
    endpoints: tuple[Endpoint, ...]
    sort: SortBy | None = None
    tiers: frozenset[str] = frozenset()


def resolve(models: Sequence[str], routable: Routable) -> tuple[Candidate, ...]:
    """The candidates in the caller's order; a model nobody here serves has no endpoints.

    Raises:
        Refusal: 400 for a name that no model has, with the nearest ones that do.
    """
    return tuple([_candidate(name, routable) for name in models])


def _candidate(name: str, routable: Routable) -> Candidate:
    endpoints = routable.get(name)
    if endpoints is not None:  # the common case: a plain slug that is served here
        return Candidate(asked=name, model=routable.catalog.models[name], endpoints=endpoints)
    slug = parse_slug(name)
    model = None if slug is None else routable.find(slug.model)
    if slug is None or model is None:
        raise _unknown(name, slug, routable.catalog)
    modes = [mode for mode in slug.modes if mode in _MODE_SORT]
    return Candidate(
        asked=name,
        model=model,
        endpoints=routable.get(model.slug) or (),
        sort=_MODE_SORT[modes[-1]] if modes else None,
        tiers=frozenset(_MODE_TIER[mode] for mode in modes if mode in _MODE_TIER),
    )


def _unknown(name: str, slug: Slug | None, catalog: Catalog) -> Refusal:
    close = nearest(name, catalog)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    if slug is None and "/" in name and ":" in name:
        reason = f"has a variant that does not exist; there are {', '.join(ALLOWED)}"
    else:
        reason = "is not a valid model ID"
    return Refusal(
        "invalid_request",
        f"{name} {reason}.{hint}",
        param="model",
        availability=Availability(
            code="model_not_found",
            retryable=False,
            requested_models=(name,),
            fallback_models=close or None,
        ),
    )


def unserved(candidates: Sequence[Candidate], catalog: Catalog) -> Refusal:
    """404 for models that exist while no configured provider hosts them: says what would."""
    asked = tuple(c.asked for c in candidates)
    advice = " ".join(what_would_serve(c.model, catalog) for c in candidates)
    return Refusal(
        "not_found",
        f"No endpoints found for {', '.join(asked)}: no provider that hosts it is on. {advice}",
        param="model",
        availability=Availability(code="no_endpoints", retryable=False, requested_models=asked),
    )
