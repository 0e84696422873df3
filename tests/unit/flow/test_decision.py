"""What a record keeps of a plan, and what a caller who asks is told of it."""

from typing import Any, Final

import msgspec
from tests.unit.flow.routing import MODEL, NOW_S, OUTAGE_S, endpoint, inbound, plan, served, world

from turnout.core.decision import MOST_ROWS, Decision
from turnout.core.types import Attempt
from turnout.flow.decision import decision_of
from turnout.flow.explain import OFF, explained, why
from turnout.flow.router_metadata import is_asked, metadata_of
from turnout.metrics.health import Health

PAIR: Final = world(endpoint("a", "1"), endpoint("b", "2"))


def measured() -> Health:
    """Both answered often enough to be weighed."""
    health = Health()
    served(health, "a", ttft_ms=[500] * 30, throughput_tps=[50.0] * 30)
    served(health, "b", ttft_ms=[300] * 30, throughput_tps=[90.0] * 30)
    return health


def test_decision_keeps_the_numbers_that_mattered() -> None:
    """The order, and for each endpoint its share, price, speed and reason."""
    made = plan(PAIR, health=measured().view(NOW_S, OUTAGE_S))
    decision = decision_of(made)
    assert decision is not None
    assert decision.basis == "balanced"
    assert [row.endpoint for row in decision.kept] == [s.endpoint.id for s in made.steps]
    assert abs(sum(row.share or 0 for row in decision.kept) - 1) < 0.001
    assert all(row.ttft_ms and row.price_nusd and row.why for row in decision.kept)
    assert msgspec.json.decode(msgspec.json.encode(decision), type=Decision) == decision


def test_decision_keeps_who_was_dropped_and_why() -> None:
    """The filter, by name."""
    decision = decision_of(plan(PAIR, provider={"only": ["a"]}))
    assert decision is not None
    assert [(out.endpoint, out.filter) for out in decision.dropped] == [
        (f"{MODEL}@b", "allowed_providers")
    ]


def test_decision_is_bounded_and_small() -> None:
    """However many endpoints there are, a record grows by less than three kilobytes."""
    many = tuple(endpoint(f"provider-number-{index}", "1") for index in range(60))
    decision = decision_of(plan(world(*many)))
    assert decision is not None
    assert (len(decision.kept), decision.more) == (MOST_ROWS, 60 - MOST_ROWS)
    assert len(msgspec.json.encode(decision)) < 3_000


def test_decision_of_no_choice_is_not_kept() -> None:
    """One endpoint, nothing dropped: the record says already where it went."""
    assert decision_of(plan(world(endpoint("a")))) is None


def test_explanation_tells_each_endpoint_with_a_reason() -> None:
    """Those kept with numbers and share, those dropped with their filter, those off with advice."""
    pair = world(endpoint("a", "1"), endpoint("b", "2"), endpoint("c", "3"))
    view = measured().view(NOW_S, OUTAGE_S)
    request = inbound(provider={"ignore": ["c"]})
    told = explained(request, pair, view, 7, lambda slug: f"turn {slug} on")
    assert [row.filter for row in told.dropped if row.filter != OFF] == ["ignored_providers"]
    assert told.basis == "balanced"
    for row in told.steps:
        assert row.share is not None
        assert None not in (row.effective, row.adjusted, row.ttft_ms, row.speed_tps)
        assert row.reason.startswith("first in ")


def test_explanation_of_the_classic_rule_has_shares_too() -> None:
    """Nine to one at half a third of the price, as the contract's example says."""
    told = explained(
        inbound(), world(endpoint("a", "1"), endpoint("c", "3")), Health().view(NOW_S, OUTAGE_S), 7
    )
    shares = {row.endpoint.partition("@")[2]: row.share for row in told.steps}
    assert shares == {"a": 0.9, "c": 0.1}
    assert told.dropped == ()


def test_reason_says_what_held_an_endpoint_back() -> None:
    """Breaker, cap, healing, tools, cut-off: each in words."""
    made = plan(PAIR, health=measured().view(NOW_S, OUTAGE_S))
    [first, _] = decision_of(made).kept  # pyright: ignore[reportOptionalMemberAccess]  (two steps)
    late = msgspec.structs.replace(first, held_back="at_cap", state="unstable")
    assert "learned cap" in why(late, 2)
    assert "a fault a moment ago" in why(late, 2)


def metadata(served_by: str | None, *, attempts: int = 1, **fields: Any) -> dict[str, Any]:
    """The object of an answer."""
    made = plan(PAIR, **fields)
    serving = next((s.endpoint for s in made.steps if s.endpoint.tag == served_by), None)
    tried = [
        Attempt(
            endpoint=f"{MODEL}@x",
            provider="b",
            model=MODEL,
            outcome="server",
            started_ms=0,
            latency_ms=40 + turn,
            status=500 if turn + 1 < attempts else 200,
        )
        for turn in range(attempts)
    ]
    raw = metadata_of(made, tried, serving, fields.get("model", MODEL), str.upper)
    found: dict[str, Any] = msgspec.json.decode(raw)
    return found


def test_metadata_has_the_contracts_keys() -> None:
    """All that the official client requires, with the chosen endpoint marked."""
    told = metadata("b", attempts=2)
    assert {"attempt", "endpoints", "is_byok", "region", "requested", "strategy", "summary"} <= set(
        told
    )
    assert (told["attempt"], told["strategy"], told["requested"]) == (2, "direct", MODEL)
    assert told["endpoints"]["total"] == 2
    assert [e["provider"] for e in told["endpoints"]["available"] if e["selected"]] == ["B"]
    assert [a["status"] for a in told["attempts"]] == [500, 200]
    assert told["generation_time"] == 41
    assert "balanced" in told["summary"] or "weighted" in told["summary"]


def test_metadata_of_nobody_says_so() -> None:
    """Attempt 0: no provider was reached."""
    told = metadata(None, attempts=0, provider={"only": ["a"]})
    assert (told["attempt"], told["endpoints"]["total"], told["attempts"]) == (0, 2, [])


def test_metadata_is_told_only_to_who_asks() -> None:
    """Either header, in any case; any other word is a no."""
    assert is_asked({"x-openrouter-metadata": "Enabled"})
    assert is_asked({"x-openrouter-experimental-metadata": "enabled"})
    assert not is_asked({"x-openrouter-metadata": "true"})
    assert not is_asked({})
