"""Narrow sums of generations, for pages that look at everybody at once.

    use_minutes, …_hours, …_days, …_months   kind x time x name   use; but minutes also attempts
    endpoint_days                            day x model x endpoint
    asked_hours                              hour x model         what became of requests in the end
    apps                                     every app, numbered

`Rollups` makes them beside its own, from the same groups, in the same transaction.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from operator import add
from typing import Final, Literal, TypeVar

from turnout.ledger.columns import AT, USED
from turnout.store.database import Database
from turnout.store.statements import SQL

Kind = Literal["model", "provider", "key", "app"]
"""Whose sums: by slug, by slug, by hash, by origin."""

MINUTES: Final = 60
HOURS: Final = 24
_EPOCH: Final = date(1970, 1, 1).toordinal()

NARROW_USED: Final = (
    "requests",
    "failed",
    "unpriced",
    "prompt_tok",
    "completion_tok",
    "reasoning",
    "cache_read",
    "cost_nusd",
    "prompt_nusd",
    "completion_nusd",
)
NARROW_TRIED: Final = ("attempts", "served", "faults", "rate_limited", "tool_answers")
NARROW: Final = (*NARROW_USED, *NARROW_TRIED)
"""The columns, in the order of the tables. All of them merge by SUM."""

_REQUESTS, _UNPRICED = USED.index("requests"), USED.index("unpriced")
_IN: Final = slice(USED.index("text_in"), USED.index("video_in") + 1)
_OUT: Final = slice(USED.index("text_out"), USED.index("image_out") + 1)
_REASONING, _CACHE_READ = USED.index("reasoning"), USED.index("cache_read")
_MONEY: Final = slice(USED.index("cost_nusd"), USED.index("completion_nusd") + 1)
_TRIED: Final = tuple(AT[name] for name in NARROW_TRIED)
_NOTHING_TRIED: Final = (0,) * len(NARROW_TRIED)
_NOTHING_USED: Final = (0,) * len(NARROW_USED)

_Place = TypeVar("_Place")
_At = tuple[Kind, int, str]
_Row = Sequence[int]
_Endpoint = tuple[int, str, str, str]


class Uses:
    """The narrow sums of one batch."""

    __slots__ = ("_apps", "_asked", "_endpoints", "_hours", "_minutes")

    def __init__(self) -> None:
        self._minutes: dict[_At, _Row] = {}
        self._hours: dict[_At, _Row] = {}
        self._endpoints: dict[_Endpoint, _Row] = {}
        self._asked: dict[tuple[int, str], list[int]] = {}
        self._apps: dict[str, tuple[str, int]] = {}

    def asked(self, hour: int, model: str, *, served: bool, count: int = 1) -> None:
        """Takes in how requests ended; the model is the one that was tried first."""
        row = self._asked.setdefault((hour, model), [0, 0])
        row[not served] += count

    def used(self, minute: int, names: dict[Kind, str], row: Sequence[int]) -> None:
        """Takes in the use of records that agree in all names.

        Args:
            row: In the order of `columns.USED`, and what failed behind it.
        """
        narrow = _narrow(row)
        for kind, name in names.items():
            _put(self._minutes, (kind, minute, name), narrow)

    def named(self, app: str, title: str, day: int) -> None:
        """Takes in that an app was there, and what it called itself."""
        before = self._apps.get(app, ("", day))
        self._apps[app] = (title or before[0], min(day, before[1]))

    def tried(
        self, hour: int, model: str, provider: str, endpoint: str, row: Sequence[int]
    ) -> None:
        """Takes in a row of `endpoint_hours`: attempts, and use by who served."""
        attempts = [row[place] for place in _TRIED]
        both = (*_NOTHING_USED, *attempts)
        _put(self._hours, ("model", hour, model), both)
        _put(self._hours, ("provider", hour, provider), both)
        used = _narrow((*row[AT["requests"] : AT["requests"] + len(USED)], 0))
        _put(self._endpoints, (hour // HOURS, model, provider, endpoint), (*used, *attempts))

    def write(self, connection: sqlite3.Connection) -> None:
        """Adds the sums to the tables. Belongs in the transaction of what was summed."""
        hours, days, months = self._hours, dict[_At, _Row](), dict[_At, _Row]()
        for (kind, minute, name), row in self._minutes.items():
            _put(hours, (kind, minute // MINUTES, name), (*row, *_NOTHING_TRIED))
        for (kind, hour, name), row in hours.items():
            _put(days, (kind, hour // HOURS, name), row)
        for (kind, day, name), row in days.items():
            _put(months, (kind, month_start(day), name), row)
        widths = (_MINUTE, self._minutes), (_HOUR, hours), (_DAY, days), (_MONTH, months)
        for sql, rows in widths:
            connection.executemany(sql, ((*place, *row) for place, row in rows.items()))
        connection.executemany(
            _ENDPOINT_DAY, ((*place, *row) for place, row in self._endpoints.items())
        )
        connection.executemany(_ASKED, ((*place, *row) for place, row in self._asked.items()))
        connection.executemany(_APP, ((app, *told) for app, told in self._apps.items()))


@lru_cache(maxsize=1024)
def month_start(day: int) -> int:
    """The day on which a day's month begins, both counted from 1970-01-01."""
    return date.fromordinal(day + _EPOCH).replace(day=1).toordinal() - _EPOCH


def _narrow(row: Sequence[int]) -> tuple[int, ...]:
    """The ten numbers that pages show, of a row in the order of USED with what failed behind it."""
    return (
        row[_REQUESTS],
        row[-1],
        row[_UNPRICED],
        sum(row[_IN]),
        sum(row[_OUT]),
        row[_REASONING],
        row[_CACHE_READ],
        *row[_MONEY],
    )


def _put(rows: dict[_Place, _Row], place: _Place, more: Iterable[int]) -> None:
    row = rows.get(place)
    rows[place] = tuple(more) if row is None else tuple(map(add, row, more))


def _by_position(name: str) -> str:
    """Bound by position: names cost twice the time."""
    return re.sub(r":\w+", "?", SQL[name])


_MINUTE: Final = _by_position("add_use_minute")
_HOUR: Final = _by_position("add_use_hour")
_DAY: Final = _by_position("add_use_day")
_MONTH: Final = _by_position("add_use_month")
_ENDPOINT_DAY: Final = _by_position("add_endpoint_day")
_ASKED: Final = _by_position("add_asked_hour")
_APP: Final = _by_position("name_app")

_HELPING: Final = 2000


async def prune_minutes(database: Database, before_minute: int) -> int:
    """Deletes sums by minute of before that unix minute, in helpings; how many rows.

    Raises:
        StoreUnavailable: The store failed; helpings before that are gone.
    """
    pruned = 0
    params = {"before": before_minute, "limit": _HELPING}
    while helping := await database.write(
        lambda db: db.execute(SQL["prune_use_minutes"], params).rowcount
    ):
        pruned += helping
    return pruned
