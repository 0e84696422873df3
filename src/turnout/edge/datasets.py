"""`/datasets/…`: rankings of models and apps, in the contract's shapes, over our own traffic.

Source: contract section 2.8. Filters by what is not recorded here (context lengths, use cases,
languages, an app's category) are refused rather than left out.
"""

import re
from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from turnout.core.errors import Refusal, invalid
from turnout.core.types import Modality
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.shapes import day_text, iso
from turnout.ledger import slices, used
from turnout.ledger.series import day_of

FLOOR: Final = date(2025, 1, 1)
LONGEST_DAYS: Final = 366
USUAL_DAYS: Final = 30
TOP: Final = 50
OTHER: Final = "other"
_EPOCH: Final = date(1970, 1, 1).toordinal()
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Sought = Literal["text", "image", "image_output", "audio", "tool_calling"]


class RankingsDailyQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Query of `GET /datasets/rankings-daily`; the last four cannot be answered here."""

    start_date: str | None = None
    end_date: str | None = None
    period: Literal["day", "week", "month"] = "day"
    modality: Sought | None = None
    context_bucket: str | None = None
    category: str | None = None
    language_type: str | None = None


class RankingsDailyItem(msgspec.Struct, frozen=True):
    """A model's tokens in a period; "other" is all behind the first 50."""

    date: str
    model_permaslug: str
    total_tokens: str


class DatasetMeta(msgspec.Struct, frozen=True, kw_only=True):
    """What was really looked at; both days are included."""

    as_of: str
    start_date: str
    end_date: str
    version: Literal["v1"] = "v1"


class RankingsDaily(msgspec.Struct, frozen=True):
    """By date, then by tokens, most first; "other" is the last of its date."""

    data: list[RankingsDailyItem]
    meta: DatasetMeta


class AppRankingsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Query of `GET /datasets/app-rankings`; category and subcategory cannot be answered here."""

    category: str | None = None
    subcategory: str | None = None
    sort: Literal["popular", "trending"] = "popular"
    start_date: str | None = None
    end_date: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = TOP
    offset: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0


class AppRankingsItem(msgspec.Struct, frozen=True, kw_only=True):
    """An app; rank is absolute."""

    app_id: int
    app_name: str
    rank: int
    total_requests: int
    total_tokens: str


class AppRankings(msgspec.Struct, frozen=True):
    """Apps as asked for."""

    data: list[AppRankingsItem]
    meta: DatasetMeta


class Span(msgspec.Struct, frozen=True):
    """UTC days since 1970-01-01; the last is included."""

    first: int
    last: int

    @property
    def days(self) -> int:
        """How many."""
        return self.last - self.first + 1


async def rankings_daily(ask: Ask) -> Reply:
    """List the 50 models with the most tokens of each day, week or month."""
    query = ask.asked(RankingsDailyQuery)
    for field in ("context_bucket", "category", "language_type"):
        _refuse_unrecorded(field, getattr(query, field))
    span = span_of(ask, query.start_date, query.end_date)
    rows = await slices.model_steps(
        ask.database,
        span.first,
        span.last + 1,
        query.period,
        with_tools=query.modality == "tool_calling",
    )
    kept = [row for row in rows if _has_modality(ask, row.model, query.modality)]
    return reply(RankingsDaily(top_of(ask, kept), _meta(ask, span)))


def top_of(ask: Ask, rows: list[slices.ModelStep]) -> list[RankingsDailyItem]:
    """The first 50 of each date and the others as one."""
    items: list[RankingsDailyItem] = []
    by_date: dict[int, list[slices.ModelStep]] = {}
    for row in rows:
        if row.tokens:
            by_date.setdefault(row.at, []).append(row)
    for at, found in by_date.items():
        named = sorted((-row.tokens, _permaslug(ask, row.model)) for row in found[:TOP])
        day = day_text(at)
        items += [RankingsDailyItem(day, name, str(-tokens)) for tokens, name in named]
        if others := sum(row.tokens for row in found[TOP:]):
            items.append(RankingsDailyItem(day, OTHER, str(others)))
    return items


async def app_rankings(ask: Ask) -> Reply:
    """Rank apps by tokens, or by their growth over the three equal windows before."""
    query = ask.asked(AppRankingsQuery)
    for field in ("category", "subcategory"):
        _refuse_unrecorded(field, getattr(query, field))
    span = span_of(ask, query.start_date, query.end_date)
    rows = await used.totals(ask.database, "app", "days", span.first, span.last + 1)
    ranked = [row for row in rows if row.name and row.tokens]
    if query.sort == "trending":
        ranked = await _growing(ask, ranked, span)
    page = ranked[query.offset : query.offset + query.limit]
    names = await used.app_names(ask.database, [row.name for row in page])
    items = [
        AppRankingsItem(
            app_id=names[row.name].id,
            app_name=names[row.name].title or row.name.partition("://")[2],
            rank=rank,
            total_requests=row.requests,
            total_tokens=str(row.tokens),
        )
        for rank, row in enumerate(page, start=query.offset + 1)
    ]
    return reply(AppRankings(items, _meta(ask, span)))


async def _growing(ask: Ask, rows: list[used.Named], span: Span) -> list[used.Named]:
    """Those above the mean of the three windows before, by how much; the others are left out."""
    first = span.first - 3 * span.days
    before = await used.totals(ask.database, "app", "days", first, span.first)
    usual = {row.name: row.tokens for row in before}
    excess = [(3 * row.tokens - usual.get(row.name, 0), row) for row in rows]
    grown = [pair for pair in excess if pair[0] > 0]
    return [row for _, row in sorted(grown, key=lambda pair: (-pair[0], pair[1].name))]


def span_of(ask: Ask, start: str | None, end: str | None) -> Span:
    """The days that are meant: 30 that end with yesterday, unless said otherwise.

    Raises:
        Refusal: A date is none, lies before the floor, or they are too far apart.
    """
    last = day_of(ask.gateway.clock.unix_ms()) - 1 if end is None else day_in("end_date", end)
    first = last - USUAL_DAYS + 1 if start is None else day_in("start_date", start)
    floor = FLOOR.toordinal() - _EPOCH
    if last < floor:
        raise invalid("end_date", f"must be {FLOOR.isoformat()} or later.")
    first = max(first, floor)
    if first > last:
        raise invalid("start_date", "must not lie after end_date.")
    if last - first + 1 > LONGEST_DAYS:
        raise invalid("start_date", f"must be at most {LONGEST_DAYS} days before end_date.")
    return Span(first, last)


def day_in(field: str, text: str) -> int:
    """A calendar date as UTC days since 1970-01-01.

    Raises:
        Refusal: It is none.
    """
    problem = invalid(field, "must be a calendar date such as 2026-01-31.")
    if not _DATE.fullmatch(text):
        raise problem
    try:
        return date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError as error:
        raise problem from error


def _meta(ask: Ask, span: Span) -> DatasetMeta:
    return DatasetMeta(
        as_of=iso(ask.gateway.clock.unix_ms()),
        start_date=day_text(span.first),
        end_date=day_text(span.last),
    )


_SHOWN_BY: Final[dict[str, tuple[Literal["inputs", "outputs"], Modality]]] = {
    "text": ("outputs", "text"),
    "image_output": ("outputs", "image"),
    "image": ("inputs", "image"),
    "audio": ("inputs", "audio"),
}


def _has_modality(ask: Ask, slug: str, sought: Sought | None) -> bool:
    if sought is None or sought == "tool_calling":
        return True
    side, modality = _SHOWN_BY[sought]
    model = ask.gateway.snapshot.routable.catalog.models.get(slug)
    return model is not None and modality in getattr(model, side)


def _permaslug(ask: Ask, slug: str) -> str:
    model = ask.gateway.snapshot.routable.catalog.models.get(slug)
    return slug if model is None else model.canonical_slug


def _refuse_unrecorded(field: str, value: str | None) -> None:
    if value is not None:
        raise Refusal(
            "invalid_request",
            f"{field}: nothing is recorded here that this could filter by; leave it out.",
            param=field,
        )
