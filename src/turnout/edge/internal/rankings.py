"""`/rankings`: models, apps and authors by tokens, over this installation's own traffic."""

from typing import Literal

import msgspec

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
