"""Every field of the `provider` object, one by one: contract section 3.2."""

from typing import Any, Final

import msgspec
import pytest
from tests.unit.flow.routing import endpoint, plan, reasons, tags, world

from turnout.core.errors import Refusal
from turnout.core.types import DataPolicy
from turnout.flow.gateway import Policy

KEEPS_NOTHING: Final = DataPolicy(trains=False, retains=False)
KEEPS_LOGS: Final = DataPolicy(trains=False, retains=True)
TRAINS: Final = DataPolicy(trains=True, retains=True)

WORLD: Final = world(
    endpoint(
        "a",
        "1",
        quantization="bf16",
        data_policy=KEEPS_NOTHING,
        parameters=frozenset({"temperature", "tools", "max_tokens"}),
        max_output_tok=16_000,
    ),
    endpoint(
        "b",
        "2",
        quantization="fp8",
        data_policy=KEEPS_LOGS,
        parameters=frozenset({"temperature"}),
        context_tok=32_000,
        max_output_tok=4_000,
    ),
    endpoint(
        "c",
        "3",
        quantization="mxfp8",
        data_policy=TRAINS,
        parameters=frozenset(
            {"temperature", "tools", "response_format", "structured_outputs", "verbosity"}
        ),
    ),
    endpoint("c/turbo", "4", quantization="mxfp4"),
    endpoint("c/priority", "5", tier="priority"),
    endpoint("d", None),
)
ALL: Final = ["a", "b", "c", "c/turbo", "d"]


class Row(msgspec.Struct, frozen=True):
    """A preference and what it makes of the order by price."""

    preference: dict[str, Any]
    tried: list[str]
    by: str = ""


ROWS: Final = {
    "nothing": Row({}, ALL),
    "order": Row({"order": ["c", "a"]}, ["c", "c/turbo", "a", "b", "d"]),
    "order by display name": Row({"order": ["Display Name"]}, ["b", "a", "c", "c/turbo", "d"]),
    "order skips who does not serve": Row({"order": ["nobody", "b"]}, ["b", "a", *ALL[2:]]),
    "order of one suffix": Row({"order": ["c/turbo"]}, ["c/turbo", "a", "b", "c", "d"]),
    "order names a tier": Row({"order": ["c/priority"]}, ["c/priority", *ALL]),
    "order without fallbacks": Row(
        {"order": ["b", "a"], "allow_fallbacks": False}, ["b", "a"], "allow_fallbacks"
    ),
    "only": Row({"only": ["c"]}, ["c", "c/turbo"], "allowed_providers"),
    "only one suffix": Row({"only": ["c/turbo"]}, ["c/turbo"], "allowed_providers"),
    "only names a tier": Row({"only": ["c/priority"]}, ["c/priority"], "allowed_providers"),
    "only by display name": Row({"only": ["Display Name"]}, ["b"], "allowed_providers"),
    "ignore": Row({"ignore": ["c", "d"]}, ["a", "b"], "ignored_providers"),
    "ignore one suffix": Row({"ignore": ["c/turbo"]}, ["a", "b", "c", "d"], "ignored_providers"),
    "no fallbacks": Row({"allow_fallbacks": False}, ["a"], "allow_fallbacks"),
    "fallbacks": Row({"allow_fallbacks": True}, ALL),
    "data collection denied": Row({"data_collection": "deny"}, ["a", "b"], "data_policy:training"),
    "data collection allowed": Row({"data_collection": "allow"}, ALL),
    "zero retention": Row({"zdr": True}, ["a"], "data_policy:zdr"),
    "retention": Row({"zdr": False}, ALL),
    "fp8 is a family": Row({"quantizations": ["fp8"]}, ["b", "c"], "quantization"),
    "fp4 is a family": Row({"quantizations": ["fp4"]}, ["c/turbo"], "quantization"),
    "quantizations add up": Row(
        {"quantizations": ["bf16", "mxfp4", "unknown"]}, ["a", "c/turbo", "d"], "quantization"
    ),
    "max price as text": Row(
        {"max_price": {"prompt": "2", "completion": "2.0"}}, ["a", "b"], "max_price"
    ),
    "max price as number": Row({"max_price": {"prompt": 2.5}}, ["a", "b"], "max_price"),
    "max price is inclusive": Row({"max_price": {"completion": 3}}, ["a", "b", "c"], "max_price"),
    "max price of a request": Row(
        {"max_price": {"request": "0"}}, ["a", "b", "c", "c/turbo"], "max_price"
    ),
    "sort as object": Row({"sort": {"by": "price"}}, ALL),
}


@pytest.mark.parametrize("name", ROWS)
def test_preference_makes_the_plan_that_the_contract_says(name: str) -> None:
    """Who is tried in which order, and the filter that dropped each of the others."""
    row = ROWS[name]
    made = plan(WORLD, provider={"sort": "price", **row.preference})
    assert tags(made) == row.tried
    lost = {*ALL, "c/priority"} - set(row.tried)
    earlier = {"c/priority": "service_tier"}
    found = reasons(made)
    for tag in lost - {"c/priority"}:
        assert found[tag] == row.by
    if "c/priority" in lost:
        assert found["c/priority"] in {row.by, *earlier.values()}
    assert len(made.dropped) == len(lost)


@pytest.mark.parametrize("value", ["cheap", "-1", -1, "NaN", "1e-30"])
def test_preference_max_price_that_is_no_price_is_refused(value: object) -> None:
    """The field is named, whatever was written into it."""
    with pytest.raises(Refusal) as caught:
        plan(WORLD, provider={"max_price": {"prompt": value}})
    assert caught.value.param == "provider.max_price.prompt"


