"""`GET /metrics`: what the windows took in, as Prometheus reads it.

Labels come from the configured catalog alone: model, provider, endpoint (its tag). The busiest
endpoints have series of their own, all others are summed as "other", so the number of series is
bounded. No label names a key, an app or a user. Histograms have a few wide buckets, made of the
windows' fine ones. Definitions: docs/explain/measures.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

import msgspec
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from turnout.core.errors import FailureKind
from turnout.core.histogram import FINE_MS, FINE_TPS, Scale
from turnout.metrics import cells
from turnout.metrics.cells import KIND, LATENCY, SIZE, THROUGHPUT, TTFT

OTHER: Final = "other"
_STEP: Final = 9
"""Fine buckets in one of ours: each ends at twice where it began (1.08 ** 9)."""
_LABELS: Final = ("model", "provider", "endpoint")


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint's numbers.

    Attributes:
        id: `Endpoint.id`, "" for the sum of the rest.
        life: A vector of `cells`.
        uptime: In percent.
        status: The catalog's.
    """

    id: str
    model: str
    provider: str
    tag: str
    life: Sequence[int]
    uptime: float | None = None
    status: int | None = None

    @property
    def labels(self) -> tuple[str, str, str]:
        """In the order of `_LABELS`."""
        return (self.model, self.provider, self.tag)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """All that a scrape shows.

    Attributes:
        settled: Generations by state since the start.
        hedges: Of these, those in which a hedge was started, by whether it won.
        continuations: Those with which other endpoints tried to go on, by what became of them.
        gauges: Of the process, by name; each with its help.
    """

    version: str
    endpoints: Sequence[Series]
    settled: Mapping[str, int]
    hedges: Mapping[str, int]
    continuations: Mapping[str, int]
    gauges: Mapping[str, tuple[str, float]]


def render(page: Page, accept: str) -> tuple[bytes, str]:
    """The text and its content type, for an Accept header. Costs milliseconds: not for the loop."""
    registry = CollectorRegistry()
    registry.register(_Collector(page))
    ProcessCollector(registry=registry)
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


def busiest(endpoints: Iterable[Series], most: int) -> list[Series]:
    """The busiest ones, and one more that sums up the rest."""
    ranked = sorted(endpoints, key=lambda one: one.life[cells.ATTEMPTS], reverse=True)
    kept, rest = ranked[:most], ranked[most:]
    if rest:
        life = [sum(counts) for counts in zip(*(one.life for one in rest), strict=True)]
        kept.append(Series(id="", model=OTHER, provider=OTHER, tag=OTHER, life=life))
    return kept


class _Collector(Collector):
    def __init__(self, page: Page) -> None:
        self._page = page

    @override
    def collect(self) -> Iterator[Metric]:
        page = self._page
        yield InfoMetricFamily("turnout", "The running gateway.", {"version": page.version})
        yield _counted(
            "turnout_generations", "Requests that ended, by state.", "state", page.settled
        )
        yield _counted(
            "turnout_hedges", "Second attempts beside a silent one.", "result", page.hedges
        )
        yield _counted(
            "turnout_continuations",
            "Streams that broke off and that other endpoints went on with.",
            "result",
            page.continuations,
        )
        for name, (text, value) in page.gauges.items():
            yield GaugeMetricFamily(name, text, value)
        yield _attempts(page.endpoints)
        yield from _counters(page.endpoints)
        yield from _histograms(page.endpoints)
        yield from _gauges(page.endpoints)


