"""Sums of generations by hour and day, written with them or not at all.

A batch is summed in memory first, then each row is one INSERT … ON CONFLICT DO UPDATE SET x = x +
excluded.x. It happens in the transaction that stores the generations, for those that are new: so a
record that is replayed after a crash is not counted twice.

    endpoint_hours  hour x model x provider x endpoint   from attempts, and use by who served
    model_days      day x model x provider               the same by day
    app_days        day x app x model                    use
    key_days        day x key x model                    use, and what failed

Time is that of the generation's acceptance. What is measured is in docs/explain/measures.md.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from operator import add
from typing import Final, TypeVar
from urllib.parse import urlsplit

from turnout.core.errors import VERDICTS
from turnout.core.histogram import COLUMNS_MS, COLUMNS_TPS
from turnout.core.types import Attempt, Generation
from turnout.ledger.columns import ALL, AT, USED
from turnout.store.database import Database
from turnout.store.statements import SQL

HOUR_MS: Final = 3_600_000
TOK_MAX: Final = 10**12
"""Counts come from providers. A sum of these stays far inside SQLite's 63 bits."""

_HOURS: Final = 24
_USED_AT: Final = slice(AT["requests"], AT["requests"] + len(USED))
_ATTEMPTS, _SERVED, _FAULTS = AT["attempts"], AT["served"], AT["faults"]
_RATE_LIMITED, _CANCELLED, _PROBES = AT["rate_limited"], AT["cancelled"], AT["probes"]
_REQUESTS, _UNPRICED, _FAILED = USED.index("requests"), USED.index("unpriced"), len(USED)
_TEXT_IN, _TEXT_OUT, _COST = USED.index("text_in"), USED.index("text_out"), USED.index("cost_nusd")
_RARELY: Final = tuple(
    USED.index(name)
    for name in (
        *("cache_read", "cache_write", "cache_write_1h", "image_in", "audio_in", "video_in"),
        *("reasoning", "audio_out", "image_out", "searches"),
    )
)
_TOOLS, _SHAPED = AT["tool_answers"], AT["shaped_answers"]
_TTFT, _LATENCY, _SPEED = AT["ttft_00"], AT["latency_00"], AT["tps_00"]
_OTHER: Final = AT["err_other"]
_KINDS: Final = {
    kind.value: (AT.get(f"err_{kind.value}", _OTHER), verdict.hurts_health)
    for kind, verdict in VERDICTS.items()
}
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 (names, no socket)

_Place = TypeVar("_Place")
_Row = list[int]
_Hour = tuple[int, str, str, str]
_Day = tuple[int, str, str]
_Group = tuple[int, str, str, str, str, str | None, str | None]
"""Hour, model, provider, endpoint, key, app's address and title: equal for many records."""


