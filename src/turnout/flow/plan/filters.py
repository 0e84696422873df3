"""Which endpoints may serve a request at all: hard filters in the order of the contract, 3.1.

Each filter looks at one endpoint and answers None (kept) or a detail for people (dropped). Only the
filters a request asks for are run.
"""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import TypeAlias

import msgspec

from turnout.core.errors import invalid
from turnout.core.money import Rate, rate_per_million, rate_per_unit, usd_per_unit
from turnout.core.preferences import NO_PREFERENCES, MaxPrice, Needs, Preferences
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Rates
from turnout.flow.planned import FilterName
from turnout.metrics.health import HealthView

Filter: TypeAlias = Callable[[Endpoint], str | None]

_FAMILIES: dict[str, frozenset[str]] = {
    "fp4": frozenset({"fp4", "mxfp4", "nvfp4"}),
    "fp8": frozenset({"fp8", "mxfp8"}),
}

Names: TypeAlias = Callable[[str], str]
"""Turns what a caller calls a provider (slug, tag, display name) into a slug or tag."""


class House(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every request: the operator's rules, which it may only tighten, and facts.

    Attributes:
        block_unpriced: No endpoint without a price.
        deny_training: As if every request said data_collection "deny".
        distillable: Slugs of models whose licence lets others train on their output.
    """

    block_unpriced: bool = False
    deny_training: bool = False
    distillable: Collection[str] = frozenset()


def filters_for(
    preferences: Preferences,
    needs: Needs,
    health: HealthView,
    *,
    tiers: Collection[str],
    names: Names,
    house: House,
) -> list[tuple[FilterName, Filter]]:
    """The filters this request calls for, in order.

    Args:
        tiers: Service tiers the request admits, beside the ordinary one.
        names: Resolves the caller's provider names.
        house: The operator's own rules.

    Raises:
        Refusal: `max_price` is not a number.
    """
    found: list[tuple[FilterName, Filter]] = [
        ("output_modality", lambda e: _missing(needs.outputs - e.outputs, "does not produce")),
        (
            "input_modality",
            lambda e: _missing(needs.inputs - needs.readable - e.inputs, "does not take"),
        ),
    ]
    found += _wished(preferences, house, names)
    found.append(("context_length", _fits(needs)))
    if needs.max_output_tok is not None:
        found.append(("max_tokens", _long_enough(needs.max_output_tok)))
    named = {names(name) for name in (*(preferences.order or ()), *(preferences.only or ()))}
    found.append(("service_tier", lambda e: _tier(e, tiers, named)))
    if preferences.require_parameters:
        found.append(("require_parameters", _honours(needs.parameters - needs.served)))
    found.append(("cooling_down", lambda e: _cooling(e, health)))
    found.append(("at_cap", lambda e: _at_cap(e, health)))
    return found


def all_pass(
    endpoints: Sequence[Endpoint],
    preferences: Preferences,
    needs: Needs,
    health: HealthView,
    house: House,
) -> bool:
    """Whether plainly no filter drops any of them: the common answer to the common request.

    A quick look before `filters_for`, which a test holds to it: False says nothing.
    """
    if preferences is not NO_PREFERENCES or house.deny_training or house.block_unpriced:
        return False
    outputs, inputs = needs.outputs, needs.inputs - needs.readable
    most_tok = needs.max_output_tok or 0
    certain_tok = needs.prompt_tok // 2 + most_tok
    for e in endpoints:
        if e.tier is not None or not (outputs <= e.outputs and inputs <= e.inputs):
            return False
        if e.context_tok and certain_tok > e.context_tok:
            return False
        if e.max_output_tok is not None and most_tok > e.max_output_tok:
            return False
        if health.cooling_s(e.id) or health.full(e.id):
            return False
    return True


def _wished(
    preferences: Preferences, house: House, names: Names
) -> list[tuple[FilterName, Filter]]:
    """The filters that follow from wishes and rules alone; most requests have none."""
    found: list[tuple[FilterName, Filter]] = []
    if house.deny_training or preferences.data_collection == "deny":
        found.append(("data_policy:training", _keeps_prompts))
    if preferences.zdr:
        found.append(("data_policy:zdr", _retains))
    if preferences.only:
        found.append(("allowed_providers", _only([names(n) for n in preferences.only])))
    if preferences.ignore:
        found.append(("ignored_providers", _ignored([names(n) for n in preferences.ignore])))
    if preferences.enforce_distillable_text:
        found.append(("distillable", lambda e: _distillable(e, house.distillable)))
    if preferences.quantizations:
        found.append(("quantization", _quantized(preferences.quantizations)))
    if house.block_unpriced:
        found.append(("unpriced", _unpriced))
    if preferences.max_price is not None:
        found.append(("max_price", _priced_within(preferences.max_price)))
    return found


def matches(endpoint: Endpoint, name: str) -> bool:
    """Whether a slug or tag means this endpoint.

    A provider's slug means all its endpoints except service tiers; "provider/suffix" means exactly
    the endpoint with that tag. Source: contract section 3.2.
    """
    if name == endpoint.tag:
        return True
    return name == endpoint.provider and endpoint.tier is None


def _missing(lacking: frozenset[str], what: str) -> str | None:
    return f"{what} {', '.join(sorted(lacking))}" if lacking else None


def _keeps_prompts(endpoint: Endpoint) -> str | None:
    if endpoint.data_policy.trains is False:
        return None
    known = endpoint.data_policy.trains
    return "may train on prompts" if known else "is not known not to train on prompts"


def _retains(endpoint: Endpoint) -> str | None:
    return None if endpoint.data_policy.zero_retention else "is not known to retain nothing"


def _only(names: Sequence[str]) -> Filter:
    def look(endpoint: Endpoint) -> str | None:
        if any(matches(endpoint, name) for name in names):
            return None
        return "is not in provider.only"

    return look


def _ignored(names: Sequence[str]) -> Filter:
    def look(endpoint: Endpoint) -> str | None:
        if any(name in (endpoint.tag, endpoint.provider) for name in names):
            return "is in provider.ignore"
        return None

    return look


def _distillable(endpoint: Endpoint, allowed: Collection[str]) -> str | None:
    if endpoint.model in allowed:
        return None
    return "serves a model whose author is not known to allow distillation"


def _quantized(wanted: Sequence[str]) -> Filter:
    accepted = frozenset(level for name in wanted for level in _FAMILIES.get(name, {name}))

    def look(endpoint: Endpoint) -> str | None:
        if endpoint.quantization in accepted:
            return None
        return f"runs at {endpoint.quantization}, asked for {', '.join(wanted)}"

    return look


def _unpriced(endpoint: Endpoint) -> str | None:
    return endpoint.price.reason if isinstance(endpoint.price, Unpriced) else None


def _ceiling(
    field: str, value: str | float | None, to_rate: Callable[[Decimal], Rate]
) -> Rate | None:
    if value is None:
        return None
    try:
        # str() of a JSON float is its shortest exact text, so no binary fraction gets in.
        return to_rate(Decimal(str(value)))
    except (ArithmeticError, ValueError) as error:
        raise invalid(
            f"provider.max_price.{field}", f"must be a number of USD, 0 or more; got {value!r}"
        ) from error


def _priced_within(limit: MaxPrice) -> Filter:
    ceilings: list[tuple[str, Rate, Callable[[Rates], Rate]]] = []

    def add(field: str, ceiling: Rate | None, rate: Callable[[Rates], Rate]) -> None:
        if ceiling is not None:
            ceilings.append((field, ceiling, rate))

    add("prompt", _ceiling("prompt", limit.prompt, rate_per_million), lambda r: r.prompt)
    add(
        "completion",
        _ceiling("completion", limit.completion, rate_per_million),
        lambda r: r.completion,
    )
    add(
        "request", _ceiling("request", limit.request, rate_per_unit), lambda r: r.request or Rate(0)
    )
    add("image", _ceiling("image", limit.image, rate_per_unit), lambda r: r.image or Rate(0))
    add("audio", _ceiling("audio", limit.audio, rate_per_unit), lambda r: r.audio or Rate(0))

    def look(endpoint: Endpoint) -> str | None:
        if isinstance(endpoint.price, Unpriced):
            return "has no known price"
        for field, ceiling, rate in ceilings:
            actual = rate(endpoint.price.rates)
            if actual > ceiling:
                return f"costs {usd_per_unit(actual)} USD per {field} unit, above the limit"
        return None

    return look


def _fits(needs: Needs) -> Filter:
    # The estimate is from bytes and may be twice too high, so only a clear overflow is dropped
    # here; the provider has the last word on a close one.
    certain_tok = needs.prompt_tok // 2 + (needs.max_output_tok or 0)

    def look(endpoint: Endpoint) -> str | None:
        if endpoint.context_tok and certain_tok > endpoint.context_tok:
            return f"takes {endpoint.context_tok} tokens, the request needs about {certain_tok}"
        return None

    return look


def _long_enough(max_output_tok: int) -> Filter:
    def look(endpoint: Endpoint) -> str | None:
        limit = endpoint.max_output_tok
        if limit is not None and max_output_tok > limit:
            return f"writes at most {limit} tokens, asked for {max_output_tok}"
        return None

    return look


def _tier(endpoint: Endpoint, tiers: Collection[str], named: Collection[str]) -> str | None:
    if endpoint.tier is None or endpoint.tier in tiers or endpoint.tag in named:
        return None
    return f"is a {endpoint.tier} tier, used only when asked for"


def _honours(sent: frozenset[str]) -> Filter:
    def look(endpoint: Endpoint) -> str | None:
        if endpoint.parameters is None:
            return "is not known to honour every parameter" if sent else None
        return _missing(sent - endpoint.parameters, "does not honour")

    return look


def _cooling(endpoint: Endpoint, health: HealthView) -> str | None:
    wait_s = health.cooling_s(endpoint.id)
    return f"asked us to wait {wait_s:.0f} more seconds" if wait_s else None


def _at_cap(endpoint: Endpoint, health: HealthView) -> str | None:
    return "has reached the pace at which it refuses more" if health.full(endpoint.id) else None
