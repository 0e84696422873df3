"""`/apps`, `/app`: who calls, by the origin that requests name."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from turnout.core.errors import Refusal
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.desk import DAYS, Desk, rate
from turnout.edge.internal.rankings import MOST_RANKED, ModelDay, title_of
from turnout.edge.internal.use import AppsQuery
from turnout.edge.shapes import day_text
from turnout.ledger import used


class AppQuery(msgspec.Struct, frozen=True):
    """Query of `/app`: its origin, such as "https://app.example"."""

    app: str
    range: Literal["1d", "1w", "30d"] = "30d"


class AppCard(msgspec.Struct, frozen=True, kw_only=True):
    """An app; models: how many it used; share: of the tokens of all apps, 0 to 1."""

    app: str
    title: str
    url: str
    tokens: int
    requests: int
    models: int
    share: float
    rank: int


class Apps(msgspec.Struct, frozen=True):
    """Most tokens first."""

    apps: list[AppCard]


class AppsAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /apps`."""

    data: Apps


class AppModel(msgspec.Struct, frozen=True):
    """What an app used of a model."""

    slug: str
    name: str
    tokens: int
    requests: int


class AppPage(msgspec.Struct, frozen=True, kw_only=True):
    """One app over the range; rank: None without tokens in it. Days without tokens are left out."""

    app: str
    title: str
    url: str
    tokens: int
    requests: int
    prompt: int
    completion: int
    rank: int | None
    days: list[ModelDay]
    models: list[AppModel]


class AppAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /app`."""

    data: AppPage


async def list_apps(ask: Ask) -> Reply:
    """List apps by tokens."""
    desk, query = Desk(ask), ask.asked(AppsQuery)
    since, until = desk.since(DAYS[query.range]), desk.today + 1
    rows = await used.totals(desk.database, "app", "days", since, until, MOST_RANKED)
    found = [row for row in rows if row.name and row.tokens]
    total = sum(row.tokens for row in found)
    names = await used.app_names(desk.database, [row.name for row in found])
    models = await used.model_counts(desk.database, since, until)
    apps = [
        AppCard(
            app=row.name,
            title=title_of(row.name, names),
            url=row.name,
            tokens=row.tokens,
            requests=row.requests,
            models=models.get(row.name, 0),
            share=rate(row.tokens, total) or 0.0,
            rank=rank,
        )
        for rank, row in enumerate(found, start=1)
    ]
    return reply(AppsAnswer(Apps(apps)))


async def get_app(ask: Ask) -> Reply:
    """Get one app: what it used by day and model."""
    desk, query = Desk(ask), ask.asked(AppQuery)
    names = await used.app_names(desk.database, [query.app])
    if query.app not in names:
        raise Refusal("not_found", "No app with this origin was seen here.", param="app")
    since, until = desk.since(DAYS[query.range]), desk.today + 1
    rows = await used.app_days(desk.database, query.app, since, until)
    ranked = await used.totals(desk.database, "app", "days", since, until)
    others = [row.name for row in ranked if row.name and row.tokens]
    models = _by_model(rows)
    return reply(
        AppAnswer(
            AppPage(
                app=query.app,
                title=title_of(query.app, names),
                url=query.app,
                tokens=sum(model.tokens for model in models),
                requests=sum(model.requests for model in models),
                prompt=sum(row.prompt_tok for row in rows),
                completion=sum(row.completion_tok for row in rows),
                rank=others.index(query.app) + 1 if query.app in others else None,
                days=[
                    ModelDay(day_text(row.day), row.model, row.prompt_tok + row.completion_tok)
                    for row in rows
                ],
                models=[
                    AppModel(row.slug, desk.shelf.model_name(row.slug), row.tokens, row.requests)
                    for row in models
                ],
            )
        )
    )


def _by_model(rows: Sequence[used.AppUse]) -> list[AppModel]:
    """Most tokens first; the name is the slug still."""
    tokens: Counter[str] = Counter()
    requests: Counter[str] = Counter()
    for row in rows:
        tokens[row.model] += row.prompt_tok + row.completion_tok
        requests[row.model] += row.requests
    return [AppModel(slug, slug, n, requests[slug]) for slug, n in tokens.most_common()]
