"""One policy in one scenario: a discrete-event run of the real planner, health and failover.

Time is a number on a heap. What the gateway does with sockets happens here with fates: the plan is
made, an attempt goes out, its first token or its end comes, health takes it in, failover says what
is next.
"""

import heapq
from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.preferences import Needs
from turnout.core.rules import Exacto
from turnout.core.types import Model, Outcome
from turnout.flow.allowance import Allowance
from turnout.flow.failover import Failover
from turnout.flow.hedge import hedge_after_s
from turnout.flow.plan import Candidate, Terms, make_plan
from turnout.flow.planned import Step
from turnout.lab.policies import Way
from turnout.lab.trace import Shift, Trace
from turnout.lab.world import MODEL, Asked, Fate, Host, World
from turnout.metrics.elections import elect
from turnout.metrics.health import Health

OUTAGE_S: Final = 30.0
MAX_ATTEMPTS: Final = 6
_NUSD: Final = 1e9
_ELECTION_S: Final = 60.0
_START_S: Final = 100_000.0
"""Clock of the first request: windows need a clock that is far from zero."""

Event: TypeAlias = tuple[float, int, Callable[[float], None]]


class Going(msgspec.Struct):
    """One request under way."""

    asked: Asked
    number: int
    turns: Failover
    steps: tuple[Step, ...]
    attempts: int = 0
    ended: bool = False
    hedged: bool = False
    first_s: float | None = None


class Running(msgspec.Struct):
    """One attempt under way; `dead` when its answer is not wanted any more."""

    going: Going
    step: Step
    host: Host
    fate: Fate
    began_s: float
    dead: bool = False
    spoke: bool = False
    rival: "Running | None" = None


