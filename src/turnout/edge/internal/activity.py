"""`/activity`: spend, tokens and requests by model, key or app, for the operator."""

from typing import Literal

import msgspec

Group = Literal["model", "key", "app", "provider"]


class ActivityQuery(msgspec.Struct, frozen=True):
    """Query of the activity: 1h in minutes, 1d in hours, 30d in days, 1y in months."""

    range: Literal["1h", "1d", "30d", "1y"] = "30d"
    group: Group = "model"


class Totals(msgspec.Struct, frozen=True):
    """Spend in USD; requests with those that failed."""

    spend: str
    tokens: int
    requests: int
    failed: int


class GroupSum(msgspec.Struct, frozen=True, kw_only=True):
    """One model, key (by hash) or app (by origin) over the range; id "" is what has none."""

    id: str
    name: str
    spend: str
    tokens: int
    requests: int


class ActivityPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A group over one step; `at` in unix seconds. Steps without requests have no point."""

    at: int
    id: str
    spend: str
    tokens: int
    requests: int


class ActivityPage(msgspec.Struct, frozen=True, kw_only=True):
    """Most spend first; points by time."""

    step: Literal["minute", "hour", "day", "month"]
    since: int
    until: int
    totals: Totals
    groups: list[GroupSum]
    points: list[ActivityPoint]


class ActivityPageAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /activity`."""

    data: ActivityPage
