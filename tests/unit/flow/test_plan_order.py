"""In which order endpoints are tried: chance weighted by price, sorts, variants, health."""

from collections import Counter
from typing import Any, Final

import pytest
from tests.unit.flow.routing import (
    MODEL,
    NOW_S,
    OUTAGE_S,
    endpoint,
    failed,
    plan,
    reasons,
    served,
    tags,
    world,
)

from turnout.core.errors import Refusal
from turnout.core.rules import BALANCED
from turnout.core.types import DataPolicy
from turnout.metrics.health import Health

SEEDS: Final = 4_000
CHI_SQUARE_2: Final = 13.8
"""Two degrees of freedom, one in a thousand; the seeds are fixed, so it holds always or never."""

THREE: Final = world(endpoint("a", "1"), endpoint("b", "2"), endpoint("c", "3"))


def chi_square(seen: Counter[str], shares: dict[str, float]) -> float:
    """How far counts are from what the shares promise."""
    total = seen.total()
    return sum((seen[tag] - total * p) ** 2 / (total * p) for tag, p in shares.items())


def test_weights_are_inverse_squares_of_prices() -> None:
    """At $1, $2 and $3 the first choice is 36 : 9 : 4, and the second follows from the rest."""
    orders = [tags(plan(THREE, seed=seed)) for seed in range(SEEDS)]
    firsts = Counter(order[0] for order in orders)
    assert chi_square(firsts, {"a": 36 / 49, "b": 9 / 49, "c": 4 / 49}) < CHI_SQUARE_2
    seconds = Counter(order[1] for order in orders if order[0] == "a")
    assert chi_square(seconds, {"b": 9 / 13, "c": 4 / 13}) < CHI_SQUARE_2
    assert all(sorted(order) == ["a", "b", "c"] for order in orders)


def test_weights_of_the_contracts_example() -> None:
    """A $1, B $2 with an outage, C $3: A is nine times likelier than C, and B is always last."""
    health = Health()
    failed(health, "b")
    view = health.view(NOW_S, OUTAGE_S)
    orders = [tags(plan(THREE, health=view, seed=seed)) for seed in range(SEEDS)]
    assert {order[2] for order in orders} == {"b"}
    firsts = Counter(order[0] for order in orders)
    assert chi_square(firsts, {"a": 0.9, "c": 0.1}) < CHI_SQUARE_2


def test_weights_of_an_outage_end_with_its_window() -> None:
    """A fault older than the window is forgotten."""
    health = Health()
    failed(health, "a", ago_s=OUTAGE_S - 1)
    assert tags(plan(THREE, health=health.view(NOW_S, OUTAGE_S)))[-1] == "a"
    firsts = {
        tags(plan(THREE, health=health.view(NOW_S + 2, OUTAGE_S), seed=seed))[0]
        for seed in range(50)
    }
    assert "a" in firsts


def test_weights_put_unpriced_endpoints_last_and_free_ones_first() -> None:
    """Nobody stated a price is not free; and what costs nothing breaks no arithmetic."""
    mixed = world(endpoint("free", "0"), endpoint("dear", "10"), endpoint("unknown", None))
    for seed in range(200):
        order = tags(plan(mixed, seed=seed))
        assert order == ["free", "dear", "unknown"]


def test_weights_of_equal_prices_share_equally() -> None:
    """The order in the catalog gives nobody an advantage."""
    even = world(endpoint("a"), endpoint("b"), endpoint("c"))
    firsts = Counter(tags(plan(even, seed=seed))[0] for seed in range(SEEDS))
    assert chi_square(firsts, {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}) < CHI_SQUARE_2


def test_plan_is_the_same_for_the_same_seed() -> None:
    """So that a choice can be explained from its record."""
    made = plan(THREE, seed=2**63 + 12345)
    assert made == plan(THREE, seed=2**63 + 12345)
    assert made.seed == 2**63 + 12345
    assert made.basis == "weighted"


MEASURED: Final = world(endpoint("a", "1"), endpoint("b", "2"), endpoint("c", "3"))


def measured() -> Health:
    """`a` is slow and late, `b` fast and prompt, `c` was never tried."""
    health = Health()
    served(health, "a", ttft_ms=[900] * 9 + [5000], throughput_tps=[20.0] * 10)
    served(health, "b", ttft_ms=[200] * 10, throughput_tps=[90.0] * 9 + [5.0])
    return health


