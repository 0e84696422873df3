"""`/models/{author}/{slug}/uptime`: how often a model answered, with and without routing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.cards import DayUptime, HourUptime
from turnout.edge.internal.desk import HOUR_S, Desk, by_name, uptime, uptime_days
from turnout.edge.shapes import day_text
from turnout.ledger import used

_DAYS: Final = 30
_HOURS: Final = 72


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


async def get_uptime(ask: Ask) -> Reply:
    """Tell how often a model answered, with and without routing, by day and hour."""
    desk = Desk(ask)
    slug, first_day, first_hour = desk.model().slug, desk.since(_DAYS), desk.hour - _HOURS + 1
    days = await used.endpoint_days(desk.database, slug, first_day, desk.today + 1)
    hours = await used.judged_hours(desk.database, slug, first_hour, desk.hour + 1)
    asked = await used.asked_hours(desk.database, slug, first_day * 24, desk.hour + 1)
    by_day = by_name(
        [used.Judged(at=d.day, name=d.endpoint, served=d.served, faults=d.faults) for d in days]
    )
    weights = {name: sum(d.served + d.faults for d in rows) for name, rows in by_day.items()}
    day_range, hour_range = range(first_day, desk.today + 1), range(first_hour, desk.hour + 1)
    with_day, without_day = _with(asked, 24), without_routing(days_of(by_day), weights)
    with_hour, without_hour = _with(asked, 1), without_routing(hours, weights)
    by_hour = by_name(hours)
    return reply(
        UptimeAnswer(
            ModelUptime(
                days=[
                    RoutedDay(day_text(day), with_day.get(day), without_day.get(day))
                    for day in day_range
                ],
                hours=[
                    RoutedHour(hour * HOUR_S, with_hour.get(hour), without_hour.get(hour))
                    for hour in hour_range
                ],
                providers=[
                    EndpointUptime(
                        tag=desk.shelf.tag(name),
                        name=desk.shelf.name_of_tag(slug, desk.shelf.tag(name)),
                        days=uptime_days(by_day[name], first_day, desk.today + 1),
                        hours=_hours(by_hour.get(name, []), hour_range),
                    )
                    for name in by_day
                    if weights[name]
                ],
            )
        )
    )


def days_of(by_day: Mapping[str, Sequence[used.Judged]]) -> list[used.Judged]:
    """All rows of all names."""
    return [row for rows in by_day.values() for row in rows]


def without_routing(rows: Sequence[used.Judged], weights: Mapping[str, int]) -> dict[int, float]:
    """By step: the mean of endpoints' uptimes, each weighed by all its judged attempts.

    So an endpoint that routing avoids while it fails counts as much as it does when it is well.
    """
    good: dict[int, float] = {}
    whole: dict[int, int] = {}
    for row in rows:
        judged, weight = row.served + row.faults, weights.get(row.name, 0)
        if judged and weight:
            good[row.at] = good.get(row.at, 0.0) + weight * row.served / judged
            whole[row.at] = whole.get(row.at, 0) + weight
    return {at: round(100 * good[at] / whole[at], 3) for at in whole}


def _with(asked: Sequence[used.Asked], width: int) -> dict[int, float | None]:
    served: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    for row in asked:
        served[row.hour // width] += row.served
        failed[row.hour // width] += row.failed
    return {at: uptime(served[at], failed[at]) for at in {**served, **failed}}


def _hours(rows: Sequence[used.Judged], hours: range) -> list[HourUptime]:
    found = {row.at: uptime(row.served, row.faults) for row in rows}
    return [HourUptime(hour * HOUR_S, found.get(hour)) for hour in hours]
