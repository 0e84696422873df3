"""What routers pick: among the models that fit, by quality against cost, or by chance."""

from collections import Counter
from typing import Any, Final

import msgspec
import pytest
from tests.unit.flow.routing import NOW_S, OUTAGE_S, endpoint, inbound, tags, world

from turnout.catalog.index import Routable
from turnout.catalog.rating import rated
from turnout.core.errors import Refusal
from turnout.core.rules import Auto
from turnout.core.types import Endpoint
from turnout.dialects.plugins import wishes_of
from turnout.flow.gateway import Policy, Snapshot
from turnout.flow.plan import plan_of
from turnout.flow.plan.choose import bar_of, is_like
from turnout.flow.planned import Plan, Sticky
from turnout.metrics.health import Health

ALL: Final = frozenset({"tools", "tool_choice", "response_format", "structured_outputs"})
SMALL: Final = endpoint("local", "0", model="acme/tiny-1b")
CHEAP: Final = endpoint("b", "0.1", model="acme/small-8b", parameters=ALL)
MIDDLE: Final = endpoint("b", "1", model="beta/middle", parameters=ALL)
LARGE: Final = endpoint(
    "c", "10", model="beta/large", parameters=ALL, inputs=frozenset({"text", "image"})
)
VECTORS: Final = endpoint("c", "0.01", model="beta/vectors", outputs=frozenset({"embeddings"}))
HARD: Final = [
    {
        "role": "user",
        "content": "Prove the theorem step by step, then explain why the algorithm is optimal: "
        "```def f(n): return f(n - 1)``` Derive the integral and compare the trade-offs.",
    }
]
PICTURE: Final = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "what is it?"},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        ],
    }
]


def installation(*endpoints: Endpoint, auto: Auto | None = None) -> Snapshot:
    """A snapshot whose routers choose from these."""
    rules = auto or Auto()
    made = world(*endpoints, policy=Policy(auto=rules))
    return with_rated(made, made.routable, rules)


def with_rated(made: Snapshot, routable: Routable, rules: Auto) -> Snapshot:
    """As the configuration's snapshot does it."""
    return msgspec.structs.replace(made, rated=rated(routable, rules))


HOUSE: Final = installation(SMALL, CHEAP, MIDDLE, LARGE, VECTORS)


def chosen(
    snapshot: Snapshot,
    model: str = "turnout/auto",
    *,
    health: Health | None = None,
    seed: int = 7,
    warm: Sticky | None = None,
    auto: dict[str, Any] | None = None,
    **fields: Any,
) -> Plan:
    """The plan of a request to a router; `auto` are the members of its plugin."""
    if auto is not None:
        fields["plugins"] = [{"id": "auto-router", **auto}]
    asked = inbound(model=model, **fields)
    asked = msgspec.structs.replace(asked, wishes=wishes_of(asked.fields, asked.models))
    view = (health or Health()).view(NOW_S, OUTAGE_S)
    return plan_of(asked, snapshot, view, seed, warm)


def first(made: Plan) -> str:
    """The model that is tried first."""
    return made.steps[0].endpoint.model


def test_auto_takes_the_best_for_nothing_but_quality_and_the_cheapest_for_nothing_but_cost() -> (
    None
):
    """0 and 10, whatever the request looks like."""
    for messages in (HARD, [{"role": "user", "content": "hi"}]):
        best = chosen(HOUSE, auto={"cost_quality_tradeoff": 0}, messages=messages)
        cheapest = chosen(HOUSE, auto={"cost_quality_tradeoff": 10}, messages=messages)
        assert (first(best), first(cheapest)) == ("beta/large", "acme/tiny-1b")


def test_auto_takes_a_better_model_for_a_harder_request() -> None:
    """Between the two ends the bar rises with the difficulty."""
    easy = chosen(HOUSE, messages=[{"role": "user", "content": "hi"}])
    hard = chosen(HOUSE, messages=HARD, reasoning_effort="high")
    assert first(easy) == "acme/small-8b"
    assert first(hard) in {"beta/middle", "beta/large"}
    assert easy.routed is not None
    assert hard.routed is not None
    assert hard.routed.data["task_type"] == "math"
    assert str(hard.routed.data["difficulty"]) > str(easy.routed.data["difficulty"])