class Engine:
    """Plays a scenario for one policy."""

    def __init__(self, world: World, way: Way) -> None:
        self.world = world
        self.way = way
        self.health = Health(rules=way.rules)
        self.trace = Trace(world)
        self._events: list[Event] = []
        self._order = 0
        self._allowance = Allowance()
        self._candidates = (_candidate(world),)
        self._plain = self._terms(tools=False)
        self._with_tools = self._terms(tools=True)
        self._names = {host.endpoint.id: index for index, host in enumerate(world.hosts)}
        self._elected_s = float("-inf")
        self._now_s = _START_S

    def run(self) -> Trace:
        """The whole scenario."""
        requests = self.world.requests()
        following = iter(enumerate(requests))
        number, asked = next(following)
        events = self._events
        while True:
            arrival_s = asked.at_s + _START_S if asked is not None else float("inf")
            if events and events[0][0] <= arrival_s:
                at_s, _, act = heapq.heappop(events)
                act(at_s)
            elif asked is not None:
                self._arrive(asked, number, arrival_s)
                number, asked = next(following, (0, None))
            elif not events:
                return self.trace

    # ── what happens ────────────────────────────────────────────────────────────────────────────

    def _arrive(self, asked: Asked, number: int, now_s: float) -> None:
        view = self.health.view(now_s, OUTAGE_S)
        if self.way.elects:
            self._elect(now_s)
        terms = self._with_tools if asked.tools else self._plain
        plan = make_plan(self._candidates, terms, view, asked.seed)
        steps = plan.steps
        if asked.at_s < 0 and steps:  # the warm-up: everyone is tried alike
            turn = number % len(steps)
            by_name = sorted(steps, key=lambda step: step.endpoint.id)
            steps = tuple(by_name[turn:] + by_name[:turn])
        elif self.way.reorder is not None and steps:
            steps = tuple(self.way.reorder(steps, asked.seed, number))
        turns = Failover(steps, MAX_ATTEMPTS, lambda name: self.health.full(name, self._now_s))
        self._now_s = now_s
        going = Going(asked, number, turns, steps)
        self._next(going, now_s)

    def _next(self, going: Going, now_s: float) -> None:
        self._now_s = now_s
        step = going.turns.next()
        if step is None:
            self._end(going, None, now_s)
        else:
            self._send(going, step, now_s)

    def _send(self, going: Going, step: Step, now_s: float) -> Running:
        host = self.world.by_id[step.endpoint.id]
        going.attempts += 1
        self.health.send(step.endpoint.id, now_s)
        fate = host.fate(going.asked, now_s - _START_S)
        host.at_once += 1
        running = Running(going, step, host, fate, now_s)
        self.trace.sent(self._names[step.endpoint.id], now_s - _START_S, self._cap(running, now_s))
        if fate.first_s is not None:
            self._at(now_s + fate.first_s, lambda at_s: self._speak(running, at_s))
        self._at(now_s + fate.whole_s, lambda at_s: self._over(running, at_s))
        if self.way.hedging.enabled and not going.hedged and going.asked.at_s >= 0:
            self._plan_hedge(running, now_s)
        return running

    def _speak(self, running: Running, now_s: float) -> None:
        if running.dead:
            return
        running.spoke = True
        self.health.hear(running.step.endpoint.id, running.began_s, now_s)
        if running.going.first_s is None:
            running.going.first_s = now_s
        if running.rival is not None:
            self._cancel(running.rival, now_s)
            running.rival = None

    def _over(self, running: Running, now_s: float) -> None:
        if running.dead:
            return
        running.host.at_once -= 1
        going, fate = running.going, running.fate
        self._record(running, now_s)
        if fate.failure is None:
            self._end(going, running, now_s)
            return
        if running.rival is not None:
            running.rival.rival = None  # the other one goes on alone
            return
        if going.first_s is not None:
            self._end(going, None, now_s)
            return
        error = UpstreamError(fate.failure, "", retry_after_s=fate.retry_after_s)
        going.turns.failed(running.step, running.step.endpoint.provider, error, other_key=False)
        self._next(going, now_s)

    # ── hedging ─────────────────────────────────────────────────────────────────────────────────

    def _plan_hedge(self, running: Running, now_s: float) -> None:
        wait_s = hedge_after_s(
            running.step.endpoint.id,
            self.health.view(now_s, OUTAGE_S),
            self._allowance,
            self.way.hedging,
        )
        if wait_s is not None and running.fate.whole_s > wait_s:
            self._at(now_s + wait_s, lambda at_s: self._hedge(running, at_s))

    def _hedge(self, running: Running, now_s: float) -> None:
        going = running.going
        if running.dead or running.spoke or going.ended or going.hedged:
            return
        extra_nusd = running.host.cost_usd(going.asked, prompt_only=True) * _NUSD
        if not self._allowance.takes(extra_nusd, self.way.hedging):
            return
        going.hedged = True
        self._now_s = now_s
        step = going.turns.beside()
        if step is None:
            return
        rival = self._send(going, step, now_s)
        running.rival, rival.rival = rival, running

    def _cancel(self, running: Running, now_s: float) -> None:
        """A loser is cut at once; its prompt is paid for."""
        running.dead = True
        running.host.at_once -= 1
        name = running.step.endpoint.id
        if running.going.steps[0] is running.step:
            self.health.outpace(name, running.began_s, now_s)
        else:
            self.health.hear(name, running.began_s, now_s)
        waited_ms = round((now_s - running.began_s) * 1000)
        self.health.record(
            Outcome(endpoint=name, at_s=now_s, failure="cancelled", latency_ms=waited_ms)
        )
        cost_usd = running.host.cost_usd(running.going.asked, prompt_only=True)
        self.trace.extra_usd += cost_usd
        self._allowance.add(0, cost_usd * _NUSD, extra=True)

    # ── books ───────────────────────────────────────────────────────────────────────────────────

    def _record(self, running: Running, now_s: float) -> None:
        fate, asked, name = running.fate, running.going.asked, running.step.endpoint.id
        self.health.hear(name, running.began_s, now_s)
        failure = fate.failure
        if failure is None:
            profile = running.host.profile
            took_s = now_s - running.began_s
            self.health.record(
                Outcome(
                    endpoint=name,
                    at_s=now_s,
                    latency_ms=round(took_s * 1000),
                    ttft_ms=round((fate.first_s or 0) * 1000),
                    prompt_tok=asked.prompt_tok,
                    completion_tok=asked.completion_tok,
                    cache_read_tok=int(asked.prompt_tok * profile.cached_share),
                    throughput_tps=asked.completion_tok / took_s,
                    cost_nusd=round(running.host.cost_usd(asked) * _NUSD),
                    tools_valid=fate.tools_valid,
                )
            )
            return
        limited = failure is FailureKind.RATE_LIMITED
        latency_ms = round((now_s - running.began_s) * 1000)
        self.health.record(
            Outcome(
                endpoint=name,
                at_s=now_s,
                failure=failure.value,
                hurts_health=not limited,
                latency_ms=latency_ms,
            )
        )
        if limited:
            self.health.cool(name, now_s, fate.retry_after_s)

    def _end(self, going: Going, running: Running | None, now_s: float) -> None:
        going.ended = True
        if running is not None and going.asked.at_s >= 0:
            self._allowance.add(0, running.host.cost_usd(going.asked) * _NUSD, extra=False)
        self.trace.ended(
            Shift(
                asked=going.asked,
                host=None if running is None else self._names[running.step.endpoint.id],
                first_s=None if going.first_s is None else going.first_s - _START_S,
                end_s=now_s - _START_S,
                attempts=going.attempts,
            )
        )

    def _cap(self, running: Running, now_s: float) -> float | None:
        """The learned cap of an endpoint that is well, for the count of who is pushed over it."""
        standing = self.health.standings[running.step.endpoint.id]
        return None if standing.rest_s else standing.cap.at(now_s, self.way.rules)

    def _elect(self, now_s: float) -> None:
        if now_s - self._elected_s < _ELECTION_S:
            return
        self._elected_s = now_s
        view = self.health.view(now_s, OUTAGE_S)
        endpoints = self._candidates[0].endpoints
        held = self.health.elected.get(MODEL)
        election = elect(MODEL, endpoints, view, held, Exacto())
        if election is not None:
            self.health.elected = {MODEL: election.endpoint}

    def _at(self, at_s: float, act: Callable[[float], None]) -> None:
        self._order += 1
        heapq.heappush(self._events, (at_s, self._order, act))

    def _terms(self, *, tools: bool) -> Terms:
        needs = Needs(parameters=frozenset({"tools"}) if tools else frozenset())
        return Terms(preferences=self.way.preferences, needs=needs, names=str.lower)


def _candidate(world: World) -> Candidate:
    endpoints = tuple(host.endpoint for host in world.hosts)
    model = Model(slug=MODEL, canonical_slug=MODEL, name=MODEL, author="lab", endpoints=endpoints)
    return Candidate(asked=MODEL, model=model, endpoints=endpoints)
