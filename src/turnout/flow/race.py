"""Two endpoints for one answer: when the first is late a second is started; who speaks first wins.

    dispatch ──▶ silent for its own p95 ──▶ a rival is started ──▶ first content of either
                                                                    └─▶ the other is cancelled

Both attempts belong to the task group of `race`, which ends with them; each has its own deadlines.
Each works on a draft of its own, of which the winner's becomes the request's.
"""

import asyncio
from typing import Final, TypeAlias

import msgspec

from turnout.core.errors import Refusal, UpstreamError
from turnout.core.money import Nusd
from turnout.core.rules import Hedging
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Inbound
from turnout.flow.allowance import DAY_MS
from turnout.flow.attempt import attempt
from turnout.flow.failover import Failover
from turnout.flow.gateway import Gateway, Snapshot
from turnout.flow.generation import Client, Draft
from turnout.flow.hedge import hedge_after_s, loser_nusd
from turnout.flow.measure import measure_cancelled, measure_failure, measure_outpaced
from turnout.flow.planned import Step
from turnout.flow.prepare import prepare, without_seals
from turnout.flow.resume import resumable
from turnout.flow.trial import Deadlines, OpenStream, Try, WholeAnswer, begin_try

_NEVER: Final = float("inf")
_DAY: Final = 86_400
Opened: TypeAlias = OpenStream | WholeAnswer


def hedging(inbound: Inbound, rules: Hedging) -> bool:
    """Whether this request may be hedged: only streams show how long they are silent."""
    asked = inbound.preferences.hedging
    return inbound.stream and (rules.enabled if asked is None else asked)