def test_auto_is_the_same_for_the_same_request() -> None:
    """Nothing is drawn: every seed picks the same models."""
    assert len({tuple(tags(chosen(HOUSE, seed=seed))) for seed in range(20)}) == 1


def test_auto_goes_on_with_the_next_best_models() -> None:
    """The pick is followed by others, as many as the house allows; without fallbacks by none."""
    made = chosen(HOUSE)
    assert [step.asked for step in made.steps] == ["acme/small-8b", "beta/middle", "beta/large"]
    alone = chosen(HOUSE, provider={"allow_fallbacks": False})
    assert [step.asked for step in alone.steps] == ["acme/small-8b"]


@pytest.mark.parametrize(
    ("fields", "picks"),
    [
        ({"messages": PICTURE}, {"beta/large"}),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, {"acme/small-8b"}),
        ({"response_format": {"type": "json_object"}}, {"acme/small-8b"}),
        ({"provider": {"only": ["c"]}}, {"beta/large"}),
        ({"provider": {"max_price": {"prompt": 0.05}}}, {"acme/tiny-1b"}),
    ],
)
def test_auto_picks_only_what_fits(fields: dict[str, Any], picks: set[str]) -> None:
    """Modalities, tools, structured output and every filter of the plan; the cheapest that can."""
    made = chosen(HOUSE, auto={"cost_quality_tradeoff": 10}, **fields)
    assert first(made) in picks


def test_auto_picks_what_is_long_enough() -> None:
    """A prompt that no small model holds goes to one that holds it."""
    short = msgspec.structs.replace(CHEAP, context_tok=4096)
    house = installation(short, LARGE)
    long = [{"role": "user", "content": "word " * 20_000}]
    assert first(chosen(house, auto={"cost_quality_tradeoff": 10}, messages=long)) == "beta/large"


def test_auto_stays_within_the_patterns_of_the_request_and_of_the_house() -> None:
    """A request narrows what the house allows and cannot widen it."""
    only = {"allowed_models": ["beta/*"]}
    assert first(chosen(HOUSE, auto=only)).startswith("beta/")
    without = {"allowed_models": ["beta/*"], "excluded_models": ["*/large"]}
    assert {s.asked for s in chosen(HOUSE, auto=without).steps} == {"beta/middle"}
    house = installation(SMALL, CHEAP, MIDDLE, LARGE, auto=Auto(allowed=("acme/*",)))
    assert first(chosen(house)).startswith("acme/")
    with pytest.raises(Refusal) as caught:
        chosen(house, auto=only)
    assert caught.value.message.startswith("No models match your request and model restrictions")
    assert caught.value.availability is not None


def test_auto_takes_free_rows_only_where_a_pattern_says_so() -> None:
    """They are rationed; the free router is for them."""
    row = endpoint("d", "0", model="beta/middle:free", parameters=ALL)
    house = installation(row, MIDDLE, LARGE)
    cheapest = {"cost_quality_tradeoff": 10}
    assert first(chosen(house, auto=cheapest)) == "beta/middle"
    assert first(chosen(house, auto=cheapest | {"allowed_models": ["*:free"]})) == row.model
    assert first(chosen(house, "turnout/free")) == row.model


def test_auto_takes_a_fifth_of_the_models_by_cost() -> None:
    """`cost_tier`, where the request says one."""
    tiers = ("low", "medium", "high", "max")
    picked = [first(chosen(HOUSE, auto={"cost_tier": tier})) for tier in tiers]
    assert picked == ["acme/tiny-1b", "acme/small-8b", "beta/middle", "beta/large"]


