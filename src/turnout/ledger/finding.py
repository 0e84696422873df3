"""Finding records: filtered, newest first, page by page; as quick among ten million as among ten.

One filter has an index; those beside it are looked at row by row. A page ends when it is full or
when its time is up, and then says where to go on: it may hold fewer records than were asked for,
or none, and still have a next one.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from turnout.core.clock import Clock
from turnout.core.types import Generation
from turnout.ledger.generations import decode
from turnout.ledger.ledger import Cursor, Ledger
from turnout.ledger.rollups import app_of

Status: TypeAlias = Literal["ok", "error", "cancelled"]

MOST: Final = 100
"""Records of a page."""
BUDGET_S: Final = 0.04
"""Time of a page after which it goes on no further."""
_STRETCH_ROWS: Final = 500
"""Rows that are looked at in one statement; some milliseconds when they are on disk."""
_NO_END: Final[Cursor] = (1 << 62, "")
_AFTER_ALL: Final = "\U0010ffff"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which records; None is every one.

    Attributes:
        model: That served; of what nobody served, that was asked for. Such records are found with
            the status "error" or "cancelled", not by a model alone.
        provider: That served.
        app: Origin of the Referer.
        id_prefix: How their id begins.
        since_ms: At or after; until_ms: before.
    """

    model: str | None = None
    provider: str | None = None
    key_hash: str | None = None
    app: str | None = None
    status: Status | None = None
    id_prefix: str | None = None
    since_ms: int = 0
    until_ms: int | None = None

    def fits(self, record: Generation) -> bool:
        """Whether a record that is not stored yet is wanted."""
        app = app_of(record.app_url or "", record.app_title)
        ends_ms = _NO_END[0] if self.until_ms is None else self.until_ms
        return (
            self.model in {None, record.model or record.requested}
            and self.provider in {None, record.provider}
            and self.key_hash in {None, record.key_hash}
            and self.app in {None, app}
            and self.status in {None, status_of(record)}
            and record.id.startswith(self.id_prefix or "")
            and self.since_ms <= record.created_ms < ends_ms
        )

    def place(self, created_ms: int, id: str) -> Cursor:  # noqa: A002 (it is the record's own word)
        """Where a record stands in the order; by id alone where ids are looked for.

        Ids begin with their second, so both orders are that of time, down to the second.
        """
        return (0, id) if self.id_prefix is not None else (created_ms, id)


class Page(msgspec.Struct, frozen=True):
    """Records, newest first, and where the next page begins; None after the last."""

    records: list[Generation]
    next: Cursor | None


class _Row(msgspec.Struct, frozen=True):
    created_ms: int
    id: str
    body: bytes | None


def status_of(record: Generation) -> Status:
    """How a request ended, for a person."""
    match record.state:
        case "succeeded":
            return "ok"
        case "cancelled":
            return "cancelled"
        case "failed" | "interrupted":
            return "error"


async def find(
    ledger: Ledger, clock: Clock, wanted: Wanted, limit: int, before: Cursor | None = None
) -> Page:
    """A page of records older than a cursor.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    cursor = before or _NO_END
    if wanted.until_ms is not None and wanted.id_prefix is None:
        cursor = min(cursor, (wanted.until_ms, ""))
    fresh = [
        r for r in ledger.not_stored if wanted.fits(r) and wanted.place(r.created_ms, r.id) < cursor
    ]
    found: dict[str, Generation] = {}
    scanned, rows_max, more = cursor, limit, True
    ends_s = clock.now_s() + BUDGET_S
    while more and len(found) < limit and clock.now_s() < ends_s:
        rows = await _stretch(ledger, wanted, scanned, rows_max)
        more, rows_max = len(rows) == rows_max, _STRETCH_ROWS
        for row in rows:
            scanned = wanted.place(row.created_ms, row.id)
            if row.body is not None:
                found[row.id] = decode(row.body)
                if len(found) == limit:
                    more = True
                    break
    return _page(wanted, found, fresh, limit, scanned if more else None)


def _page(
    wanted: Wanted,
    found: dict[str, Generation],
    fresh: list[Generation],
    limit: int,
    scanned: Cursor | None,
) -> Page:
    """What was found and what is not stored yet, down to where the search came."""

    def place(record: Generation) -> Cursor:
        return wanted.place(record.created_ms, record.id)

    found |= {r.id: r for r in fresh if scanned is None or place(r) > scanned}
    newest = sorted(found.values(), key=place, reverse=True)
    if len(newest) > limit:
        return Page(newest[:limit], place(newest[limit - 1]))
    return Page(newest, scanned)


async def _stretch(ledger: Ledger, wanted: Wanted, before: Cursor, limit: int) -> list[_Row]:
    name, own = _statement(wanted, before)
    params: dict[str, str | int | None] = {
        "key_hash": wanted.key_hash,
        "model": wanted.model,
        "provider": wanted.provider,
        "app": wanted.app,
        "status": wanted.status,
        "since_ms": wanted.since_ms,
        "until_ms": wanted.until_ms,
        "before_ms": before[0],
        "before_id": before[1],
        "limit": limit,
    }
    return msgspec.convert(await ledger.database.read(name, {**params, **own}), list[_Row])


def _statement(wanted: Wanted, before: Cursor) -> tuple[str, Mapping[str, str]]:
    """The statement whose index leaves the fewest rows to look at, as far as one can tell."""
    prefix = wanted.id_prefix
    if prefix is not None:
        ends = {"from_id": prefix, "to_id": before[1] or prefix + _AFTER_ALL}
        return "scan_generations_by_id", ends
    by = (
        ("scan_generations_of_key", wanted.key_hash is not None),
        ("scan_generations_of_app", bool(wanted.app)),
        ("scan_generations_failed", wanted.status == "error"),
        ("scan_generations_cancelled", wanted.status == "cancelled"),
        ("scan_generations_of_model", wanted.model is not None),
        ("scan_generations_of_provider", wanted.provider is not None),
    )
    return next((name for name, is_given in by if is_given), "scan_generations"), {}
