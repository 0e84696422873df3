"""`GET /metrics`, for Prometheus: who may read it, and what it shows."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
from starlette.requests import Request

from turnout.config.observing import Metrics
from turnout.core.errors import Refusal
from turnout.core.money import NANO_PER_USD
from turnout.core.types import Endpoint, Generation
from turnout.edge.measured import Measured
from turnout.edge.near import is_near
from turnout.flow.allowance import DAY_MS
from turnout.flow.authenticate import authenticate
from turnout.flow.gateway import Gateway
from turnout.metrics.exposition import Page, Series, busiest, render


class Scraper:
    """Makes the page. `rules` is asked each time, so a reload changes who may read."""

    def __init__(self, gateway: Gateway, measured: Measured, rules: Callable[[], Metrics]) -> None:
        self._gateway = gateway
        self._measured = measured
        self._rules = rules
        self._settled: Counter[str] = Counter()
        self._hedges: Counter[str] = Counter()
        self._continuations: Counter[str] = Counter()

    def settled(self, generation: Generation) -> None:
        """Counts a record; called for every one."""
        self._settled[generation.state] += 1
        if len(generation.attempts) > 1:
            self._count(generation)

    def _count(self, generation: Generation) -> None:
        outcomes = {attempt.outcome for attempt in generation.attempts}
        if "outpaced" in outcomes or any(one.purpose == "hedge" for one in generation.attempts):
            served = [one for one in generation.attempts if one.outcome != "outpaced"][-1:]
            won = bool(served) and served[0].purpose == "hedge"
            self._hedges["won" if won else "lost"] += 1
        if any(one.purpose == "continuation" for one in generation.attempts):
            whole = generation.state == "succeeded"
            self._continuations["whole" if whole else "broken"] += 1

    async def page(self, request: Request) -> tuple[bytes, str]:
        """The text and its content type.

        Raises:
            Refusal: 404 when it is off, 401 or 403 without the key it wants.
        """
        rules = self._rules()
        if rules.access == "off":
            raise Refusal("not_found", "Metrics are off here ([metrics] access).")
        if rules.access == "key" or (rules.access == "loopback" and not is_near(request)):
            await authenticate(self._gateway, dict(request.headers), "management", "GET")
        page = self._page(rules)
        return await asyncio.to_thread(render, page, request.headers.get("accept", ""))

    def _page(self, rules: Metrics) -> Page:
        gateway = self._gateway
        ledger, allowance = gateway.ledger, gateway.allowance
        allowance.begin(gateway.clock.unix_ms() // DAY_MS)
        return Page(
            version=gateway.version,
            endpoints=[
                self._judged(one) if one.id else one
                for one in busiest(self._series(), rules.endpoints)
            ],
            settled=dict(self._settled),
            hedges=dict(self._hedges),
            continuations=dict(self._continuations),
            gauges={
                "turnout_requests_in_flight": ("Requests being served.", ledger.in_flight),
                "turnout_records_waiting": ("Records not in SQLite yet.", ledger.waiting),
                "turnout_models": (
                    "Models that can be reached.",
                    len(gateway.snapshot.routable.endpoints),
                ),
                "turnout_spend_today_usd": (
                    "What the UTC day's answers and hedges cost, in USD.",
                    allowance.spent_nusd / NANO_PER_USD,
                ),
                "turnout_hedge_spend_today_usd": (
                    "What of it losers of hedges cost, by estimate.",
                    allowance.extra_nusd / NANO_PER_USD,
                ),
            },
        )

    def _series(self) -> Iterator[Series]:
        windows = self._gateway.health.windows
        for endpoint in self._configured():
            window = windows.get(endpoint.id)
            if window is not None:
                yield Series(
                    id=endpoint.id,
                    model=endpoint.model,
                    provider=endpoint.provider,
                    tag=endpoint.tag,
                    life=window.life(),
                )

    def _judged(self, one: Series) -> Series:
        """With what costs more to ask: only for those that are shown."""
        measures = self._measured.endpoint(one.id)
        return msgspec.structs.replace(one, uptime=measures.uptime_last_30m, status=measures.status)

    def _configured(self) -> Iterator[Endpoint]:
        for endpoints in self._gateway.snapshot.routable.endpoints.values():
            yield from endpoints
