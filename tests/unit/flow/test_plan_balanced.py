"""The measured mode: price against speed, what it falls back to, and what moves a share."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.flow.routing import (
    MODEL,
    NOW_S,
    OUTAGE_S,
    endpoint,
    inbound,
    plan,
    price,
    reasons,
    tags,
    world,
)

from turnout.core.rules import BALANCED, Balanced
from turnout.core.types import Endpoint, Outcome
from turnout.flow.gateway import Policy, Snapshot
from turnout.flow.plan import Sticky, make_plan, resolve, terms_of
from turnout.flow.plan.balanced import weigh
from turnout.flow.planned import Plan
from turnout.metrics.health import Health, HealthView

SEEDS: Final = 2_000
CHEAP, KNEE, FAST, POOR = (
    endpoint("cheap", "1"),
    endpoint("knee", "1.6"),
    endpoint("fast", "6"),
    endpoint("poor", "5"),
)
FOUR: Final = (CHEAP, KNEE, FAST, POOR)
SECONDS: Final = {"cheap": 8.0, "knee": 2.5, "fast": 1.5, "poor": 7.0}


def answers(health: Health, tag: str, seconds: float, count: int = 60, **more: Any) -> None:
    """Whole answers over the last half minute, one every half second."""
    for index in range(count):
        health.record(
            Outcome(
                endpoint=f"{MODEL}@{tag}",
                at_s=NOW_S - 30 + index * 30 / count,
                latency_ms=round(seconds * 1000),
                ttft_ms=round(seconds * 200),
                prompt_tok=600,
                completion_tok=200,
                throughput_tps=200 / seconds,
                **more,
            )
        )


def measured(rules: Balanced = BALANCED, **seconds: float) -> Health:
    """All four, measured."""
    health = Health(rules=rules)
    for tag, took_s in {**SECONDS, **seconds}.items():
        answers(health, tag, took_s)
    return health


def view(health: Health) -> HealthView:
    """As of now."""
    return health.view(NOW_S, OUTAGE_S)


def shares(health: Health, endpoints: Sequence[Endpoint] = FOUR) -> dict[str, float]:
    """Of first tries, by tag."""
    board = weigh(endpoints, view(health))
    assert board is not None
    return {name.partition("@")[2]: row.share for name, row in board.rows.items()}


def faults(health: Health, tag: str, count: int, *, failure: str = "server") -> None:
    """Attempts that ended badly within the last second."""
    for _ in range(count):
        health.record(
            Outcome(
                endpoint=f"{MODEL}@{tag}",
                at_s=NOW_S - 0.5,
                failure=failure,
                hurts_health=failure == "server",
            )
        )


def test_share_goes_to_the_knee_of_price_and_speed() -> None:
    """A little dearer and much faster beats both extremes; the others stay explored."""
    found = shares(measured())
    assert found["knee"] > 0.9
    assert all(0 < share <= BALANCED.explore_share for tag, share in found.items() if tag != "knee")
    assert abs(sum(found.values()) - 1) < 1e-9


def test_share_is_what_chance_draws_by() -> None:
    """First tries and the order of retries follow from the shares."""
    health = measured(Balanced(sharpness=1.0))
    promised = shares(health)
    orders = [tags(plan(world(*FOUR), health=view(health), seed=seed)) for seed in range(SEEDS)]
    firsts = Counter(order[0] for order in orders)
    assert all(abs(firsts[tag] / SEEDS - share) < 0.05 for tag, share in promised.items())
    after = [order[1] for order in orders if order[0] == "knee"]
    left = 1 - promised["knee"]
    assert abs(after.count("cheap") / len(after) - promised["cheap"] / left) < 0.08


def test_plan_says_that_it_was_balanced_and_by_what() -> None:
    """Each place carries the numbers that it was drawn by."""
    made = plan(world(*FOUR), health=view(measured()))
    assert made.basis == "balanced"
    row = next(s.place.weighed for s in made.steps if s.endpoint.tag == "knee")
    assert row is not None
    assert row.note == "edge"
    assert 2.0 < row.whole_s < 3.0
    assert row.adjusted > row.price > 0


def test_classic_rule_stands_while_too_little_is_measured() -> None:
    """One measured endpoint of four is nothing to compare; nor are a few answers each."""
    health = Health()
    answers(health, "cheap", 3.0)
    assert plan(world(*FOUR), health=view(health)).basis == "weighted"
    few = Health()
    for tag, took_s in SECONDS.items():
        answers(few, tag, took_s, count=BALANCED.least_attempts - 1)
    assert plan(world(*FOUR), health=view(few)).basis == "weighted"


def test_classic_rule_stands_when_the_operator_says_so() -> None:
    """`[routing.balanced] enabled = false`."""
    health = measured(Balanced(enabled=False))
    assert plan(world(*FOUR), health=view(health)).basis == "weighted"


def test_newcomer_gets_a_bounded_share_beside_measured_ones() -> None:
    """However cheap it is: nobody knows yet what it is worth."""
    new = endpoint("new", "0.1")
    found = shares(measured(), (*FOUR, new))
    assert 0 < found["new"] <= BALANCED.newcomer_share


def test_faults_take_a_share_away_within_seconds() -> None:
    """A quarter of the attempts failing for a moment is enough to lose the traffic."""
    health = measured()
    faults(health, "knee", 20)
    assert shares(health)["knee"] < 0.05


def test_limits_take_a_part_away() -> None:
    """429s cost the caller a retry; they weigh less than faults."""
    limited, failing = measured(Balanced(sharpness=2.0)), measured(Balanced(sharpness=2.0))
    before = shares(limited)["knee"]
    faults(limited, "knee", 4, failure="rate_limited")
    faults(failing, "knee", 4)
    assert shares(failing)["knee"] < shares(limited)["knee"] < before


def test_slowness_takes_a_share_away() -> None:
    """The knee that became as slow as the cheapest is no knee."""
    assert shares(measured(knee=9.0))["knee"] < 0.05


def test_cache_hits_make_the_price_effective() -> None:
    """What most prompts do not pay is not what they cost."""
    dear = msgspec.structs.replace(FAST, price=price("6", cache_read="0.1"))
    cold, warm = measured(), Health()
    for tag, took_s in SECONDS.items():
        more = {"cache_read_tok": 590} if tag == "fast" else {}
        answers(warm, tag, took_s, **more)
    endpoints = (CHEAP, KNEE, dear, POOR)
    assert shares(warm, endpoints)["fast"] > shares(cold, endpoints)["fast"]
    order = tags(plan(world(*endpoints), health=view(warm), provider={"sort": "price"}))
    assert order.index("fast") < order.index("poor")


def test_open_breaker_has_no_share_and_a_half_open_one_a_trial_share() -> None:
    """Trials come at once, one at a time, whatever the endpoint was worth before."""
    health = measured()
    faults(health, "cheap", BALANCED.faults_in_row)
    assert shares(health)["cheap"] == 0
    assert tags(plan(world(*FOUR), health=view(health)))[-1] == "cheap"
    later = health.view(NOW_S + BALANCED.first_rest_s, OUTAGE_S)
    board = weigh(FOUR, later)
    assert board is not None
    row = board.rows[CHEAP.id]
    assert row.note == "trial"
    assert 0.05 < row.share <= BALANCED.trial_share


def test_capped_endpoint_leaves_the_rest_to_the_next_best() -> None:
    """Not to everyone alike: who is second best gets what the best cannot take."""
    health = measured()
    health.standings[KNEE.id].cap.rps = 2.0
    health.standings[KNEE.id].cap.set_s = health.standings[KNEE.id].cap.limited_s = NOW_S
    for step in range(200):
        health.send(KNEE.id, NOW_S - 2 + step * 0.01)
    found = shares(health)
    assert found["knee"] < 0.1
    assert max(found, key=lambda tag: found[tag]) == "fast"


def test_full_endpoint_is_left_out_and_the_last_one_says_when_to_come_again() -> None:
    """Beyond its cap and the debt nobody is sent there, whatever else has failed."""
    health = measured()
    cap = health.standings[KNEE.id].cap
    cap.rps, cap.set_s, cap.limited_s, cap.filled_s = 2.0, NOW_S, NOW_S, NOW_S
    for _ in range(6):
        health.send(KNEE.id, NOW_S)
    made = plan(world(*FOUR), health=view(health))
    assert reasons(made) == {"knee": "at_cap"}
    assert health.full(KNEE.id, NOW_S)
    assert not health.full(KNEE.id, NOW_S + 5)


def test_healed_endpoint_is_let_back_by_and_by() -> None:
    """In the middle of its ramp it is first in about half of the draws it would win."""
    health = measured()
    health.standings[KNEE.id].healed_s = NOW_S - BALANCED.ramp_s / 2
    firsts = Counter(
        tags(plan(world(*FOUR), health=view(health), seed=seed))[0] for seed in range(SEEDS)
    )
    assert 0.35 < firsts["knee"] / SEEDS < 0.65


def stuck(health: Health, sticky: Sticky, snapshot: Snapshot, **fields: Any) -> Plan:
    """The plan of a request whose conversation was served before."""
    request = inbound(**fields)
    terms = msgspec.structs.replace(terms_of(request, snapshot), sticky=sticky)
    return make_plan(resolve(request.models, snapshot.routable), terms, view(health), 7)


CACHED: Final = msgspec.structs.replace(CHEAP, price=price("1", cache_read="0.05"))
WARM: Final = world(CACHED, KNEE, FAST, POOR)


def test_sticky_stays_where_the_cache_is_warm_while_that_is_worth_it() -> None:
    """A warm cache makes up for some distance from the best, not for any."""
    near = measured(cheap=3.0)
    warm = Sticky(endpoint=CACHED.id, cached_tok=50_000)
    made = stuck(near, warm, WARM)
    assert (tags(made)[0], made.stuck) == ("cheap", True)
    far = stuck(measured(cheap=60.0), Sticky(endpoint=CACHED.id, cached_tok=10), WARM)
    assert (tags(far)[0], far.stuck) == ("knee", False)


def test_sticky_needs_a_cache_that_saves() -> None:
    """Where reading a cache costs as much as not having one there is no reason to stay."""
    made = stuck(measured(), Sticky(endpoint=POOR.id, cached_tok=50_000), world(*FOUR))
    assert not made.stuck


def test_sticky_state_that_nobody_else_reads_pins_harder() -> None:
    """Only the breaker, a cool-down, or the caller's own order overrule it."""
    hard = Sticky(endpoint=POOR.id, hard=True)
    assert tags(stuck(measured(), hard, world(*FOUR)))[0] == "poor"
    broken = measured()
    faults(broken, "poor", BALANCED.faults_in_row)
    assert tags(stuck(broken, hard, world(*FOUR)))[0] != "poor"
    ordered = stuck(measured(), hard, world(*FOUR), provider={"order": ["fast"]})
    assert tags(ordered)[0] == "fast"


