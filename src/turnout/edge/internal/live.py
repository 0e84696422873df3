"""What the live windows say of endpoints and providers right now, in the words of the site."""

from collections import Counter
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from turnout.core.histogram import Percentiles
from turnout.edge.internal.cards import Condition, Failing, Now, Uptimes
from turnout.edge.measured import Measured, shown
from turnout.flow.gateway import Gateway
from turnout.metrics.figures import Figures, WindowS

_DAY_S: Final = 86400
_HALF_HOUR_S: Final = 1800
_FIVE_MINUTES_S: Final = 300
_DOWN: Final = frozenset({-5, -10})
_WORST: Final[tuple[Condition, ...]] = ("down", "degraded", "ok", "idle")


class Lived(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint's present; percentiles of 30 minutes where those have any, else of a day."""

    condition: Condition = "idle"
    latency_ms: Percentiles | None = None
    ttft_ms: Percentiles | None = None
    throughput_tps: Percentiles | None = None
    over: Literal["30m", "1d"] | None = None
    uptime: Uptimes = Uptimes(last_5m=None, last_30m=None, last_1d=None)


_UNSEEN: Final = Lived()


class Live:
    """The windows as of one moment."""

    def __init__(self, gateway: Gateway, measured: Measured) -> None:
        self._measured = measured
        self._health = gateway.health
        self._view = gateway.health.view(
            gateway.clock.now_s(), gateway.snapshot.policy.outage_window_s
        )

    def endpoint(self, endpoint_id: str) -> Lived:
        """What is known of an endpoint."""
        day = self._view.figures(endpoint_id, _DAY_S)
        if day is None or not day.attempts:
            return _UNSEEN
        measures = self._measured.endpoint(endpoint_id)
        recent = measures.round_trip_last_30m is not None
        return Lived(
            condition=_condition(measures.status),
            latency_ms=measures.round_trip_last_30m if recent else shown(day.latency_ms),
            ttft_ms=measures.latency_last_30m if recent else shown(day.ttft_ms),
            throughput_tps=measures.throughput_last_30m if recent else shown(day.throughput_tps),
            over=("30m" if recent else "1d") if recent or day.served else None,
            uptime=Uptimes(
                last_5m=measures.uptime_last_5m,
                last_30m=measures.uptime_last_30m,
                last_1d=measures.uptime_last_1d,
            ),
        )

    def now(self, endpoint_ids: Iterable[str]) -> Now:
        """Endpoints together, by attempts."""
        ids = list(endpoint_ids)
        return Now(self._uptime(ids, _FIVE_MINUTES_S), self._uptime(ids, _HALF_HOUR_S))

    def failing(self, endpoint_id: str, tag: str, model: str) -> Failing | None:
        """What is wrong with an endpoint, None when nothing is or nobody tried."""
        condition = self.endpoint(endpoint_id).condition
        if condition in ("ok", "idle"):
            return None
        figures = self._view.figures(endpoint_id, _HALF_HOUR_S) or Figures(window_s=_HALF_HOUR_S)
        judged = figures.served + figures.faults
        return Failing(
            tag=tag,
            model=model,
            status=condition,
            kind=self._kind(endpoint_id),
            share=round(figures.faults / judged, 4) if judged else None,
        )

    def _kind(self, endpoint_id: str) -> str | None:
        standing = self._health.standings.get(endpoint_id)
        if standing is None:
            return None
        at_s = self._view.now_s + self._health.epoch_s
        kinds = Counter(standing.window.failures(_HALF_HOUR_S, at_s))
        return kinds.most_common(1)[0][0] if kinds else None

    def _uptime(self, ids: list[str], window_s: WindowS) -> float | None:
        found = [self._view.figures(name, window_s) for name in ids]
        served = sum(f.served for f in found if f is not None)
        judged = served + sum(f.faults for f in found if f is not None)
        return round(100 * served / judged, 3) if judged else None


def worst(conditions: Iterable[Condition]) -> Condition:
    """Of parts, the condition of the whole: the worst of those that were tried."""
    found = set(conditions)
    for condition in _WORST:
        if condition in found:
            return condition
    return "idle"


def _condition(status: int) -> Condition:
    if status == 0:
        return "ok"
    return "down" if status in _DOWN else "degraded"
