"""What holds for every plan, whatever the request and the endpoints."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.flow.routing import MODEL, NOW_S, OUTAGE_S, endpoint, failed, inbound, world

from turnout.core.errors import Refusal
from turnout.core.types import DataPolicy, Endpoint, Quantization
from turnout.flow.gateway import Snapshot
from turnout.flow.plan import Terms, make_plan, plan_for, resolve, terms_of
from turnout.flow.planned import Plan
from turnout.metrics.health import Health, HealthView

PROVIDERS = ("a", "b", "c", "d")
TAGS = [f"{name}{suffix}" for name in PROVIDERS for suffix in ("", "/turbo", "/flex")]
MODELS = (MODEL, "acme/two")
NAMES = st.lists(st.sampled_from([*TAGS, "nobody"]), max_size=3)
TRUTH = st.none() | st.booleans()
PRICES = st.none() | st.sampled_from(["0", "0.0001", "0.15", "1", "2.5", "600"])


@st.composite
def endpoints(draw: st.DrawFn, tag: str, model: str) -> Endpoint:
    """One endpoint with arbitrary facts."""
    return endpoint(
        tag,
        draw(PRICES),
        model=model,
        quantization=draw(st.sampled_from(get_args(Quantization))),
        tier="flex" if tag.endswith("/flex") else None,
        context_tok=draw(st.sampled_from([2_000, 128_000])),
        max_output_tok=draw(st.none() | st.just(1_000)),
        data_policy=DataPolicy(trains=draw(TRUTH), retains=draw(TRUTH)),
        parameters=draw(
            st.none() | st.frozensets(st.sampled_from(["temperature", "tools", "max_tokens"]))
        ),
    )


@st.composite
def worlds(draw: st.DrawFn) -> Snapshot:
    """Two models with a few endpoints each."""
    chosen = [
        draw(endpoints(tag, model))
        for model in MODELS
        for tag in draw(st.lists(st.sampled_from(TAGS), unique=True, min_size=1, max_size=6))
    ]
    return world(*chosen)


def wishes() -> st.SearchStrategy[dict[str, Any]]:
    """`provider` objects."""
    sorts = st.sampled_from(["price", "throughput", "latency", "exacto"])
    return st.fixed_dictionaries(
        {},
        optional={
            "order": NAMES,
            "only": NAMES,
            "ignore": NAMES,
            "allow_fallbacks": st.booleans(),
            "require_parameters": st.booleans(),
            "data_collection": st.sampled_from(["allow", "deny"]),
            "zdr": st.booleans(),
            "quantizations": st.lists(st.sampled_from(["fp8", "fp4", "bf16", "unknown"])),
            "max_price": st.fixed_dictionaries({"prompt": st.sampled_from(["0", "1", "3"])}),
            "sort": sorts
            | st.fixed_dictionaries({"by": sorts, "partition": st.sampled_from(["model", "none"])}),
            "preferred_max_latency": st.sampled_from([0.1, 10]),
        },
    )


def requests() -> st.SearchStrategy[dict[str, Any]]:
    """Requests for one or both models."""
    names = st.sampled_from([f"{m}{v}" for m in MODELS for v in ("", ":nitro", ":floor")])
    return st.fixed_dictionaries(
        {"model": names, "provider": wishes()},
        optional={
            "models": st.lists(st.sampled_from(MODELS), max_size=2),
            "temperature": st.just(1),
            "max_tokens": st.sampled_from([10, 1_500]),
            "service_tier": st.sampled_from(["auto", "default", "flex", "priority"]),
            "tools": st.just([{"type": "function", "function": {"name": "look"}}]),
        },
    )


@st.composite
def healths(draw: st.DrawFn) -> HealthView:
    """Some endpoints fail, some cool."""
    health = Health()
    for tag in draw(st.lists(st.sampled_from(TAGS), max_size=4)):
        failed(health, tag, draw(st.integers(1, 6)))
    for tag in draw(st.lists(st.sampled_from(TAGS), max_size=2)):
        health.cool(f"{MODEL}@{tag}", NOW_S - 1, draw(st.sampled_from([0.5, 60.0])))
    return health.view(NOW_S, OUTAGE_S)


def distinct(fields: dict[str, Any]) -> dict[str, Any]:
    """Without a model that is asked for twice under two names."""
    base = fields["model"].partition(":")[0]
    return {**fields, "models": [m for m in fields.get("models", []) if m != base]}


def made(snapshot: Snapshot, fields: dict[str, Any], health: HealthView, seed: int) -> Plan:
    """The plan, empty or not."""
    request = inbound(**fields)
    terms: Terms = terms_of(request, snapshot)
    return make_plan(resolve(request.models, snapshot.routable), terms, health, seed)


@given(worlds(), requests(), healths(), st.integers(0, 2**64 - 1))
def test_plan_accounts_for_every_endpoint_once(
    snapshot: Snapshot, fields: dict[str, Any], health: HealthView, seed: int
) -> None:
    """Each endpoint of each model asked for is tried or dropped for a reason, never both."""
    fields = distinct(fields)
    plan = made(snapshot, fields, health, seed)
    asked = [
        candidate.endpoints for candidate in resolve(inbound(**fields).models, snapshot.routable)
    ]
    everyone = sorted(e.id for listed in asked for e in listed)
    accounted = [s.endpoint.id for s in plan.steps] + [d.endpoint.id for d in plan.dropped]
    assert sorted(accounted) == everyone
    assert all(dropped.detail for dropped in plan.dropped)


@given(worlds(), requests(), healths(), st.integers(0, 2**64 - 1))
def test_plan_is_a_function_of_its_arguments(
    snapshot: Snapshot, fields: dict[str, Any], health: HealthView, seed: int
) -> None:
    """The same request, world, health and seed: the same plan."""
    assert made(snapshot, fields, health, seed) == made(snapshot, fields, health, seed)


@given(worlds(), requests(), healths(), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_plan_chance_orders_and_never_chooses(
    snapshot: Snapshot, fields: dict[str, Any], health: HealthView, seed: int, other: int
) -> None:
    """Another seed may try in another order; unless fallbacks are off, it tries the same ones."""
    fields = {**fields, "provider": {**fields["provider"], "allow_fallbacks": True}}
    first, second = (made(snapshot, fields, health, each) for each in (seed, other))
    assert {s.endpoint.id for s in first.steps} == {s.endpoint.id for s in second.steps}


@given(worlds(), requests(), healths())
def test_plan_or_refusal_but_never_a_crash(
    snapshot: Snapshot, fields: dict[str, Any], health: HealthView
) -> None:
    """No steps means a refusal that says so with an availability block."""
    if made(snapshot, fields, health, 1).steps:
        assert plan_for(inbound(**fields), snapshot, health, 1).steps
        return
    with pytest.raises(Refusal) as caught:
        plan_for(inbound(**fields), snapshot, health, 1)
    assert caught.value.availability is not None
    assert caught.value.availability.requested_models == inbound(**fields).models


@given(worlds(), st.integers(0, 2**64 - 1), healths())
def test_plan_without_wishes_puts_the_unhealthy_last(
    snapshot: Snapshot, seed: int, health: HealthView
) -> None:
    """Healthy, then unstable, then behind an open breaker; priced before unpriced among equals."""
    rank = {"healthy": 0, "unstable": 1, "open": 2}
    plan = made(snapshot, {}, health, seed)
    found = [(rank[step.place.state], step.place.figure == float("inf")) for step in plan.steps]
    assert found == sorted(found)
