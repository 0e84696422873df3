"""Whom the prober asks: idle endpoints of models in use, within the budget, over restarts."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.flow.routing import endpoint

from turnout.core.types import Attempt, Endpoint, Outcome
from turnout.jobs.probe import Candidate, Prober
from turnout.metrics.health import Health
from turnout.store.database import Database

DAY_MS: Final = 86_400_000
START_MS: Final = 20_000 * DAY_MS


class SetClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at_ms = START_MS

    def unix_ms(self) -> int:
        """As set."""
        return self.at_ms

    def now_s(self) -> float:
        """Moves with it."""
        return self.at_ms / 1000


class Rules(msgspec.Struct):
    """What an operator might say."""

    enabled: bool = True
    idle_s: float = 100.0
    daily_nusd: int = 0
    daily_each: int = 10


class Asked(msgspec.Struct):
    """What became of a probe."""

    attempt: Attempt
    cost_nusd: int


class World:
    """Some endpoints at a store of its own; `asked` is who was probed, in order."""

    def __init__(self, folder: Path, candidates: list[Candidate], rules: Rules) -> None:
        self.clock = SetClock()
        self.health = Health()
        self.database = Database.open(folder, self.clock)
        self.rules = rules
        self.candidates = candidates
        self.asked: list[str] = []
        self.cost_nusd = 10
        self.outcome: str | None = "served"
        self.prober = self.fresh()

    def fresh(self) -> Prober:
        """As after a restart."""
        return Prober(
            health=self.health,
            database=self.database,
            clock=self.clock,
            candidates=lambda: self.candidates,
            ask=self._ask,
            rules=lambda: self.rules,
        )

    def use(self, tag: str) -> None:
        """A caller's request was served there."""
        self.health.record(Outcome(endpoint=f"acme/one@{tag}", at_s=self.clock.now_s()))

    def later(self, seconds: float) -> None:
        """Time goes by."""
        self.clock.at_ms += round(seconds * 1000)

    async def rounds(self, count: int) -> None:
        """Looks so many times, a second apart."""
        for _ in range(count):
            await self.prober.probe_one()
            self.later(1)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the store says."""
        return self.database.write_now(lambda db: db.execute(sql).fetchall())

    async def _ask(self, endpoint: Endpoint) -> Asked | None:
        self.asked.append(endpoint.tag)
        if self.outcome is None:
            return None
        attempt = Attempt(
            endpoint=endpoint.id,
            provider=endpoint.provider,
            model=endpoint.model,
            outcome=self.outcome,
            started_ms=self.clock.unix_ms(),
            latency_ms=40,
            ttft_ms=20,
        )
        self.health.record(
            Outcome(endpoint=endpoint.id, at_s=self.clock.now_s(), latency_ms=40, probe=True)
        )
        return Asked(attempt, self.cost_nusd)


def free(tag: str, **facts: Any) -> Candidate:
    """A free endpoint."""
    return Candidate(endpoint(tag, "0", **facts), free=True, dearest_nusd=0)


def paid(tag: str, dearest_nusd: int = 30) -> Candidate:
    """An endpoint that costs."""
    return Candidate(endpoint(tag, "1"), free=False, dearest_nusd=dearest_nusd)


def play(
    folder: Path,
    candidates: list[Candidate],
    rules: Rules,
    scenario: Callable[[World], Coroutine[Any, Any, None]],
) -> None:
    """Runs a scenario in a world."""
    world = World(folder, candidates, rules)
    try:
        asyncio.run(scenario(world))
    finally:
        world.database.close()


def test_idle_endpoints_are_probed_the_longest_idle_first(tmp_path: Path) -> None:
    """One for each look, and each again only after another while."""

    async def scenario(world: World) -> None:
        world.use("b")
        world.later(50)
        world.use("a")
        await world.rounds(40)
        assert world.asked == [], "nobody has been idle for long enough"
        world.later(70)
        await world.rounds(5)
        assert world.asked == ["b", "c", "a"]
        world.later(100)
        await world.rounds(1)
        assert world.asked[3:] == ["b"]

    play(tmp_path, [free("a"), free("b"), free("c")], Rules(), scenario)


def test_models_that_nobody_asks_for_are_left_alone(tmp_path: Path) -> None:
    """A probe is no use: when the last caller's request is a day old they end."""

    async def scenario(world: World) -> None:
        world.later(500)
        await world.rounds(3)
        assert world.asked == []
        world.use("a")
        for _ in range(2 * 86_400 // 200):
            world.later(200)
            await world.prober.probe_one()
        assert 200 < len(world.asked) < 86_400 // 200 + 1

    play(tmp_path, [free("a")], Rules(daily_each=100_000), scenario)


def test_paid_endpoints_want_a_budget(tmp_path: Path) -> None:
    """Without one they are never asked."""

    async def scenario(world: World) -> None:
        world.use("a")
        world.later(500)
        await world.rounds(5)
        assert world.asked == []

    play(tmp_path, [paid("a"), paid("b")], Rules(), scenario)


def test_endpoint_whose_price_nobody_states_is_never_asked(tmp_path: Path) -> None:
    """What it costs cannot be kept within any budget."""

    async def scenario(world: World) -> None:
        world.use("a")
        world.later(500)
        await world.rounds(5)
        assert world.asked == []

    play(tmp_path, [paid("a", dearest_nusd=0)], Rules(daily_nusd=10**9), scenario)


@settings(max_examples=20)
@given(
    budget=st.integers(0, 400),
    costs=st.lists(st.integers(0, 30), min_size=30, max_size=30),
    restarts=st.sets(st.integers(0, 29), max_size=4),
)
def test_budget_is_exact_and_survives_restarts(
    tmp_path_factory: pytest.TempPathFactory, budget: int, costs: list[int], restarts: set[int]
) -> None:
    """Never above it, and used while the dearest probe still fits; a new day is a new budget."""

    async def scenario(world: World) -> None:
        world.use("a")
        spent = 0
        for turn, cost in enumerate(costs):
            if turn in restarts:
                world.prober = world.fresh()
            world.later(150)
            world.cost_nusd = cost
            before = len(world.asked)
            await world.prober.probe_one()
            probed = len(world.asked) > before
            assert probed is (spent + 30 <= budget)
            spent += cost if probed else 0
        assert spent <= budget
        assert world.rows("SELECT coalesce(sum(cost_nusd), 0) FROM probes") == [(spent,)]
        world.clock.at_ms = START_MS + DAY_MS
        world.use("a")
        world.later(150)
        before = len(world.asked)
        await world.prober.probe_one()
        assert (len(world.asked) > before) is (budget >= 30)

    folder = tmp_path_factory.mktemp("budget")
    play(folder, [paid("a")], Rules(daily_nusd=budget), scenario)


def test_probe_that_never_ended_stays_on_the_budget_at_its_dearest(tmp_path: Path) -> None:
    """A process that died in the middle may have spent it."""

    async def scenario(world: World) -> None:
        world.use("a")
        world.later(150)

        async def never(_: Endpoint) -> Asked | None:
            raise asyncio.CancelledError

        world.prober = Prober(
            health=world.health,
            database=world.database,
            clock=world.clock,
            candidates=lambda: world.candidates,
            ask=never,
            rules=lambda: world.rules,
        )
        world.later(150)
        with pytest.raises(asyncio.CancelledError):
            await world.prober.probe_one()
        world.prober = world.fresh()
        world.later(150)
        await world.rounds(1)
        assert world.asked == []
        assert world.rows("SELECT outcome, cost_nusd FROM probes") == [("sent", 30)]

    play(tmp_path, [paid("a")], Rules(daily_nusd=59), scenario)


def test_probe_that_was_not_sent_costs_nothing(tmp_path: Path) -> None:
    """No plan would have tried the endpoint either."""

    async def scenario(world: World) -> None:
        world.use("a")
        world.later(150)
        world.outcome = None
        await world.rounds(1)
        assert world.asked == ["a"]
        assert world.rows("SELECT outcome, cost_nusd FROM probes") == [("not_sent", 0)]

    play(tmp_path, [paid("a")], Rules(daily_nusd=30), scenario)


def test_free_providers_get_so_many_a_day(tmp_path: Path) -> None:
    """All endpoints of one provider together: its free tier counts requests."""

    async def scenario(world: World) -> None:
        world.use("a/x")
        for _ in range(20):
            world.later(150)
            await world.prober.probe_one()
        assert len(world.asked) == 3

    play(tmp_path, [free("a/x"), free("a/y")], Rules(daily_each=3), scenario)


def test_probes_are_in_the_rollups_as_what_they_are(tmp_path: Path) -> None:
    """Attempts that measure; no request, no token, no money, no key."""

    async def scenario(world: World) -> None:
        world.use("a")
        world.later(150)
        await world.rounds(1)
        hours = world.rows(
            "SELECT endpoint, attempts, served, probes, requests, cost_nusd FROM endpoint_hours"
        )
        assert hours == [("acme/one@a", 1, 1, 1, 0, 0)]
        assert world.rows("SELECT count(*) FROM key_days") == [(0,)]
        assert world.rows("SELECT count(*) FROM generations") == [(0,)]
        assert world.rows("SELECT sum(ttft_09) FROM model_days") == [(1,)]

    play(tmp_path, [paid("a")], Rules(daily_nusd=30), scenario)
