"""Keeps idle endpoints measured: now and then a small request of our own.

    paid        only within a budget in USD a day, which is off at first
    free        the endpoint's stated price is zero, or it is a server of your own without a key

One at a time, only to endpoints of models that somebody asked for within a day, only after a while
without any attempt, and to a free provider no more than so many a day: free tiers count requests.
The budget is exact in nano-USD and survives restarts: a probe is stored with the most that it can
cost before it is sent, and with what it did cost when it has ended.
"""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, Protocol

import msgspec

from turnout.core.clock import Clock
from turnout.core.types import Attempt, Endpoint
from turnout.ledger.rollups import Rollups
from turnout.metrics.health import Health
from turnout.store.database import Database, StoreUnavailable
from turnout.store.statements import SQL

PERIOD_S: Final = 5.0
"""Between two looks, each of which sends one probe at most."""
_DAY_S: Final = 86400
_DAY_MS: Final = 86_400_000
_KEPT_DAYS: Final = 30

log: Final = logging.getLogger(__name__)


class Rules(Protocol):
    """What the operator says of probes; see `config.settings.Probes`."""

    @property
    def enabled(self) -> bool:
        """Whether there are any."""
        ...

    @property
    def idle_s(self) -> float:
        """Seconds without an attempt."""
        ...

    @property
    def daily_nusd(self) -> int:
        """For paid endpoints, in a UTC day."""
        ...

    @property
    def daily_each(self) -> int:
        """Probes of one free provider in a UTC day."""
        ...


class Candidate(msgspec.Struct, frozen=True):
    """An endpoint that may be probed; `dearest_nusd` is the most that it can cost."""

    endpoint: Endpoint
    free: bool
    dearest_nusd: int


class Asked(Protocol):
    """What became of a probe."""

    @property
    def attempt(self) -> Attempt:
        """As recorded."""
        ...

    @property
    def cost_nusd(self) -> int:
        """What it cost."""
        ...


class Prober:
    """Chooses, asks and notes. On the event loop's thread."""

    def __init__(
        self,
        *,
        health: Health,
        database: Database,
        clock: Clock,
        candidates: Callable[[], Iterable[Candidate]],
        ask: Callable[[Endpoint], Awaitable[Asked | None]],
        rules: Callable[[], Rules],
    ) -> None:
        self._health = health
        self._database = database
        self._clock = clock
        self._candidates = candidates
        self._ask = ask
        self._rules = rules
        self._tried_s: dict[str, float] = {}
        # What was measured before this process began is not known to the second.
        self._begun_s = clock.now_s()

    async def run(self) -> None:
        """Looks every few seconds; ends by cancellation."""
        while True:
            await asyncio.sleep(PERIOD_S)
            if self._rules().enabled:
                try:
                    await self.probe_one()
                except StoreUnavailable as error:
                    log.warning("no endpoint probed", extra={"why": str(error)})
                except Exception:  # a probe is not worth the gateway's life
                    log.exception("a probe failed in an unforeseen way")

    async def probe_one(self) -> Endpoint | None:
        """Probes the endpoint that was idle for longest, if any may be; which.

        Raises:
            StoreUnavailable: Nothing was sent, or what became of it could not be noted; then it
                stays on the budget with the most that it can cost.
        """
        rules = self._rules()
        due = self._due(rules)
        if not due:
            return None
        day = self._clock.unix_ms() // _DAY_MS
        spent = await self._database.read("probes_of_day", {"day": day})
        left_nusd = rules.daily_nusd - sum(int(row["nusd"] or 0) for row in spent)
        sent = Counter[str]()
        for row in spent:
            sent[str(row["provider"])] += int(row["count"] or 0)
        for candidate in due:
            endpoint = candidate.endpoint
            if candidate.free:
                allowed = sent[endpoint.provider] < rules.daily_each
            else:
                allowed = 0 < candidate.dearest_nusd <= left_nusd
            if allowed:
                await self._probe(candidate, day)
                return endpoint
        return None

    def _due(self, rules: Rules) -> list[Candidate]:
        """Those idle for long enough of models in use, the longest idle first."""
        now_s, wanted = self._clock.now_s(), self._models_in_use()
        windows, epoch_s = self._health.windows, self._health.epoch_s
        waiting: list[tuple[float, Candidate]] = []
        for candidate in self._candidates():
            endpoint = candidate.endpoint
            if endpoint.model not in wanted:
                continue
            last_s = self._tried_s.get(endpoint.id, self._begun_s)
            if (window := windows.get(endpoint.id)) is not None:
                last_s = max(last_s, window.last_s - epoch_s)
            if now_s - last_s >= rules.idle_s:
                waiting.append((last_s, candidate))
        waiting.sort(key=lambda one: one[0])
        return [candidate for _, candidate in waiting]

    def _models_in_use(self) -> set[str]:
        view = self._health.view(self._clock.now_s(), 0.0)
        found: set[str] = set()
        for endpoint in self._health.windows:
            figures = view.figures(endpoint, _DAY_S)
            if figures is not None and figures.attempts > figures.probes:
                found.add(endpoint.partition("@")[0])
        return found

    async def _probe(self, candidate: Candidate, day: int) -> None:
        endpoint, now_ms = candidate.endpoint, self._clock.unix_ms()
        self._tried_s[endpoint.id] = self._clock.now_s()
        begun = {
            "endpoint": endpoint.id,
            "provider": endpoint.provider,
            "day": day,
            "started_ms": now_ms,
            "cost_nusd": candidate.dearest_nusd,
        }
        number = await self._database.write(
            lambda db: db.execute(SQL["begin_probe"], begun).lastrowid
        )
        asked = await self._ask(endpoint)
        await self._database.write(lambda db: _note(db, number, now_ms, asked))
        outcome = "not sent" if asked is None else asked.attempt.outcome
        log.debug("endpoint probed", extra={"endpoint": endpoint.id, "outcome": outcome})


def _note(
    connection: sqlite3.Connection, number: int | None, at_ms: int, asked: Asked | None
) -> None:
    """What became of it, with its place in the roll-ups, in one transaction."""
    ended = {"id": number, "outcome": "not_sent", "cost_nusd": 0}
    ended |= {"latency_ms": None, "ttft_ms": None}
    if asked is not None:
        attempt = asked.attempt
        ended |= {"outcome": attempt.outcome, "cost_nusd": asked.cost_nusd}
        ended |= {"latency_ms": attempt.latency_ms, "ttft_ms": attempt.ttft_ms}
        sums = Rollups()
        sums.add_probe(at_ms, attempt)
        sums.write(connection)
    connection.execute(SQL["end_probe"], ended)
    connection.execute(SQL["prune_probes"], {"day": at_ms // _DAY_MS - _KEPT_DAYS})
