"""What the catalog shows of the live windows and of the roll-ups.

Definitions are in docs/explain/measures.md.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from turnout.catalog.measures import EndpointMeasures, EndpointStatus, ModelMeasures
from turnout.core.histogram import Percentiles
from turnout.flow.gateway import Gateway
from turnout.ledger.series import Total, day_of, model_totals
from turnout.metrics.figures import Figures
from turnout.metrics.health import HealthView
from turnout.store.database import StoreUnavailable

TOTALS_PERIOD_S: Final = 60.0
WEEK_DAYS, MONTH_DAYS = 7, 30
FRESH_S: Final = 2.0
"""Answers may be this old while requests go through."""
AGED_S: Final = 30.0
"""Answers may be this old while none do: what is shown of windows then grows old."""

ENOUGH: Final = 100
"""Judged attempts from which on an uptime lowers the status. Source: contract section 3.3."""
NORMAL, POOR = 95.0, 80.0
"""Percent; below them an endpoint is degraded, and only a fallback. Source: the same."""
DOWN_AFTER: Final = 10

log: Final = logging.getLogger(__name__)


class Measured:
    """The catalog's `Measures`, out of a gateway's health and its store."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._week: Mapping[str, int] = {}
        self._month: Mapping[str, Total] = {}
        self._epoch = 0
        self._turned_s = float("-inf")
        self._seen = 0

    @property
    def epoch(self) -> int:
        """See Measures; moves on when something new was measured, every two seconds at most."""
        now_s = self._gateway.clock.now_s()
        waited_s = now_s - self._turned_s
        if waited_s >= FRESH_S:
            seen = sum(window.seen for window in self._gateway.health.windows.values())
            if seen != self._seen or waited_s >= AGED_S:
                self._turn(now_s, seen)
        return self._epoch

    def endpoint(self, endpoint_id: str) -> EndpointMeasures:
        """See Measures."""
        gateway = self._gateway
        outage_s = gateway.snapshot.policy.outage_window_s
        view = gateway.health.view(gateway.clock.now_s(), outage_s)
        half_hour = view.figures(endpoint_id, 1800)
        five_minutes, day = view.figures(endpoint_id, 300), view.figures(endpoint_id, 86400)
        if half_hour is None or five_minutes is None or day is None:
            return EndpointMeasures()
        return EndpointMeasures(
            latency_last_30m=shown(half_hour.ttft_ms),
            round_trip_last_30m=shown(half_hour.latency_ms),
            throughput_last_30m=shown(half_hour.throughput_tps),
            requests_last_30m=half_hour.attempts - half_hour.probes,
            uptime_last_5m=_percent(five_minutes.uptime_by_minutes),
            uptime_last_30m=_percent(half_hour.uptime),
            uptime_last_1d=_percent(day.uptime_by_minutes),
            status=status_of(view, endpoint_id, five_minutes, half_hour),
        )

    def model(self, canonical_slug: str) -> ModelMeasures:
        """See Measures."""
        month = self._month.get(canonical_slug)
        if month is None:
            return ModelMeasures()
        return ModelMeasures(
            weekly_tok=self._week.get(canonical_slug),
            requests=month.use.requests,
            tool_success_rate=month.tries.tool_success,
        )

    async def total_forever(self) -> None:
        """Adds up the models' days now and every minute."""
        while True:
            try:
                await self.total()
            except StoreUnavailable as error:
                log.warning("models not totalled", extra={"why": str(error)})
            await asyncio.sleep(TOTALS_PERIOD_S)

    async def total(self) -> None:
        """Adds up the models' days.

        Raises:
            StoreUnavailable: The store cannot be read; what was shown before stays.
        """
        database = self._gateway.ledger.database
        today = day_of(self._gateway.clock.unix_ms())
        week = await model_totals(database, today - WEEK_DAYS + 1, today + 1)
        month = await model_totals(database, today - MONTH_DAYS + 1, today + 1)
        tokens: defaultdict[str, int] = defaultdict(int)
        for slug, total in self._by_slug(week):
            tokens[slug] += total.use.prompt_tok + total.use.completion_tok
        self._week, self._month = tokens, dict(self._by_slug(month))
        self._turn(self._gateway.clock.now_s(), self._seen)

    def _by_slug(self, totals: Sequence[Total]) -> Sequence[tuple[str, Total]]:
        """Roll-ups are by the slug that routes, measures by the one that never changes."""
        models = self._gateway.snapshot.routable.catalog.models
        return [
            (models[total.name].canonical_slug if total.name in models else total.name, total)
            for total in totals
        ]

    def _turn(self, now_s: float, seen: int) -> None:
        self._epoch += 1
        self._turned_s = now_s
        self._seen = seen


def status_of(
    view: HealthView, endpoint_id: str, five_minutes: Figures, half_hour: Figures
) -> EndpointStatus:
    """The contract's field; its meanings are ours, for it publishes none."""
    state = view.state(endpoint_id)
    if not five_minutes.served and five_minutes.faults >= DOWN_AFTER:
        return -10
    if state == "open":
        return -5
    if state == "cooling":
        return -3
    judged, uptime = half_hour.served + half_hour.faults, half_hour.uptime
    if uptime is not None and judged >= ENOUGH and uptime < NORMAL:
        return -2 if uptime < POOR else -1
    return -1 if state == "unstable" else 0


def shown(figures: Percentiles | None) -> Percentiles | None:
    """Percentiles without digits that the error of a window makes meaningless."""
    if figures is None:
        return None
    return Percentiles(
        round(figures.p50, 1), round(figures.p75, 1), round(figures.p90, 1), round(figures.p99, 1)
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share, 3)