def late_after_s(this: Try, rules: Hedging) -> float | None:
    """Seconds of silence after which this attempt gets a rival; None for never."""
    if this.making.hedged:
        return None
    gateway = this.gateway
    now_s = gateway.clock.now_s()
    health = gateway.health.view(now_s, this.snapshot.policy.outage_window_s)
    gateway.allowance.begin(gateway.clock.unix_ms() // DAY_MS)
    return hedge_after_s(this.endpoint.id, health, gateway.allowance, rules)


def fall(this: Try, error: UpstreamError, turns: Failover) -> None:
    """A failure before the first content: measured, and its consequence for who is next."""
    other_key = measure_failure(this, error, this.gateway.clock.now_s())
    otherwise = without_seals(this, error)
    name = this.connection.provider.name
    turns.failed(this.step, name, error, other_key=other_key, otherwise=otherwise)


async def race(
    this: Try, turns: Failover, client: Client, wait_s: float
) -> tuple[Try, Opened] | None:
    """The attempt that spoke first, and its answer; None when there is none.

    Every attempt that failed has been measured and told to `turns`.

    Args:
        this: The first attempt, ready to be sent.
        turns: Where a rival comes from.
        client: Shown signs of life.
        wait_s: How long the first attempt may be silent.
    """
    contest = _Contest(this, turns, client)
    won = None
    try:
        async with asyncio.TaskGroup() as group:
            try:
                won = await contest.run(group, this.started_s + wait_s)
            finally:
                contest.end()
    except asyncio.CancelledError:
        if won is not None:  # the client left while the loser was being cut
            won[1].exchange.abort()
            measure_cancelled(won[0], this.gateway.clock.now_s())
        raise
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return won


class _Runner(msgspec.Struct):
    """One attempt under way. `this` is as it works: on its own draft, showing nothing.

    Attributes:
        deadlines: As it goes on if it wins.
    """

    this: Try
    deadlines: Deadlines
    prepared: bool

    async def go(self) -> Opened | UpstreamError | Refusal:
        """What became of it up to its first content."""
        try:
            if not self.prepared:
                self.this = resumable(await prepare(self.this))
            return await attempt(self.this)
        except (UpstreamError, Refusal) as error:
            return error


_Task: TypeAlias = "asyncio.Task[Opened | UpstreamError | Refusal]"


class _Contest:
    def __init__(self, this: Try, turns: Failover, client: Client) -> None:
        self._first = this
        self._making = this.making
        self._turns = turns
        self._client = client
        self._running: dict[_Task, _Runner] = {}
        self._won = False
        self._held_nusd = 0

    async def run(self, group: asyncio.TaskGroup, late_at_s: float) -> tuple[Try, Opened] | None:
        self._start(group, self._first, prepared=True)
        while self._running:
            done = await self._heard(late_at_s)
            if not done:
                late_at_s = _NEVER
                rival = self._rival()
                if rival is not None:
                    self._start(group, rival, prepared=False)
            for task in done:
                won = self._ended(task)
                if won is not None:
                    return won
        return None

    def _start(self, group: asyncio.TaskGroup, this: Try, *, prepared: bool) -> None:
        quiet = msgspec.structs.replace(this.deadlines, period_s=_NEVER)
        own = msgspec.structs.replace(this.making, extra_nusd=Nusd(0))
        runner = _Runner(
            msgspec.structs.replace(this, making=own, deadlines=quiet), this.deadlines, prepared
        )
        self._running[group.create_task(runner.go())] = runner

    async def _heard(self, late_at_s: float) -> set[_Task]:
        """Attempts that ended or spoke; none when it is late. The client gets its signs of life."""
        clock, making, deadlines = self._first.gateway.clock, self._making, self._first.deadlines
        while True:
            now_s = clock.now_s()
            shown_at_s = making.shown_s + deadlines.period_s
            if now_s >= shown_at_s:
                making.shown_s = now_s
                await deadlines.pulse()
                continue
            done, _ = await asyncio.wait(
                self._running,
                timeout=max(0.0, min(late_at_s, shown_at_s) - now_s),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if done or clock.now_s() >= late_at_s:
                return done

    def _rival(self) -> Try | None:
        """A second attempt, if what the loser may cost fits into the day's allowance."""
        first, making = self._first, self._making
        gateway, rules = first.gateway, first.snapshot.policy.hedging
        if making.hedged:
            return None
        mine = _loss_nusd(first, first.endpoint)

        def fits(step: Step) -> bool:
            its = _loss_nusd(first, step.endpoint)
            if mine is None or its is None or step.endpoint.model != first.endpoint.model:
                return False
            return gateway.allowance.takes(max(mine, its), rules)

        step = self._turns.beside(fits)
        if step is None:
            return None
        self._held_nusd = max(mine or 0, _loss_nusd(first, step.endpoint) or 0)
        gateway.allowance.held_nusd += self._held_nusd
        making.hedged = "lost"
        made = begin_try(gateway, first.snapshot, first.dialect, step, making, self._client)
        return msgspec.structs.replace(made, purpose="hedge")

    def _ended(self, task: _Task) -> tuple[Try, Opened] | None:
        runner = self._running.pop(task)
        outcome = task.result()
        _carry_over(self._making, runner.this.making)
        if isinstance(outcome, UpstreamError):
            fall(runner.this, outcome, self._turns)
            self._making.unsealed |= runner.this.making.unsealed
            return None
        if isinstance(outcome, Refusal):  # a rival's that could not be made ready
            return None
        self._won = True
        _become(self._making, runner.this.making)
        if runner.this.purpose == "hedge":
            self._making.hedged = "won"
        this = msgspec.structs.replace(runner.this, making=self._making, deadlines=runner.deadlines)
        return this, outcome

    def end(self) -> None:
        """Cuts whoever still runs: outpaced, or the client has left."""
        gateway = self._first.gateway
        gateway.allowance.held_nusd -= self._held_nusd
        now_s = gateway.clock.now_s()
        for task, runner in self._running.items():
            outcome = _outcome(task)
            if isinstance(outcome, OpenStream | WholeAnswer):
                outcome.exchange.abort()
            task.cancel()
            _carry_over(self._making, runner.this.making)
            if isinstance(outcome, UpstreamError):
                measure_failure(runner.this, outcome, now_s)
            elif self._won:
                self._pay(runner.this, now_s)
            else:
                measure_cancelled(runner.this, now_s)
        self._running.clear()

    def _pay(self, this: Try, now_s: float) -> None:
        """One that lost."""
        making, gateway = self._making, this.gateway
        nusd = _loss_nusd(this, this.endpoint) or 0
        measure_outpaced(this, now_s, nusd)
        making.hedge_nusd = Nusd(making.hedge_nusd + nusd)
        making.extra_nusd = Nusd(making.extra_nusd + nusd)
        gateway.allowance.add(gateway.clock.unix_ms() // DAY_MS, nusd, extra=True)


def _outcome(task: _Task) -> Opened | UpstreamError | Refusal | None:
    """What a task came to in the same moment as another; None while it runs, or when it failed."""
    if not task.done() or task.cancelled() or task.exception() is not None:
        return None
    return task.result()


def _become(making: Draft, own: Draft) -> None:
    """The winner's draft tells what the endpoint got."""
    making.dropped, making.translated, making.emulated = own.dropped, own.translated, own.emulated
    making.first_content_s = own.first_content_s
    making.found = own.found


def _carry_over(making: Draft, own: Draft) -> None:
    """What was spent on an attempt is spent, whoever wins."""
    making.extra_nusd = Nusd(making.extra_nusd + own.extra_nusd)


def _loss_nusd(this: Try, endpoint: Endpoint) -> int | None:
    """What an attempt at an endpoint costs if it is cut before it spoke.

    Its prompt; and a whole answer where the provider is known to go on without a reader.
    """
    answer_tok = 0
    if this.snapshot.connections[endpoint.provider].provider.cancels is False:
        answer_tok = _usual_tok(this.gateway, this.snapshot, endpoint.id)
    assert this.making.inbound is not None  # noqa: S101 (it is being served)
    return loser_nusd(endpoint, this.making.inbound.needs.prompt_tok, answer_tok)


def _usual_tok(gateway: Gateway, snapshot: Snapshot, endpoint: str) -> int:
    health = gateway.health.view(gateway.clock.now_s(), snapshot.policy.outage_window_s)
    figures = health.figures(endpoint, _DAY)
    return 0 if figures is None or not figures.served else figures.completion_tok // figures.served