def test_preference_without_fallbacks_keeps_the_best_of_each_model() -> None:
    """One endpoint for each model asked for."""
    two = world(endpoint("a", "1"), endpoint("b", "2"), endpoint("a", "1", model="acme/two"))
    made = plan(two, models=["acme/two"], provider={"sort": "price", "allow_fallbacks": False})
    assert [step.endpoint.id for step in made.steps] == ["acme/one@a", "acme/two@a"]


def test_preference_for_distillable_models_drops_the_others() -> None:
    """Only models whose licence allows to train on what they say."""
    known = world(endpoint("a"), distillable=frozenset({"acme/one"}))
    assert tags(plan(known, provider={"enforce_distillable_text": True})) == ["a"]
    with pytest.raises(Refusal):
        plan(WORLD, provider={"enforce_distillable_text": True})


def test_parameters_required_drops_who_does_not_promise_all() -> None:
    """Unknown is not promised; a parameter that was not sent does not matter."""
    made = plan(WORLD, temperature=0.5, provider={"sort": "price", "require_parameters": True})
    assert tags(made) == ["a", "b", "c"]
    assert reasons(made)["d"] == "require_parameters"
    with pytest.raises(Refusal):
        plan(WORLD, seed_=1, top_k=3, provider={"require_parameters": True})
    assert tags(plan(WORLD, provider={"sort": "price", "require_parameters": True})) == ALL


TOOLS: Final[Any] = [{"type": "function", "function": {"name": "look"}}]
SCHEMA: Final = {"type": "json_schema", "json_schema": {"name": "x"}}


@pytest.mark.parametrize(
    ("fields", "tried"),
    [
        ({"tools": TOOLS}, ["a", "c", "c/turbo", "d"]),
        ({"response_format": SCHEMA}, ["c", "c/turbo", "d"]),
        ({"verbosity": "low"}, ["c", "c/turbo", "d"]),
        ({"temperature": 1}, ALL),
    ],
    ids=["tools", "response_format", "verbosity", "temperature"],
)
def test_parameters_that_matter_prefer_who_takes_them(
    fields: dict[str, Any], tried: list[str]
) -> None:
    """Tools and output formats narrow the plan by themselves; unknown gets the benefit of doubt."""
    made = plan(WORLD, provider={"sort": "price"}, **fields)
    assert tags(made) == tried
    assert set(reasons(made).values()) <= {"parameters", "service_tier"}


def test_parameters_that_nobody_takes_are_no_reason_to_refuse() -> None:
    """An output format that no endpoint knows is ignored, as the contract says."""
    plain = world(endpoint("a", parameters=frozenset({"temperature"})))
    assert tags(plan(plain, response_format=SCHEMA)) == ["a"]


def test_tools_that_nobody_takes_are_refused_unless_the_operator_says_so() -> None:
    """Without tools an agent's answer is worth nothing; a switch has it the documented way."""
    endpoints = [endpoint("a", parameters=frozenset({"temperature"}))]
    with pytest.raises(Refusal) as caught:
        plan(world(*endpoints), tools=TOOLS)
    assert caught.value.message.startswith("No endpoints found that support tool use")
    soft = world(*endpoints, policy=Policy(tool_support_hard=False))
    assert tags(plan(soft, tools=TOOLS)) == ["a"]


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"max_tokens": 4_000}, set[str]()),
        ({"max_tokens": 4_001}, {"b"}),
        ({"max_completion_tokens": 20_000}, {"a", "b"}),
        ({"max_tokens": 127_990}, {"a", "b"}),
        ({"max_tokens": 128_001}, {"a", "b", "c", "c/turbo", "d"}),
    ],
)
def test_lengths_drop_who_cannot_write_so_much(fields: dict[str, Any], lost: set[str]) -> None:
    """`max_tokens` is a hard filter on the output limit, and counts towards the context."""
    if len(lost) == len(ALL):
        with pytest.raises(Refusal):
            plan(WORLD, **fields)
        return
    made = plan(WORLD, **fields)
    assert set(ALL) - set(tags(made)) == lost
    assert {reasons(made)[tag] for tag in lost} <= {"max_tokens", "context_length"}


def test_lengths_drop_who_cannot_read_so_much() -> None:
    """A prompt that cannot fit whatever the tokenizer makes of it is not sent there."""
    short = [{"role": "user", "content": "x" * 100_000}]
    long = [{"role": "user", "content": "x" * 300_000}]
    assert "b" in tags(plan(WORLD, messages=short))  # 25,000 estimated: it may just fit
    made = plan(WORLD, messages=long)
    assert reasons(made)["b"] == "context_length"
    assert "a" in tags(made)


def test_modalities_drop_who_cannot_see_or_speak_them() -> None:
    """A picture goes only to endpoints that take pictures."""
    seeing = world(endpoint("a"), endpoint("b", inputs=frozenset({"text", "image"})))
    url = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    made = plan(seeing, messages=[{"role": "user", "content": [url]}])
    assert tags(made) == ["b"]
    assert reasons(made) == {"a": "input_modality"}


def test_operator_rules_hold_whatever_the_request_says() -> None:
    """A request may tighten them and never relax them."""
    endpoints = (endpoint("a", data_policy=TRAINS), endpoint("b", data_policy=KEEPS_LOGS))
    strict = world(*endpoints, policy=Policy(default_data_collection="deny"))
    assert tags(plan(strict, provider={"data_collection": "allow"})) == ["b"]
    blocked = world(endpoint("a", None), endpoint("b"), policy=Policy(block_unpriced=True))
    made = plan(blocked)
    assert (tags(made), reasons(made)) == (["b"], {"a": "unpriced"})
