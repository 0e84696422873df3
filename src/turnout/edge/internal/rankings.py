"""`/rankings`: models, apps and authors by tokens, over this installation's own traffic."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.desk import DAYS, Desk, rate
from turnout.edge.shapes import day_text
from turnout.ledger import used
from turnout.ledger.uses import Kind

_LEAST_DAYS: Final = 7
DRAWN: Final = 9
"""So many are drawn by themselves, the others together."""
MOST_RANKED: Final = 1000
View = Literal["day", "week", "month"]


class RankingsQuery(msgspec.Struct, frozen=True):
    """Query of the rankings: today, the last 7 or the last 30 UTC days."""

    view: View = "week"


class RankedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model among the others.

    Attributes:
        share: Of all tokens, 0 to 1.
        change: Tokens against the equally long time before, 0.5 being half as much again; None
            when there were none.
    """

    rank: int
    slug: str
    name: str
    author: str
    tokens: int
    requests: int
    share: float
    change: float | None


class RankedApp(msgspec.Struct, frozen=True, kw_only=True):
    """An app among the others; share: of the tokens of all apps."""

    rank: int
    app: str
    title: str
    tokens: int
    requests: int
    share: float
    change: float | None


class RankedAuthor(msgspec.Struct, frozen=True, kw_only=True):
    """An author's share of all tokens."""

    author: str
    name: str
    tokens: int
    share: float


class ModelDay(msgspec.Struct, frozen=True):
    """A model's tokens on a day; slug "" are the others together."""

    day: str
    slug: str
    tokens: int


class AuthorDay(msgspec.Struct, frozen=True):
    """An author's tokens on a day; author "" are the others together."""

    day: str
    author: str
    tokens: int


class Rankings(msgspec.Struct, frozen=True, kw_only=True):
    """The view's ranks; the series are of 7 days for a day or a week, 30 for a month."""

    since: str
    until: str
    tokens: int
    models: list[RankedModel]
    apps: list[RankedApp]
    authors: list[RankedAuthor]
    series: list[ModelDay]
    author_series: list[AuthorDay]


class RankingsAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /rankings`."""

    data: Rankings


async def get_rankings(ask: Ask) -> Reply:
    """Rank models, apps and authors by tokens over a day, a week or a month."""
    desk, query = Desk(ask), ask.asked(RankingsQuery)
    days = DAYS[query.view]
    since, until = desk.since(days), desk.today + 1
    models = await _ranked_kind(desk, "model", since, until)
    apps = await _ranked_kind(desk, "app", since, until)
    total = sum(row.tokens for row, _ in models)
    drawn = desk.since(max(days, _LEAST_DAYS))
    authors = await used.author_days(desk.database, drawn, until)
    by_author = _author_totals(authors, since)
    return reply(
        RankingsAnswer(
            Rankings(
                since=day_text(since),
                until=day_text(desk.today),
                tokens=total,
                models=_models(desk, models, total),
                apps=await ranked_apps(desk, apps),
                authors=[
                    RankedAuthor(
                        author=author,
                        name=desk.shelf.author_name(author),
                        tokens=tokens,
                        share=rate(tokens, total) or 0.0,
                    )
                    for author, tokens in by_author
                ],
                series=await model_series(
                    desk, drawn, until, [row.name for row, _ in models[:DRAWN]]
                ),
                author_series=author_series(authors, [author for author, _ in by_author[:DRAWN]]),
            )
        )
    )


async def _ranked_kind(
    desk: Desk, kind: Kind, since: int, until: int
) -> list[tuple[used.Named, float | None]]:
    """Everybody with tokens, most first, each with its change against the time before."""
    now = await used.totals(desk.database, kind, "days", since, until, MOST_RANKED)
    before = await used.totals(desk.database, kind, "days", 2 * since - until, since)
    earlier = {row.name: row.tokens for row in before}
    return [
        (row, round(row.tokens / past - 1, 4) if (past := earlier.get(row.name)) else None)
        for row in now
        if row.name and row.tokens
    ]


def _models(
    desk: Desk, ranked: Sequence[tuple[used.Named, float | None]], total: int
) -> list[RankedModel]:
    return [
        RankedModel(
            rank=rank,
            slug=row.name,
            name=desk.shelf.model_name(row.name),
            author=row.name.partition("/")[0],
            tokens=row.tokens,
            requests=row.requests,
            share=rate(row.tokens, total) or 0.0,
            change=change,
        )
        for rank, (row, change) in enumerate(ranked, start=1)
    ]


async def ranked_apps(
    desk: Desk, ranked: Sequence[tuple[used.Named, float | None]]
) -> list[RankedApp]:
    """Apps with their titles."""
    total = sum(row.tokens for row, _ in ranked)
    names = await used.app_names(desk.database, [row.name for row, _ in ranked])
    return [
        RankedApp(
            rank=rank,
            app=row.name,
            title=title_of(row.name, names),
            tokens=row.tokens,
            requests=row.requests,
            share=rate(row.tokens, total) or 0.0,
            change=change,
        )
        for rank, (row, change) in enumerate(ranked, start=1)
    ]


def title_of(app: str, names: Mapping[str, used.AppName]) -> str:
    """What an app calls itself, else its host."""
    known = names.get(app)
    return (known.title if known is not None else "") or app.partition("://")[2] or app


async def model_series(desk: Desk, since: int, until: int, slugs: Sequence[str]) -> list[ModelDay]:
    """The named models' tokens by day, and the others' together."""
    rows = await used.steps(desk.database, "model", "days", since, until, slugs)
    whole = await used.sums(desk.database, "model", "days", since, until)
    left = {step.at: step.tokens for step in whole}
    days: list[ModelDay] = []
    for row in rows:
        left[row.at] -= row.tokens
        days.append(ModelDay(day_text(row.at), row.name, row.tokens))
    days += [ModelDay(day_text(day), "", tokens) for day, tokens in left.items() if tokens]
    return sorted(days, key=lambda row: row.day)


def _author_totals(rows: Sequence[used.AuthorTokens], since: int) -> list[tuple[str, int]]:
    totals: Counter[str] = Counter()
    for row in rows:
        if row.at >= since and row.tokens:
            totals[row.author] += row.tokens
    return totals.most_common()


def author_series(rows: Sequence[used.AuthorTokens], authors: Sequence[str]) -> list[AuthorDay]:
    """The named authors' tokens by day, and the others' together."""
    sums: Counter[tuple[int, str]] = Counter()
    for row in rows:
        sums[row.at, row.author if row.author in authors else ""] += row.tokens
    return [AuthorDay(day_text(day), author, n) for (day, author), n in sorted(sums.items()) if n]
