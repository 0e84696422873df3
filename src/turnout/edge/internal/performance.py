"""`/models/{author}/{slug}/performance`: speed and quality of each endpoint over time."""

import math
from typing import Final, Literal

import msgspec

from turnout.core.histogram import Percentiles
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.desk import DAY_S, DAYS, HOUR_S, Desk, rate, uptime
from turnout.edge.measured import shown
from turnout.ledger.series import Stretch, endpoint_days, endpoint_hours
from turnout.metrics.cells import SIZE
from turnout.metrics.figures import figures_of
from turnout.metrics.window import Slot

_MINUTE_S: Final = 60
_QUARTER_S: Final = 900
_MINUTES_REACH_S: Final = 29 * 60
_DAY_HOURS: Final = 24


class PerformanceQuery(msgspec.Struct, frozen=True):
    """Query of the performance page."""

    range: Literal["1h", "1d", "1w", "30d"] = "1w"


class Tag(msgspec.Struct, frozen=True):
    """An endpoint and its provider's name."""

    tag: str
    name: str


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint over one step; a step without attempts has no point.

    Attributes:
        at: Unix seconds of its start.
        width_s: How long it is; of `1h` the older half hour has wider steps.
        requests: Attempts that callers asked for.
        tool_error_rate: Of answers with tool calls, those with a bad one, 0 to 1.
        structured_error_rate: Of answers to requests for JSON, those that are not it, 0 to 1.
        cache_hit_rate: Prompt tokens read from a cache, of all prompt tokens, 0 to 1.
        uptime: Percent of judged attempts.
    """

    at: int
    width_s: int
    tag: str
    requests: int
    throughput_tps: Percentiles | None
    ttft_ms: Percentiles | None
    latency_ms: Percentiles | None
    tool_error_rate: float | None
    structured_error_rate: float | None
    cache_hit_rate: float | None
    uptime: float | None


class Performance(msgspec.Struct, frozen=True):
    """Points by time, then tag; step_s: the width of most."""

    step_s: int
    since: int
    until: int
    providers: list[Tag]
    points: list[Point]


class PerformanceAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models/{author}/{slug}/performance`."""

    data: Performance


async def get_performance(ask: Ask) -> Reply:
    """Tell a model's speed and quality by endpoint over time."""
    desk, query = Desk(ask), ask.asked(PerformanceQuery)
    slug = desk.model().slug
    if query.range == "1h":
        points, step_s, span_s = _last_hour(desk, slug), _MINUTE_S, HOUR_S
    else:
        points, step_s = await _kept(desk, slug, query.range)
        span_s = DAYS[query.range] * DAY_S
    until = desk.now_ms // 1000
    tags = dict.fromkeys(point.tag for point in points)
    return reply(
        PerformanceAnswer(
            Performance(
                step_s=step_s,
                since=until - span_s,
                until=until,
                providers=[Tag(tag, desk.shelf.name_of_tag(slug, tag)) for tag in tags],
                points=points,
            )
        )
    )


async def _kept(desk: Desk, slug: str, name: str) -> tuple[list[Point], int]:
    """Out of roll-ups: by hour, of thirty days by day."""
    if name == "30d":
        since = desk.since(DAYS[name])
        rows = await endpoint_days(desk.database, slug, since, desk.today + 1)
        return [_of_stretch(desk, row, DAY_S) for row in rows], DAY_S
    since = desk.hour - DAYS[name] * _DAY_HOURS + 1
    rows = await endpoint_hours(desk.database, slug, since, desk.hour + 1)
    return [_of_stretch(desk, row, HOUR_S) for row in rows], HOUR_S


def _of_stretch(desk: Desk, row: Stretch, width_s: int) -> Point:
    tries, use = row.tries, row.use
    return Point(
        at=row.at * width_s,
        width_s=width_s,
        tag=desk.shelf.tag(row.endpoint),
        requests=tries.attempts - tries.probes,
        throughput_tps=shown(row.throughput_tps),
        ttft_ms=shown(row.ttft_ms),
        latency_ms=shown(row.latency_ms),
        tool_error_rate=rate(tries.tool_faults, tries.tool_answers),
        structured_error_rate=rate(tries.shape_faults, tries.shaped_answers),
        cache_hit_rate=rate(use.cache_read, use.prompt_tok),
        uptime=uptime(tries.served, tries.faults),
    )


def _last_hour(desk: Desk, slug: str) -> list[Point]:
    """Out of the live windows: minutes as far as those reach, quarters of an hour before them."""
    health = desk.ask.gateway.health
    now_s = desk.ask.gateway.clock.now_s() + health.epoch_s
    border = math.ceil((now_s - _MINUTES_REACH_S) / _QUARTER_S) * _QUARTER_S
    points: list[Point] = []
    for endpoint in desk.shelf.catalog.all_endpoints(slug):
        standing = health.standings.get(endpoint.id)
        if standing is None:
            continue
        points += [
            _of_slot(endpoint.tag, slot, _QUARTER_S)
            for slot in standing.window.slots(86400, now_s)
            if now_s - HOUR_S <= slot.number * _QUARTER_S < border
        ]
        points += [
            _of_slot(endpoint.tag, slot, _MINUTE_S)
            for slot in standing.window.slots(1800, now_s)
            if slot.number * _MINUTE_S >= border
        ]
    points.sort(key=lambda point: (point.at, point.tag))
    return points


def _of_slot(tag: str, slot: Slot, width_s: int) -> Point:
    vector = [0] * SIZE
    for mark, count in zip(slot.marks, slot.counts, strict=True):
        vector[mark] += count
    figures = figures_of(vector, width_s)
    return Point(
        at=slot.number * width_s,
        width_s=width_s,
        tag=tag,
        requests=figures.attempts - figures.probes,
        throughput_tps=shown(figures.throughput_tps),
        ttft_ms=shown(figures.ttft_ms),
        latency_ms=shown(figures.latency_ms),
        tool_error_rate=rate(figures.tool_faults, figures.tool_answers),
        structured_error_rate=rate(figures.shape_faults, figures.shaped_answers),
        cache_hit_rate=rate(figures.cache_read_tok, figures.prompt_tok),
        uptime=uptime(figures.served, figures.faults),
    )