@pytest.mark.parametrize(
    ("fields", "order", "basis"),
    [
        ({"provider": {"sort": "throughput"}}, ["b", "a", "c"], "throughput"),
        ({"provider": {"sort": "latency"}}, ["b", "a", "c"], "latency"),
        ({"provider": {"sort": {"by": "latency"}}}, ["b", "a", "c"], "latency"),
        ({"provider": {"sort": "price"}}, ["a", "b", "c"], "price"),
        ({"model": f"{MODEL}:nitro"}, ["b", "a", "c"], "throughput"),
        ({"model": f"{MODEL}:floor"}, ["a", "b", "c"], "price"),
        ({"model": f"{MODEL}:nitro", "provider": {"sort": "price"}}, ["a", "b", "c"], "price"),
        ({"provider": {"order": ["c"], "sort": "throughput"}}, ["c", "b", "a"], "order"),
    ],
)
def test_sort_orders_by_one_figure(fields: dict[str, Any], order: list[str], basis: str) -> None:
    """Without data an endpoint is last; an explicit sort beats the variant's."""
    made = plan(MEASURED, health=measured().view(NOW_S, OUTAGE_S), **fields)
    assert (tags(made), made.basis) == (order, basis)


def test_sort_looks_five_minutes_back_first_and_then_further() -> None:
    """Who was tried lately is taken as it is now, who was not as it was; never measured is last."""
    health = measured()
    served(health, "b", throughput_tps=[5.0] * 20, at_s=NOW_S + 400)
    view = health.view(NOW_S + 401, OUTAGE_S)
    assert tags(plan(MEASURED, health=view, provider={"sort": "throughput"})) == ["a", "b", "c"]
    long_after = health.view(NOW_S + 90_000, OUTAGE_S)
    order = tags(plan(MEASURED, health=long_after, provider={"sort": "throughput"}))
    assert order == ["a", "b", "c"]


def test_sort_by_speed_tries_the_unmeasured_now_and_then() -> None:
    """Otherwise nobody would ever learn that an endpoint is faster; enough tries end it."""
    health = measured()
    view = health.view(NOW_S, OUTAGE_S)
    firsts = Counter(
        tags(plan(MEASURED, health=view, seed=seed, provider={"sort": "throughput"}))[0]
        for seed in range(SEEDS)
    )
    assert chi_square(firsts, {"b": 0.95, "c": 0.05}) < CHI_SQUARE_2
    served(health, "c", throughput_tps=[1.0] * 20)
    assert {
        tags(plan(MEASURED, health=view, seed=seed, provider={"sort": "throughput"}))[0]
        for seed in range(200)
    } == {"b"}


def test_sort_is_overruled_by_the_breaker_and_not_by_one_fault() -> None:
    """A pure sort was asked for; what certainly fails goes last all the same."""
    health = Health()
    failed(health, "a")
    sort = {"sort": "price"}
    view = health.view(NOW_S, OUTAGE_S)
    assert tags(plan(THREE, health=view, provider=sort)) == ["a", "b", "c"]
    failed(health, "a", BALANCED.faults_in_row)
    assert tags(plan(THREE, health=view, provider=sort)) == ["b", "c", "a"]


def test_sort_exacto_puts_the_author_first_then_precision() -> None:
    """The author's own provider, then the highest precision, whatever it costs."""
    precise = world(
        endpoint("cheap", "1", quantization="int4"),
        endpoint("half", "2", quantization="bf16"),
        endpoint("eight", "1", quantization="fp8"),
        endpoint("acme", "9", quantization="fp4"),
    )
    assert tags(plan(precise, model=f"{MODEL}:exacto")) == ["acme", "half", "eight", "cheap"]


TIERED: Final = world(
    endpoint("a", "1"),
    endpoint("a/priority", "3", tier="priority"),
    endpoint("a/flex", "0.5", tier="flex"),
    endpoint("b", "2"),
)


@pytest.mark.parametrize(
    ("fields", "tried"),
    [
        ({}, {"a", "b"}),
        ({"model": f"{MODEL}:nitro"}, {"a", "a/priority", "b"}),
        ({"model": f"{MODEL}:floor"}, {"a/flex", "a", "b"}),
        ({"model": f"{MODEL}:floor", "service_tier": "default"}, {"a", "b"}),
        ({"model": f"{MODEL}:nitro", "provider": {"order": ["b"]}}, {"a", "b"}),
        ({"service_tier": "priority"}, {"a/priority", "a", "b"}),
        ({"service_tier": "fast"}, {"a/priority", "a", "b"}),
        ({"service_tier": "ultrafast"}, {"a/priority", "a", "b"}),
        ({"service_tier": "flex"}, {"a/flex"}),
        ({"service_tier": "default"}, {"a", "b"}),
        ({"provider": {"only": ["a"]}}, {"a"}),
        ({"provider": {"only": ["a/flex"]}}, {"a/flex"}),
    ],
)
def test_tiers_serve_only_who_asks_for_them(fields: dict[str, Any], tried: set[str]) -> None:
    """By variant, by `service_tier` or by name; a provider's plain name never means its tiers."""
    made = plan(TIERED, **fields)
    assert set(tags(made)) == tried
    assert set(reasons(made)) == {"a", "a/priority", "a/flex", "b"} - tried


