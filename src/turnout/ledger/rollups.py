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


class Rollups:
    """The sums of one batch."""

    __slots__ = ("_apps", "_hours", "_keys", "_titles")

    def __init__(self) -> None:
        self._hours: dict[tuple[int, str, str, str], _Row] = {}
        self._apps: dict[tuple[int, str, str], _Row] = {}
        self._keys: dict[tuple[int, str, str], _Row] = {}
        self._titles: dict[tuple[int, str, str], str] = {}

    def add(self, generation: Generation) -> None:
        """Takes in one record."""
        hour = generation.created_ms // HOUR_MS
        for attempt in generation.attempts:
            self._attempt(hour, attempt, generation)
        served = bool(generation.endpoint)
        used = _used(generation) if served else _NOTHING
        if served:
            place = (hour, generation.model, generation.provider, generation.endpoint)
            row = self._hour(place)
            row[_USED_AT] = map(add, row[_USED_AT], used)
        day = hour // _HOURS
        failed = generation.state in ("failed", "interrupted")
        _put(self._keys, (day, generation.key_hash, generation.model), (int(failed), *used))
        app = app_of(generation.app_url, generation.app_title) if generation.app_url else ""
        if app and served:
            self._app((day, app, generation.model), generation.app_title, used)

    def add_probe(self, at_ms: int, attempt: Attempt) -> None:
        """Takes in an attempt that no caller asked for: it measures, and is no use."""
        place = (at_ms // HOUR_MS, attempt.model, attempt.provider, attempt.endpoint)
        self._attempt(place[0], attempt, None)
        self._hour(place)[_PROBES] += 1

    def write(self, connection: sqlite3.Connection) -> None:
        """Adds the sums to the tables. Belongs in the transaction of what was summed."""
        days: dict[tuple[int, str, str], _Row] = {}
        for (hour, model, provider, _), row in self._hours.items():
            _put(days, (hour // _HOURS, model, provider), row)
        connection.executemany(_ADD_HOUR, _rows(self._hours))
        connection.executemany(_ADD_DAY, _rows(days))
        connection.executemany(_ADD_KEY, _rows(self._keys))
        connection.executemany(
            _ADD_APP, ((*place, self._titles[place], *row) for place, row in self._apps.items())
        )

    def _hour(self, place: tuple[int, str, str, str]) -> _Row:
        row = self._hours.get(place)
        if row is None:
            row = self._hours[place] = [0] * len(ALL)
        return row

    def _app(self, place: tuple[int, str, str], title: str | None, used: Iterable[int]) -> None:
        _put(self._apps, place, used)
        self._titles[place] = title or self._titles.get(place, "")

    def _attempt(self, hour: int, attempt: Attempt, of: Generation | None) -> None:
        row = self._hour((hour, attempt.model, attempt.provider, attempt.endpoint))
        row[_ATTEMPTS] += 1
        outcome = attempt.outcome
        if outcome == "served":
            _count_served(row, attempt, of)
        elif outcome == "cancelled":
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
        tokens = of.usage.completion_tok
        if tokens:
            row[_SPEED + COLUMNS_TPS.bucket(tokens * 1000 / latency_ms)] += 1
    if attempt.tools_valid is not None:
        row[_TOOLS] += 1
        row[_TOOLS + 1] += not attempt.tools_valid
    if attempt.shape_valid is not None:
        row[_SHAPED] += 1
        row[_SHAPED + 1] += not attempt.shape_valid


def _used(generation: Generation) -> tuple[int, ...]:
    """In the order of `columns.USED`."""
    usage = generation.usage
    return (
        1,
        generation.unpriced,
        min(usage.text_in, TOK_MAX),
        min(usage.cache_read, TOK_MAX),
        min(usage.cache_write, TOK_MAX),
        min(usage.cache_write_1h, TOK_MAX),
        min(usage.image_in, TOK_MAX),
        min(usage.audio_in, TOK_MAX),
        min(usage.video_in, TOK_MAX),
        min(usage.text_out, TOK_MAX),
        min(usage.reasoning, TOK_MAX),
        min(usage.audio_out, TOK_MAX),
        min(usage.image_out, TOK_MAX),
        min(usage.searches, TOK_MAX),
        generation.cost_nusd,
        generation.prompt_cost_nusd,
        generation.completion_cost_nusd,
    )


_NOTHING: Final = (1, *(0 for _ in USED[1:]))
"""The use of a request that nobody served: it was one."""


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
