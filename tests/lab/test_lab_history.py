"""A world made of one's own records."""

from typing import Final

import msgspec
import pytest
from tests.unit.flow.routing import MODEL, endpoint

from turnout.core.types import Attempt, Generation
from turnout.core.usage import Usage
from turnout.lab.history import LEAST_SERVED, world_of
from turnout.lab.play import play_world
from turnout.lab.scenario import ScenarioError

ENDPOINTS: Final = {e.id: e for e in (endpoint("a", "1"), endpoint("b", "4"))}


def attempt(
    tag: str, outcome: str = "served", *, ttft_ms: int = 500, whole_ms: int = 2_500
) -> Attempt:
    """One try."""
    return Attempt(
        endpoint=f"{MODEL}@{tag}",
        provider=tag,
        model=MODEL,
        outcome=outcome,
        started_ms=0,
        latency_ms=whole_ms,
        ttft_ms=ttft_ms if outcome == "served" else None,
    )


def record(number: int, *attempts: Attempt) -> Generation:
    """One request, a second after the last."""
    return Generation(
        id=f"gen-{number}",
        key_hash="",
        created_ms=1_000_000 + number * 1_000,
        state="succeeded",
        model=MODEL,
        usage=Usage(text_in=400, text_out=100),
        attempts=attempts,
        seed=number * 7919 + 1,
    )


def records() -> list[Generation]:
    """A is slow and fails one time in five, B is fast."""
    slow = [record(n, attempt("a", ttft_ms=1_000, whole_ms=6_000)) for n in range(0, 80, 2)]
    failed = [record(n, attempt("a", "server"), attempt("b")) for n in range(1, 21, 2)]
    fast = [record(n, attempt("b")) for n in range(21, 80, 2)]
    return [*slow, *failed, *fast]


def test_history_keeps_requests_and_measures_endpoints() -> None:
    """Arrivals and tokens as they were; waits, speeds and faults as they were seen."""
    world = world_of(MODEL, records(), ENDPOINTS)
    requests = world.requests()
    assert len(requests) == 80
    assert [asked.at_s for asked in requests[:3]] == [0.0, 1.0, 2.0]
    assert (requests[0].prompt_tok, requests[0].completion_tok) == (400, 100)
    a, b = (host.profile for host in world.hosts)
    assert (a.tag, a.prompt, b.prompt) == ("a", 1.0, 4.0)
    assert a.fault_share == pytest.approx(10 / 50)
    assert a.ttft_s == pytest.approx(1.0)
    assert a.speed_tps == pytest.approx(20.0)
    assert b.speed_tps == pytest.approx(50.0)


def test_history_is_played_like_any_scenario() -> None:
    """The same requests for each policy; what would have cost less is seen."""
    world = world_of(MODEL, records(), ENDPOINTS)
    floor, random = (play_world(world, policy) for policy in ("floor", "random"))
    assert floor.requests == random.requests == 80
    assert floor.cost < random.cost
    assert play_world(world, "floor").cost == floor.cost


def test_history_needs_two_endpoints_to_compare() -> None:
    """With too few served attempts of a second one there is nothing to say."""
    few = [r for r in records() if r.attempts[-1].endpoint.endswith("@a")]
    few += [msgspec.structs.replace(r, attempts=(attempt("b"),)) for r in few[: LEAST_SERVED - 1]]
    with pytest.raises(ScenarioError, match="fewer than two"):
        world_of(MODEL, few, ENDPOINTS)