def _counted(name: str, help_: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, help_, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


def _attempts(endpoints: Sequence[Series]) -> Metric:
    family = CounterMetricFamily(
        "turnout_attempts",
        "Attempts at an endpoint, by what became of them: served, cancelled, or how they failed.",
        labels=[*_LABELS, "outcome"],
    )
    for one in endpoints:
        outcomes = {"served": cells.SERVED, "cancelled": cells.CANCELLED}
        outcomes |= {kind.value: KIND[kind.value] for kind in FailureKind}
        for outcome, cell in outcomes.items():
            if one.life[cell] or outcome == "served":
                family.add_metric([*one.labels, outcome], one.life[cell])
    return family


_COUNTERS: Final = (
    ("turnout_faults", "Attempts that failed by the provider's fault.", cells.FAULTS, 1.0),
    ("turnout_probes", "Attempts that no caller asked for.", cells.PROBES, 1.0),
    ("turnout_prompt_tokens", "Prompt tokens of served attempts.", cells.PROMPT_TOK, 1.0),
    ("turnout_completion_tokens", "Their completion tokens.", cells.COMPLETION_TOK, 1.0),
    (
        "turnout_cache_read_tokens",
        "Prompt tokens read from a provider's prompt cache.",
        cells.CACHE_READ_TOK,
        1.0,
    ),
    ("turnout_cost_usd", "What served attempts were charged, in USD.", cells.COST_NUSD, 1e-9),
    ("turnout_tool_answers", "Answers with tool calls.", cells.TOOL_ANSWERS, 1.0),
    ("turnout_tool_faults", "Of these, with an invalid call.", cells.TOOL_FAULTS, 1.0),
    ("turnout_shaped_answers", "Answers to requests for JSON.", cells.SHAPED_ANSWERS, 1.0),
    ("turnout_shape_faults", "Of these, not the JSON asked for.", cells.SHAPE_FAULTS, 1.0),
)


def _counters(endpoints: Sequence[Series]) -> Iterator[Metric]:
    for name, text, cell, unit in _COUNTERS:
        family = CounterMetricFamily(name, text, labels=_LABELS)
        for one in endpoints:
            family.add_metric(one.labels, one.life[cell] * unit)
        yield family


def _histograms(endpoints: Sequence[Series]) -> Iterator[Metric]:
    for name, text, start, end, scale, unit in (
        ("turnout_ttft_seconds", "Dispatch to first content.", TTFT, LATENCY, FINE_MS, 1e-3),
        ("turnout_latency_seconds", "Round trip, served.", LATENCY, THROUGHPUT, FINE_MS, 1e-3),
        (
            "turnout_throughput_tokens_per_second",
            "Completion tokens over whole served attempts.",
            THROUGHPUT,
            SIZE,
            FINE_TPS,
            1.0,
        ),
    ):
        family = HistogramMetricFamily(name, text, labels=_LABELS)
        for one in endpoints:
            counts = one.life[start:end]
            if any(counts):
                buckets, total = _wide(counts, scale, unit)
                family.add_metric(one.labels, buckets, total)
        yield family


def _wide(
    counts: Sequence[int], scale: Scale, unit: float
) -> tuple[list[tuple[str, float]], float]:
    """Cumulative buckets under their upper borders, and the sum as the buckets tell it."""
    sums = list(accumulate(counts))
    places = range(_STEP - 1, scale.count - 1, _STEP)
    buckets = [(f"{scale.borders[place + 1] * unit:.4g}", float(sums[place])) for place in places]
    total = sum(n * scale.middle(place) for place, n in enumerate(counts) if n)
    return [*buckets, ("+Inf", float(sums[-1]))], total * unit


def _gauges(endpoints: Sequence[Series]) -> Iterator[Metric]:
    uptime = GaugeMetricFamily(
        "turnout_endpoint_uptime_ratio",
        "Share of the last 30 minutes' attempts that the provider did not fail.",
        labels=_LABELS,
    )
    status = GaugeMetricFamily(
        "turnout_endpoint_status",
        "0 is normal, negatives are degraded to down, as in the catalog.",
        labels=_LABELS,
    )
    for one in endpoints:
        if one.uptime is not None:
            uptime.add_metric(one.labels, one.uptime / 100)
        if one.status is not None:
            status.add_metric(one.labels, one.status)
    yield uptime
    yield status