def tool_calls(health: Health, tag: str, good: int, bad: int) -> None:
    """Answers with tool calls."""
    for index in range(good + bad):
        health.record(Outcome(endpoint=f"{MODEL}@{tag}", at_s=NOW_S - 20, tools_valid=index < good))


TOOLS: Final[dict[str, Any]] = {"tools": [{"type": "function", "function": {"name": "look"}}]}


def test_tools_go_to_who_calls_them_well() -> None:
    """In every mode but the cheapest, unless the caller sorts; other requests do not care."""
    health = measured()
    for tag in ("cheap", "fast", "poor"):
        tool_calls(health, tag, 99, 1)
    tool_calls(health, "knee", 60, 40)
    four = world(*FOUR)
    assert tags(plan(four, health=view(health)))[0] == "knee"
    with_tools = plan(four, health=view(health), **TOOLS)
    assert tags(with_tools)[-1] == "knee"
    assert with_tools.steps[-1].place.held_back == "tools"
    nitro = plan(four, health=view(health), model=f"{MODEL}:nitro", **TOOLS)
    assert tags(nitro)[-1] == "knee"
    floor = plan(four, health=view(health), model=f"{MODEL}:floor", **TOOLS)
    assert tags(floor)[:2] == ["cheap", "knee"]


def test_tools_preference_can_be_turned_off() -> None:
    """`[routing] tools_first = false`."""
    health = measured()
    for tag in ("cheap", "fast", "poor"):
        tool_calls(health, tag, 99, 1)
    tool_calls(health, "knee", 60, 40)
    plain = world(*FOUR, policy=Policy(tools_first=False))
    assert tags(plan(plain, health=view(health), **TOOLS))[0] == "knee"


