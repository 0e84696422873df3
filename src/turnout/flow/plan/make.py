"""Puts the plan together: filter, prefer, order, one model after the other."""

from collections.abc import Sequence
from typing import Final

from turnout.core.preferences import Needs, Preferences, Sort, SortBy
from turnout.core.types import Endpoint
from turnout.flow.plan.candidates import Candidate
from turnout.flow.plan.filters import Filter, all_pass, filters_for, matches
from turnout.flow.plan.order import Ordered, ordered, sort_of
from turnout.flow.plan.sticky import stuck_first
from turnout.flow.plan.terms import Terms
from turnout.flow.planned import BUSY, SMALL_TOK, Basis, Dropped, FilterName, Place, Plan, Step
from turnout.metrics.health import HealthView

_SOFT: Final = ("tools", "tool_choice", "response_format", "structured_outputs", "verbosity")
"""Parameters for which an endpoint that honours them is preferred over one that drops them."""


_LIKE: Final = {"ultrafast": "priority"}
"""What serves where a tier does not exist."""

_NO_FALLBACK: Final[tuple[FilterName, str]] = (
    "allow_fallbacks",
    "would be a fallback, which provider.allow_fallbacks forbids",
)


def make_plan(candidates: Sequence[Candidate], terms: Terms, health: HealthView, seed: int) -> Plan:
    """The plan for a request; `steps` is empty when no endpoint may serve.

    Args:
        health: As of now.
        seed: 64 bits of chance.

    Raises:
        Refusal: A preference makes no sense (a price that is no number).
    """
    dropped: list[Dropped] = []
    steps: list[Step] = []
    basis: Basis = "weighted"
    stuck = False
    merged = _merges(terms.preferences, candidates)
    for index, candidate in enumerate(candidates):
        eligible = _eligible(candidate, terms, health, dropped)
        sort = sort_of(terms.preferences, candidate.sort)
        found = _in_order(eligible, sort, terms, health, seed + index)
        places, wanted = found.places, 1
        if terms.preferences.order:
            places, wanted = _listed_first(places, terms)
            basis = "order"
        else:
            if terms.sticky is not None and sort in (None, "exacto"):
                places, here = stuck_first(places, terms, found.board)
                stuck = stuck or here
            basis = found.basis if index == 0 else basis
        if terms.preferences.allow_fallbacks is False:
            dropped += [Dropped(place.endpoint, *_NO_FALLBACK) for place in places[wanted:]]
            del places[wanted:]
        steps += [Step(place.endpoint, candidate.asked, place) for place in places]
    if merged:
        steps.sort(key=lambda step: (step.place.state == "open", step.place.figure))
    return Plan(
        steps=tuple(steps),
        dropped=tuple(dropped),
        basis=basis,
        seed=seed,
        stuck=stuck,
        warm=terms.sticky,
    )


def _in_order(
    eligible: list[Endpoint], sort: SortBy | None, terms: Terms, health: HealthView, seed: int
) -> Ordered:
    """Ordered; a service tier that was asked for comes first, by what it is for (contract, 3.5)."""
    if terms.needs.tier in (None, "default") or all(e.tier is None for e in eligible):
        return ordered(eligible, sort=sort, terms=terms, health=health, seed=seed)
    wish: SortBy = "price" if terms.needs.tier == "flex" else "throughput"
    tier = [e for e in eligible if e.tier is not None]
    others = [e for e in eligible if e.tier is None]
    first = ordered(tier, sort=sort or wish, terms=terms, health=health, seed=seed)
    if not others:
        return first
    then = ordered(others, sort=sort, terms=terms, health=health, seed=seed)
    return Ordered(first.places + then.places, first.basis, then.board)


def _merges(preferences: Preferences, candidates: Sequence[Candidate]) -> bool:
    """Whether all models' endpoints compete in one list (`partition: "none"`)."""
    sort = preferences.sort
    return (
        len(candidates) > 1
        and not preferences.order
        and isinstance(sort, Sort)
        and sort.partition == "none"
        and bool(sort.by)
    )


def _eligible(
    candidate: Candidate, terms: Terms, health: HealthView, dropped: list[Dropped]
) -> list[Endpoint]:
    preferences, needs = terms.preferences, terms.needs
    if all_pass(candidate.endpoints, preferences, needs, health, terms.house):
        kept = [*candidate.endpoints]
    else:
        kept = _filtered(candidate, terms, health, dropped)
    kept = _preferred(_flexible(kept, candidate, terms, dropped), terms, dropped)
    return _reading(kept, needs, dropped)


