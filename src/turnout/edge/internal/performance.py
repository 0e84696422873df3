"""`/models/{author}/{slug}/performance`: speed and quality of each endpoint over time."""

from typing import Literal

import msgspec

from turnout.core.histogram import Percentiles


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
