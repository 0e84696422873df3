"""`/status`: what is failing now, and every provider's last 90 days."""

from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.config.switches import LOCAL
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.cards import Condition, Failing, Now
from turnout.edge.internal.desk import Desk, by_name, uptime
from turnout.edge.shapes import day_text
from turnout.ledger import used

_DAYS: Final = 90


class StatusDay(msgspec.Struct, frozen=True):
    """A provider's day; requests: that it served."""

    day: str
    uptime: float | None
    requests: int


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


async def get_status(ask: Ask) -> Reply:
    """Tell what is failing now, and every provider's last 90 days."""
    desk = Desk(ask)
    since, until = desk.since(_DAYS), desk.today + 1
    rows = by_name(await used.judged_days(desk.database, "provider", since, until))
    slugs = [
        slug for slug in desk.shelf.catalog.providers if desk.shelf.is_on(slug) or slug in rows
    ]
    providers = [_provider(desk, slug, rows.get(slug, []), range(since, until)) for slug in slugs]
    providers.sort(key=lambda one: (not one.on, one.name.lower()))
    return reply(
        StatusAnswer(
            Status(
                overall=overall([one.status for one in providers if one.on]),
                at=desk.now_ms // 1000,
                providers=providers,
                local=parts(desk),
            )
        )
    )


def overall(conditions: Sequence[Condition]) -> Condition:
    """Down when all that were tried are, degraded when one is not well."""
    tried = [condition for condition in conditions if condition != "idle"]
    if not tried:
        return "idle"
    if all(condition == "ok" for condition in tried):
        return "ok"
    return "down" if all(condition == "down" for condition in tried) else "degraded"


def _provider(desk: Desk, slug: str, rows: Sequence[used.Judged], days: range) -> ProviderStatus:
    endpoints = desk.shelf.at_provider(slug)
    by_day = {row.at: row for row in rows}
    none = used.Judged(at=0, name=slug, served=0, faults=0)
    failing = [desk.live.failing(e.id, e.tag, e.model) for e in endpoints]
    return ProviderStatus(
        slug=slug,
        name=desk.shelf.provider_name(slug),
        on=desk.shelf.is_on(slug),
        status=overall([desk.live.endpoint(e.id).condition for e in endpoints]),
        now=desk.live.now([e.id for e in endpoints]),
        uptime_90d=uptime(sum(row.served for row in rows), sum(row.faults for row in rows)),
        days=[
            StatusDay(day_text(day), uptime(row.served, row.faults), row.requests)
            for day in days
            for row in (by_day.get(day, none),)
        ],
        failing=[one for one in failing if one is not None],
    )


def parts(desk: Desk) -> list[Part]:
    """The store, which has just been read, and the embedded model."""
    found = [Part("Store", "ok", f"SQLite in {desk.database.folder.name}/")]
    connection = desk.shelf.snapshot.connections.get(LOCAL)
    if connection is not None:
        found.append(Part("Embedded model", "ok", "running"))
    elif (switch := desk.shelf.settings.switches.get(LOCAL)) is not None:
        starting = "is not running" if switch.on else switch.reason
        found.append(Part("Embedded model", "down" if switch.on else "idle", starting))
    return found
