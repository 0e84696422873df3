"""What pages make of sums: spans of time, means of uptimes, standings, words for conditions."""

from datetime import UTC, datetime

import pytest

from turnout.catalog.index import ProviderFacts
from turnout.core.types import DataPolicy
from turnout.edge.internal.activity import MOST_DRAWN, STRIDES, drawn_of
from turnout.edge.internal.cards import Condition
from turnout.edge.internal.dealing import policy_card, shares
from turnout.edge.internal.desk import effective, token_price, uptime_days
from turnout.edge.internal.providers import top_models
from turnout.edge.internal.shelf import standing_of
from turnout.edge.internal.status import overall
from turnout.edge.internal.uptime import without_routing
from turnout.ledger.used import Judged, ModelTokens, Named, Narrow

FACTS = ProviderFacts(slug="a", name="A")


def unix_ms(text: str) -> int:
    """Of a UTC moment."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "since"),
    [("2026-11-25T13:00", "2025-12-01"), ("2028-02-29T00:00", "2027-03-01")],
)
def test_a_year_is_twelve_calendar_months(now: str, since: str) -> None:
    """The present one is the last, whatever its length."""
    first, end = STRIDES["1y"].span(unix_ms(now))
    assert first * 86_400_000 == unix_ms(since)
    assert end == unix_ms(now) // 86_400_000 + 1


@pytest.mark.parametrize(("name", "steps"), [("1h", 60), ("1d", 24), ("30d", 30)])
def test_other_ranges_are_so_many_steps_with_the_present_one(name: str, steps: int) -> None:
    """The end is not included."""
    stride = STRIDES[name]
    first, end = stride.span(unix_ms("2026-11-25T13:37"))
    assert end - first == steps
    assert (
        (end - 1) * stride.step_s * 1000 <= unix_ms("2026-11-25T13:37") < end * stride.step_s * 1000
    )


def test_an_endpoint_that_is_avoided_counts_as_when_it_is_well() -> None:
    """Routing sends few requests to a failing endpoint; a pinned caller has no such luck."""
    rows = [
        Judged(at=1, name="big", served=1, faults=4),
        Judged(at=1, name="small", served=95, faults=0),
        Judged(at=2, name="small", served=10, faults=0),
    ]
    found = without_routing(rows, {"big": 900, "small": 100})
    assert found[1] == pytest.approx(0.9 * 20 + 0.1 * 100)
    assert found[2] == 100, "who was not tried is left out"


def test_days_without_attempts_have_no_uptime() -> None:
    """Rows of one day are summed, days between are None."""
    rows = [Judged(at=3, name="a", served=1, faults=1), Judged(at=3, name="b", served=2, faults=0)]
    assert [day.uptime for day in uptime_days(rows, 2, 5)] == [None, 75.0, None]


@pytest.mark.parametrize(
    ("value", "word", "percentile"),
    [(1, "Low", 0.0), (4, "Avg", 50.0), (6, "High", 83.3), (9, "High", 100.0)],
)
def test_a_standing_is_the_share_of_those_below(value: int, word: str, percentile: float) -> None:
    """In thirds, among all that have the number."""
    found = standing_of(value, [1, 2, 3, 4, 5, 6])
    assert found is not None
    assert (found.word, found.percentile) == (word, percentile)
    assert standing_of(None, [1]) is None


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], "idle"),
        (["idle", "idle"], "idle"),
        (["ok", "idle"], "ok"),
        (["ok", "down"], "degraded"),
        (["down", "idle"], "down"),
        (["degraded"], "degraded"),
    ],
)
def test_the_whole_is_down_only_when_all_of_it_is(parts: list[Condition], whole: str) -> None:
    """Those that nobody tried say nothing."""
    assert overall(parts) == whole


@pytest.mark.parametrize(
    ("policy", "zdr"),
    [
        (DataPolicy(), None),
        (DataPolicy(trains=False), None),
        (DataPolicy(trains=True), False),
        (DataPolicy(trains=False, retains=True), False),
        (DataPolicy(trains=False, retains=False), True),
    ],
)
def test_zero_retention_is_known_or_not(policy: DataPolicy, zdr: bool | None) -> None:  # noqa: FBT001 (a table's column)
    """One known evil is enough for no; yes needs both."""
    assert policy_card(policy, FACTS).zdr is zdr


def test_a_price_is_unknown_where_a_part_was_unpriced() -> None:
    """Money is exact, and none of none."""
    assert token_price(150, 1000) == "0.00000000015"
    assert token_price(1, 0) is None
    sums = Narrow(requests=2, prompt_tok=10, prompt_nusd=10, completion_tok=5, completion_nusd=5)
    assert effective(sums).prompt == "0.000000001"
    known = Narrow(requests=2, unpriced=1, prompt_tok=10, prompt_nusd=10)
    assert (effective(known).prompt, effective(known).tokens) == (None, 10)


def test_shares_of_nothing_are_none() -> None:
    """Else they add up."""
    assert shares({"a": 0}) == {}
    assert shares({"a": 3, "b": 1}) == {"a": 0.75, "b": 0.25}


def test_the_largest_models_are_drawn_and_the_others_summed() -> None:
    """Nine by themselves; nothing is lost."""
    rows = [
        ModelTokens(day=day, model=f"m{number}", tokens=100 * number + day)
        for number in range(12)
        for day in (1, 2)
    ]
    drawn = top_models(rows)
    assert sum(row.tokens for row in drawn) == sum(row.tokens for row in rows)
    assert {row.slug for row in drawn} == {"", *(f"m{number}" for number in range(3, 12))}


def test_groups_with_the_most_of_anything_are_drawn() -> None:
    """By spend, tokens or requests: a page may sort by any of them."""
    rows = [Named(name=f"s{n}", cost_nusd=100 - n) for n in range(30)]
    rows += [Named(name=f"t{n}", prompt_tok=100 - n) for n in range(30)]
    rows += [Named(name=f"r{n}", requests=100 - n) for n in range(30)]
    assert drawn_of(rows) == {f"{kind}{n}" for kind in "str" for n in range(MOST_DRAWN)}