class Rollups:
    """The sums of one batch."""

    __slots__ = ("_hours", "_used")

    def __init__(self) -> None:
        self._hours: dict[_Hour, _Row] = {}
        self._used: dict[_Group, _Row] = {}

    def add(self, generation: Generation) -> None:
        """Takes in one record; a few microseconds, of which most records' use is one row."""
        hour = generation.created_ms // HOUR_MS
        for attempt in generation.attempts:
            self._attempt(hour, attempt, generation)
        group = (
            hour,
            generation.model,
            generation.provider,
            generation.endpoint,
            generation.key_hash,
            generation.app_url,
            generation.app_title,
        )
        row = self._used.get(group)
        if row is None:
            row = self._used[group] = [0] * (len(USED) + 1)
        row[_REQUESTS] += 1
        if generation.state in ("failed", "interrupted"):
            row[_FAILED] += 1
        if generation.endpoint:
            _count_use(row, generation)

    def add_probe(self, at_ms: int, attempt: Attempt) -> None:
        """Takes in an attempt that no caller asked for: it measures, and is no use."""
        place = (at_ms // HOUR_MS, attempt.model, attempt.provider, attempt.endpoint)
        self._attempt(place[0], attempt, None)
        self._hour(place)[_PROBES] += 1

    def write(self, connection: sqlite3.Connection) -> None:
        """Adds the sums to the tables. Belongs in the transaction of what was summed."""
        keys: dict[_Day, _Row] = {}
        apps: dict[_Day, _Row] = {}
        titles: dict[_Day, str] = {}
        for (hour, model, provider, endpoint, key, url, title), row in self._used.items():
            day, used = hour // _HOURS, row[:-1]
            _put(keys, (day, key, model), (row[_FAILED], *used))
            if not endpoint:
                continue
            wide = self._hour((hour, model, provider, endpoint))
            wide[_USED_AT] = map(add, wide[_USED_AT], used)
            if url and (app := app_of(url, title)):
                _put(apps, (day, app, model), used)
                titles[day, app, model] = title or titles.get((day, app, model), "")
        days: dict[_Day, _Row] = {}
        for (hour, model, provider, _), row in self._hours.items():
            _put(days, (hour // _HOURS, model, provider), row)
        connection.executemany(_ADD_HOUR, _rows(self._hours))
        connection.executemany(_ADD_DAY, _rows(days))
        connection.executemany(_ADD_KEY, _rows(keys))
        connection.executemany(
            _ADD_APP, ((*place, titles[place], *row) for place, row in apps.items())
        )

    def _hour(self, place: _Hour) -> _Row:
        row = self._hours.get(place)
        if row is None:
            row = self._hours[place] = [0] * len(ALL)
        return row

    def _attempt(self, hour: int, attempt: Attempt, of: Generation | None) -> None:
        row = self._hour((hour, attempt.model, attempt.provider, attempt.endpoint))
        row[_ATTEMPTS] += 1
        outcome = attempt.outcome
        if outcome == "served":
            _count_served(row, attempt, of)
        elif outcome in ("cancelled", "outpaced"):
            row[_CANCELLED] += 1
        else:
            column, fault = _KINDS.get(outcome, (_OTHER, False))
            row[column] += 1
            row[_FAULTS] += fault
            row[_RATE_LIMITED] += outcome == "rate_limited"


def _count_served(row: _Row, attempt: Attempt, of: Generation | None) -> None:
    row[_SERVED] += 1
    latency_ms = attempt.latency_ms
    row[_LATENCY + COLUMNS_MS.bucket(latency_ms)] += 1
    if attempt.ttft_ms is not None:
        row[_TTFT + COLUMNS_MS.bucket(attempt.ttft_ms)] += 1
    if of is not None and latency_ms and attempt.endpoint == of.endpoint:
        tokens = (attempt.usage or of.usage).completion_tok
        if tokens:
            row[_SPEED + COLUMNS_TPS.bucket(tokens * 1000 / latency_ms)] += 1
    if attempt.tools_valid is not None:
        row[_TOOLS] += 1
        row[_TOOLS + 1] += not attempt.tools_valid
    if attempt.shape_valid is not None:
        row[_SHAPED] += 1
        row[_SHAPED + 1] += not attempt.shape_valid


def _count_use(row: _Row, generation: Generation) -> None:
    """Adds a record's use to a row in the order of `columns.USED`."""
    usage = generation.usage
    row[_TEXT_IN] += min(usage.text_in, TOK_MAX)
    row[_TEXT_OUT] += min(usage.text_out, TOK_MAX)
    row[_COST] += generation.cost_nusd
    row[_COST + 1] += generation.prompt_cost_nusd
    row[_COST + 2] += generation.completion_cost_nusd
    if generation.unpriced:
        row[_UNPRICED] += 1
    rarely = (
        usage.cache_read,
        usage.cache_write,
        usage.cache_write_1h,
        usage.image_in,
        usage.audio_in,
        usage.video_in,
        usage.reasoning,
        usage.audio_out,
        usage.image_out,
        usage.searches,
    )
    if any(rarely):
        for place, count in zip(_RARELY, rarely, strict=True):
            row[place] += min(count, TOK_MAX)


@lru_cache(maxsize=1024)
def app_of(url: str, title: str | None) -> str:
    """The app behind a Referer: its origin; "" where there is none, or a local one without a title.

    Source: contract section 9.5.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host or parts.scheme not in ("http", "https") or (host in _LOCAL and not title):
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def _put(rows: dict[_Place, _Row], place: _Place, more: Iterable[int]) -> None:
    row = rows.get(place)
    rows[place] = list(more) if row is None else list(map(add, row, more))


def _rows(
    rows: Mapping[tuple[int, str, str], _Row] | Mapping[tuple[int, str, str, str], _Row],
) -> Iterator[tuple[int | str, ...]]:
    for place, row in rows.items():
        yield (*place, *row)


def _by_position(name: str) -> str:
    """Bound by position: names cost twice the time."""
    return re.sub(r":\w+", "?", SQL[name])


_ADD_HOUR: Final = _by_position("add_endpoint_hour")
_ADD_DAY: Final = _by_position("add_model_day")
_ADD_APP: Final = _by_position("add_app_day")
_ADD_KEY: Final = _by_position("add_key_day")

_PRUNINGS: Final = (
    "prune_endpoint_hours",
    "prune_model_days",
    "prune_app_days",
    "prune_key_days",
)
_PRUNE_HELPING: Final = 2000


async def prune_rollups(database: Database, before_day: int) -> int:
    """Deletes sums of days before that UTC day, in helpings; how many rows.

    A record that is replayed later, for a day that is gone, opens that day again with itself alone.

    Raises:
        StoreUnavailable: The store failed; helpings before that are gone.
    """
    pruned = 0
    for name in _PRUNINGS:
        params = {"day": before_day, "limit": _PRUNE_HELPING}
        while helping := await database.write(
            lambda db, sql=SQL[name], params=params: db.execute(sql, params).rowcount
        ):
            pruned += helping
    return pruned
