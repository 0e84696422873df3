"""`/status`: what is failing now, and every provider's last 90 days."""

import msgspec

from turnout.edge.internal.cards import Condition


class Now(msgspec.Struct, frozen=True):
    """Percent of judged attempts over all of a provider's endpoints."""

    uptime_5m: float | None
    uptime_30m: float | None


class StatusDay(msgspec.Struct, frozen=True):
    """A provider's day; requests: that it served."""

    day: str
    uptime: float | None
    requests: int


class Failing(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is not well; kind: its most frequent failure; share: faults, 0 to 1."""

    tag: str
    model: str
    status: Condition
    kind: str | None
    share: float | None


class ProviderStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A provider; days: 90, oldest first."""

    slug: str
    name: str
    on: bool
    status: Condition
    now: Now
    uptime_90d: float | None
    days: list[StatusDay]
    failing: list[Failing]


class Part(msgspec.Struct, frozen=True):
    """A part of the gateway itself, and how it is, in words."""

    name: str
    status: Condition
    detail: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Providers that are on, or have been of use within 90 days; local: the gateway's own parts."""

    overall: Condition
    at: int
    providers: list[ProviderStatus]
    local: list[Part]


class StatusAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /status`."""

    data: Status
