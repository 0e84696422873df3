"""`/models/{author}/{slug}/uptime`: how often a model answered, with and without routing."""

import msgspec

from turnout.edge.internal.cards import DayUptime, HourUptime


class RoutedDay(msgspec.Struct, frozen=True):
    """A day's uptime, percent. Definitions: docs/explain/measures.md."""

    day: str
    with_routing: float | None
    without_routing: float | None


class RoutedHour(msgspec.Struct, frozen=True):
    """The same of an hour; `at` in unix seconds."""

    at: int
    with_routing: float | None
    without_routing: float | None


class EndpointUptime(msgspec.Struct, frozen=True):
    """One endpoint's 30 days and 72 hours, oldest first."""

    tag: str
    name: str
    days: list[DayUptime]
    hours: list[HourUptime]


class ModelUptime(msgspec.Struct, frozen=True):
    """The last 30 days and 72 hours, the present ones included, oldest first."""

    days: list[RoutedDay]
    hours: list[RoutedHour]
    providers: list[EndpointUptime]


class UptimeAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models/{author}/{slug}/uptime`."""

    data: ModelUptime