def test_tiers_asked_for_come_first() -> None:
    """Whoever pays for priority gets it before anything else; floor gets the cheapest."""
    assert tags(plan(TIERED, service_tier="priority"))[0] == "a/priority"
    assert tags(plan(TIERED, model=f"{MODEL}:floor")) == ["a/flex", "a", "b"]


def test_tiers_asked_for_of_a_model_without_them_fall_back_to_standard() -> None:
    """A wish for flex where there is none is no reason to refuse."""
    assert set(tags(plan(THREE, service_tier="flex"))) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("preference", "order"),
    [
        ({"preferred_min_throughput": 50}, ["b", "c", "a"]),
        ({"preferred_min_throughput": {"p50": 10, "p90": 10}}, ["a", "b", "c"]),
        ({"preferred_max_latency": 0.5}, ["b", "c", "a"]),
        ({"preferred_max_latency": {"p50": 1}}, ["a", "b", "c"]),
        ({"preferred_max_latency": {"p50": 1, "p99": 2}}, ["b", "c", "a"]),
        ({"preferred_min_throughput": 1000, "preferred_max_latency": 0.001}, ["c", "a", "b"]),
    ],
)
def test_preferred_cutoffs_move_back_and_never_drop(
    preference: dict[str, Any], order: list[str]
) -> None:
    """Seconds and tokens per second, by percentile; who was never measured misses nothing."""
    view = measured().view(NOW_S, OUTAGE_S)
    made = plan(MEASURED, health=view, provider={"sort": "price", **preference})
    assert (tags(made), made.dropped) == (order, ())


TWO_MODELS: Final = world(
    endpoint("a", "4"),
    endpoint("b", "1"),
    endpoint("a", "3", model="acme/two"),
    endpoint("b", "2", model="acme/two"),
)


@pytest.mark.parametrize(
    ("partition", "order"),
    [
        (None, ["one@b", "one@a", "two@b", "two@a"]),
        ("model", ["one@b", "one@a", "two@b", "two@a"]),
        ("none", ["one@b", "two@b", "two@a", "one@a"]),
    ],
)
def test_partition_says_whether_models_compete(partition: str | None, order: list[str]) -> None:
    """Model by model in the caller's order, or all endpoints of all models in one list."""
    sort = {"by": "price", "partition": partition}
    made = plan(TWO_MODELS, models=["acme/two"], provider={"sort": sort})
    assert [step.endpoint.id.removeprefix("acme/") for step in made.steps] == order


def test_partition_does_not_undo_an_order() -> None:
    """Providers named in order come first for each model, whatever the sort says."""
    wish = {"order": ["a"], "sort": {"by": "price", "partition": "none"}}
    made = plan(TWO_MODELS, models=["acme/two"], provider=wish)
    order = [step.endpoint.id.removeprefix("acme/") for step in made.steps]
    assert order == ["one@a", "one@b", "two@a", "two@b"]


def test_cooling_endpoints_are_left_out_until_their_time() -> None:
    """Whoever asked us to wait is not asked; nor is it anyone's last resort."""
    health = Health()
    health.cool(f"{MODEL}@a", NOW_S, 10.0)
    made = plan(THREE, health=health.view(NOW_S + 9, OUTAGE_S))
    assert sorted(tags(made)) == ["b", "c"]
    assert reasons(made) == {"a": "cooling_down"}
    assert len(tags(plan(THREE, health=health.view(NOW_S + 10, OUTAGE_S)))) == 3


def test_policy_of_data_applies_to_every_tier() -> None:
    """A tier named by the caller still has to keep the caller's other wishes."""
    policy = DataPolicy(trains=True, retains=True)
    tiered = world(
        endpoint("a", data_policy=DataPolicy(trains=False, retains=False)),
        endpoint("a/flex", tier="flex", data_policy=policy),
    )
    made = plan(tiered, service_tier="flex", provider={"zdr": True})
    assert (tags(made), reasons(made)) == (["a"], {"a/flex": "data_policy:zdr"})


def test_tiers_of_flex_that_rest_are_no_reason_for_standard_prices() -> None:
    """A capacity error is told; only a model without any flex tier falls back."""
    health = Health()
    health.cool(f"{MODEL}@a/flex", NOW_S, 10.0)
    with pytest.raises(Refusal) as caught:
        plan(TIERED, health=health.view(NOW_S + 1, OUTAGE_S), service_tier="flex")
    assert caught.value.error_type == "rate_limit_exceeded"