def test_exacto_is_the_elected_endpoint_and_a_pin_beats_it() -> None:
    """The same for every seed; the elected one follows a pinned one."""
    health = measured()
    health.elected = {MODEL: POOR.id}
    for seed in range(20):
        made = plan(world(*FOUR), health=view(health), seed=seed, model=f"{MODEL}:exacto")
        assert tags(made)[0] == "poor"
    pinned = msgspec.convert({"exacto": {"pins": {MODEL: "fast"}}}, Policy)
    made = plan(world(*FOUR, policy=pinned), health=view(health), model=f"{MODEL}:exacto")
    assert tags(made)[:2] == ["fast", "poor"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["0", "0.0001", "0.15", "1", "2.5", "600"]),
            st.floats(0.01, 300.0),
            st.integers(0, 60),
            st.integers(0, 30),
        ),
        min_size=2,
        max_size=8,
    )
)
def test_shares_are_shares_whatever_was_measured(
    rows: list[tuple[str, float, int, int]],
) -> None:
    """They add up to one, none is negative, and who may be tried keeps at least a little."""
    health = Health()
    endpoints = tuple(endpoint(f"e{index}", row[0]) for index, row in enumerate(rows))
    for index, (_, seconds, count, failed) in enumerate(rows):
        if count:
            answers(health, f"e{index}", seconds, count=count)
        faults(health, f"e{index}", failed)
    board = weigh(endpoints, view(health))
    if board is None:
        return
    assert abs(sum(row.share for row in board.rows.values()) - 1) < 1e-6
    for name, row in board.rows.items():
        assert row.share >= 0
        standing = health.standings.get(name)
        assert row.share > 0 or (standing is not None and standing.rest_s > 0)
    assert any(row.share > 0 for row in board.rows.values())