def _filtered(
    candidate: Candidate, terms: Terms, health: HealthView, dropped: list[Dropped]
) -> list[Endpoint]:
    filters = filters_for(
        terms.preferences,
        terms.needs,
        health,
        tiers=_tiers(candidate, terms),
        names=terms.names,
        house=terms.house,
    )
    kept: list[Endpoint] = []
    before = len(dropped)
    for endpoint in candidate.endpoints:
        verdict = _first_no(endpoint, filters)
        if verdict is None:
            kept.append(endpoint)
        else:
            dropped.append(Dropped(endpoint, *verdict))
    if not kept and (kept := _largest(candidate.endpoints, terms.needs, filters)):
        dropped[before:] = [one for one in dropped[before:] if one.endpoint is not kept[0]]
    return kept


def _largest(
    endpoints: Sequence[Endpoint], needs: Needs, filters: Sequence[tuple[FilterName, Filter]]
) -> list[Endpoint]:
    """Of those that are only too small, for a conversation that may be shortened, the largest.

    Source: contract section 3.6.
    """
    answer_tok = needs.max_output_tok or 0  # what no shortening can make smaller
    if needs.compress is False:
        return []
    others = [one for one in filters if one[0] != "context_length"]
    able = [
        endpoint
        for endpoint in endpoints
        if (needs.compress or endpoint.context_tok <= SMALL_TOK)
        and answer_tok < endpoint.context_tok
        and _first_no(endpoint, others) is None
    ]
    return [max(able, key=lambda endpoint: endpoint.context_tok)] if able else []


def _reading(endpoints: list[Endpoint], needs: Needs, dropped: list[Dropped]) -> list[Endpoint]:
    """Who takes files itself goes before those for whom they are read here."""
    able = [e for e in endpoints if needs.readable <= e.inputs]
    if not needs.readable or not able or len(able) == len(endpoints):
        return endpoints
    lost = [e for e in endpoints if e not in able]
    dropped += [Dropped(e, "input_modality", "does not take file itself") for e in lost]
    return able


def _tiers(candidate: Candidate, terms: Terms) -> frozenset[str]:
    """Service tiers that may serve beside the ordinary one (contract, 3.2 and 3.5)."""
    asked = terms.needs.tier
    if asked == "default":
        return frozenset()
    admitted = frozenset[str]() if terms.preferences.order else candidate.tiers
    return admitted if asked is None else admitted | {asked, _LIKE.get(asked, asked)}


def _flexible(
    endpoints: list[Endpoint], candidate: Candidate, terms: Terms, dropped: list[Dropped]
) -> list[Endpoint]:
    """Who asks for flex pays no standard price, unless the model has no flex at all."""
    if terms.needs.tier != "flex":
        return endpoints
    flex = [e for e in endpoints if e.tier == "flex"]
    resting = {d.endpoint.id for d in dropped if d.filter in BUSY and d.endpoint.tier == "flex"}
    if not flex and resting.isdisjoint(e.id for e in candidate.endpoints):
        return endpoints
    dropped += [Dropped(e, "service_tier", "is no flex tier") for e in endpoints if e not in flex]
    return flex


def _first_no(
    endpoint: Endpoint, filters: Sequence[tuple[FilterName, Filter]]
) -> tuple[FilterName, str] | None:
    for name, look in filters:
        detail = look(endpoint)
        if detail is not None:
            return name, detail
    return None


def _preferred(endpoints: list[Endpoint], terms: Terms, dropped: list[Dropped]) -> list[Endpoint]:
    """Keeps those that honour what matters most, where at least one does (contract, 3.6)."""
    kept = endpoints
    for name in _SOFT:
        if name not in terms.needs.parameters or name in terms.needs.served:
            continue
        able = [e for e in kept if e.parameters is None or name in e.parameters]
        if len(able) == len(kept):
            continue
        if able or (name == "tools" and terms.tools_hard):
            lost = [e for e in kept if e not in able]
            dropped += [Dropped(e, "parameters", f"does not take {name}") for e in lost]
            kept = able
    return kept


def _listed_first(places: list[Place], terms: Terms) -> tuple[list[Place], int]:
    """The places with those in `provider.order` first, and how many these are."""
    order = [terms.names(name) for name in terms.preferences.order or ()]
    listed: list[Place] = []
    rest = places
    for name in order:
        listed += [place for place in rest if matches(place.endpoint, name)]
        rest = [place for place in rest if not matches(place.endpoint, name)]
    return listed + rest, len(listed)
