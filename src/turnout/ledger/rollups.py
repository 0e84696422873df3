"""Sums of generations by hour and day, written with them or not at all.

A batch is summed in memory first, then each row is one INSERT … ON CONFLICT DO UPDATE SET x = x +
excluded.x. It happens in the transaction that stores the generations, for those that are new: so a
record that is replayed after a crash is not counted twice.

    endpoint_hours  hour x model x provider x endpoint   from attempts, and use by who served
    model_days      day x model x provider               the same by day
    app_days        day x app x model                    use
    key_days        day x key x model                    use, and what failed

The narrow ones of `ledger.uses` are made beside them. Time is that of the generation's acceptance.
What is measured is in docs/explain/measures.md.
"""

import re
import sqlite3
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import add
from typing import Final, TypeVar
from urllib.parse import urlsplit

from turnout.core.errors import VERDICTS
from turnout.core.histogram import COLUMNS_MS, COLUMNS_TPS
from turnout.core.types import Attempt, Generation
from turnout.ledger.columns import ALL, AT, USED
from turnout.ledger.uses import MINUTES, Uses
from turnout.store.database import Database
from turnout.store.statements import SQL

HOUR_MS: Final = 3_600_000
_MINUTE_MS: Final = 60_000
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
_UNKNOWN: Final = (_OTHER, False)
_ALL_RESTING: Final = "provider_overloaded"
"""The error type of a request for which everybody was cooling down after faults."""
_MODE: Final = re.compile(r":(?:nitro|floor|exacto|online)(?=:|$)")
"""Suffixes that name no other model. Source: contract section 3.4."""
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 (names, no socket)

_Place = TypeVar("_Place", bound=Hashable)
_Row = list[int]
_Hour = tuple[int, str, str, str]
_Day = tuple[int, str, str]
Group = tuple[int, str, str, str, str, str | None, str | None]
"""Minute, model, provider, endpoint, key, app's address and title: equal for many records."""


class Rollups:
    """The sums of one batch."""

    __slots__ = ("_hours", "_used", "_uses")

    def __init__(self) -> None:
        self._hours: dict[_Hour, _Row] = {}
        self._used: dict[Group, _Row] = {}
        self._uses = Uses()

    def add(self, generation: Generation) -> None:
        """Takes in one record; a few microseconds, of which most records' use is one row."""
        minute = generation.created_ms // _MINUTE_MS
        hour = minute // MINUTES
        for attempt in generation.attempts:
            self._attempt(hour, attempt, generation)
        if (served := _ended(generation)) is not None:
            self._uses.asked(hour, _asked(generation), served=served)
        group = (
            minute,
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

    def add_measured(self, place: _Hour, sums: Sequence[int]) -> None:
        """Takes in an hour of an endpoint's attempts summed elsewhere, in the order of `ALL`.

        Its use is left at zero: that comes by `add_used`.
        """
        _put(self._hours, place, sums)

    def add_used(self, group: Group, sums: Sequence[int]) -> None:
        """Takes in use summed elsewhere, in the order of `USED`, then how many requests failed."""
        _put(self._used, group, sums)

    def add_asked(self, hour: int, model: str, served: int, failed: int) -> None:
        """Takes in how so many requests ended that tried this model first."""
        self._uses.asked(hour, model, served=True, count=served)
        self._uses.asked(hour, model, served=False, count=failed)

    def write(self, connection: sqlite3.Connection) -> None:
        """Adds the sums to the tables. Belongs in the transaction of what was summed."""
        keys: dict[_Day, _Row] = {}
        apps: dict[_Day, _Row] = {}
        titles: dict[_Day, str] = {}
        for (minute, model, provider, endpoint, key, url, title), row in self._used.items():
            hour, used = minute // MINUTES, row[:-1]
            day, app = hour // _HOURS, app_of(url, title) if url else ""
            _put(keys, (day, key, model), (row[_FAILED], *used))
            self._uses.used(
                minute, {"model": model, "provider": provider, "key": key, "app": app}, row
            )
            if app:
                self._uses.named(app, title or "", day)
            if not endpoint:
                continue
            wide = self._hour((hour, model, provider, endpoint))
            wide[_USED_AT] = map(add, wide[_USED_AT], used)
            if app:
                _put(apps, (day, app, model), used)
                titles[day, app, model] = title or titles.get((day, app, model), "")
        days: dict[_Day, _Row] = {}
        for (hour, model, provider, endpoint), row in self._hours.items():
            _put(days, (hour // _HOURS, model, provider), row)
            self._uses.tried(hour, model, provider, endpoint, row)
        connection.executemany(_ADD_HOUR, _rows(self._hours))
        connection.executemany(_ADD_DAY, _rows(days))
        connection.executemany(_ADD_KEY, _rows(keys))
        connection.executemany(
            _ADD_APP, ((*place, titles[place], *row) for place, row in apps.items())
        )
        self._uses.write(connection)

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
            column, fault = _KINDS.get(outcome, _UNKNOWN)
            row[column] += 1
            row[_FAULTS] += fault
            row[_RATE_LIMITED] += outcome == "rate_limited"


def _ended(generation: Generation) -> bool | None:
    """Whether a request was served in the end; None where neither yes nor no says anything."""
    attempts = generation.attempts
    if generation.state == "succeeded" and attempts:
        return True
    if generation.state != "failed":
        return None
    if not attempts:  # nobody was well enough to be tried
        return False if generation.error_type == _ALL_RESTING else None
    return False if _KINDS.get(attempts[-1].outcome, _UNKNOWN)[1] else None


def _asked(generation: Generation) -> str:
    """The model that was tried first, else the one that was asked for."""
    if generation.attempts:
        return generation.attempts[0].model
    return _MODE.sub("", generation.requested)


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
    "prune_use_hours",
    "prune_use_days",
    "prune_use_months",
    "prune_endpoint_days",
    "prune_asked_hours",
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