def test_auto_keeps_the_model_of_a_dialogue_unless_told_not_to() -> None:
    """As long as it fits and is allowed; the record says so."""
    warm = Sticky(endpoint=LARGE.id)
    made = chosen(HOUSE, warm=warm)
    assert first(made) == "beta/large"
    assert made.routed is not None
    assert made.routed.data["kept_for_dialogue"] is True
    assert first(chosen(HOUSE, warm=warm, auto={"pin_model": False})) == "acme/small-8b"
    assert first(chosen(HOUSE, warm=warm, auto={"excluded_models": ["*/large"]})) != "beta/large"


def test_auto_passes_over_models_whose_endpoints_are_unwell() -> None:
    """An endpoint at rest comes behind, whatever it costs."""
    health = Health()
    health.cool(CHEAP.id, NOW_S - 1, 60.0)
    assert first(chosen(HOUSE, health=health)) == "beta/middle"


def test_auto_takes_modes_and_stands_among_named_models() -> None:
    """`:floor` is that of the models; a router may be a fallback."""
    dear = endpoint("d", "9", model="acme/small-8b", parameters=ALL)
    house = installation(SMALL, CHEAP, dear, MIDDLE, LARGE)
    floor = chosen(house, "turnout/auto:floor")
    assert tags(floor)[:2] == ["b", "d"]
    assert floor.basis == "price"
    behind = chosen(HOUSE, "beta/large", models=["openrouter/auto"])
    assert [step.asked for step in behind.steps][:2] == ["beta/large", "acme/small-8b"]


def test_free_draws_among_what_costs_nothing() -> None:
    """Each about as often; endpoints that cost something are out, also those of the same model."""
    other = endpoint("d", "0", model="acme/gift", parameters=ALL)
    paid = endpoint("e", "3", model="acme/gift", parameters=ALL)
    house = installation(SMALL, other, paid, LARGE)
    drawn = Counter(first(chosen(house, "turnout/free", seed=seed)) for seed in range(300))
    assert set(drawn) == {"acme/tiny-1b", "acme/gift"}
    assert min(drawn.values()) > 100
    every = {
        step.endpoint.tag
        for seed in range(20)
        for step in chosen(house, "openrouter/free", seed=seed).steps
    }
    assert every == {"local", "d"}
    assert first(chosen(installation(SMALL), "turnout/free")) == "acme/tiny-1b"
    tools: dict[str, Any] = {"tools": [{"type": "function", "function": {"name": "f"}}]}
    assert first(chosen(house, "turnout/free", **tools)) == "acme/gift"


def test_free_says_no_where_nothing_is_free() -> None:
    """A 404 that names what was left out."""
    with pytest.raises(Refusal, match="not free"):
        chosen(installation(CHEAP, LARGE), "turnout/free")


def test_bar_lies_between_the_ends_and_rises_with_difficulty() -> None:
    """Monotone in both."""
    bars = [[bar_of(tradeoff, hard / 4) for hard in range(5)] for tradeoff in range(11)]
    assert bars[0] == [1.0] * 5
    assert bars[10] == [0.0] * 5
    for row in bars[1:10]:
        assert row == sorted(row)
        assert all(0 < bar < 1 for bar in row)
    assert all(upper >= lower for upper, lower in zip(bars[3], bars[4], strict=True))


def test_patterns_mean_whole_slugs() -> None:
    """A star is any run of characters."""
    assert is_like("openai/gpt-5", ["anthropic/*", "OpenAI/gpt-5"])
    assert is_like("openai/gpt-5-mini", ["*-mini"])
    assert not is_like("openai/gpt-5-mini", ["openai/gpt-5"])


def test_unpriced_and_free_models_are_rated_by_their_size() -> None:
    """A model of a billion parameters is behind one of eight, whoever asks nothing for either."""
    eight = endpoint("x", None, model="acme/one-8b")
    one = endpoint("y", None, model="acme/one-1b")
    seventy = msgspec.structs.replace(eight, id="acme/one-70b@x", model="acme/one-70b")
    made = installation(one, seventy, eight)
    assert [r.slug for r in made.rated] == ["acme/one-70b", "acme/one-8b", "acme/one-1b"]
