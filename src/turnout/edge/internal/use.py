"""`/models/{author}/{slug}/activity`, `…/apps`: who uses a model, and how much."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.desk import DAYS, Desk, added, dollars_text, rate
from turnout.edge.shapes import day_text
from turnout.ledger import used

_RANGES: Final[Mapping[str, int]] = {"30d": 30, "90d": 90}
MOST_APPS: Final = 100


class UseQuery(msgspec.Struct, frozen=True):
    """Query of a model's activity."""

    range: Literal["30d", "90d"] = "30d"


class AppsQuery(msgspec.Struct, frozen=True):
    """Query of lists of apps."""

    range: Literal["1d", "1w", "30d"] = "30d"


class UseDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a model: tokens by kind (cached ones are prompt tokens too, reasoning completion).

    Attributes:
        cost: USD.
        tool_answers: Answers with at least one tool call.
    """

    day: str
    requests: int
    prompt: int
    completion: int
    reasoning: int
    cached: int
    cost: str
    tool_answers: int


class ModelUse(msgspec.Struct, frozen=True):
    """Every day of the range, oldest first, those without requests included."""

    days: list[UseDay]


class ModelUseAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models/{author}/{slug}/activity`."""

    data: ModelUse


class ModelApp(msgspec.Struct, frozen=True, kw_only=True):
    """An app that sends to a model; share: of the model's tokens, 0 to 1."""

    app: str
    title: str
    url: str | None
    tokens: int
    requests: int
    share: float


class ModelApps(msgspec.Struct, frozen=True):
    """Most tokens first."""

    apps: list[ModelApp]


class ModelAppsAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models/{author}/{slug}/apps`."""

    data: ModelApps


async def get_model_activity(ask: Ask) -> Reply:
    """Tell a model's requests and tokens by day."""
    desk, query = Desk(ask), ask.asked(UseQuery)
    since, until = desk.since(_RANGES[query.range]), desk.today + 1
    rows = await used.endpoint_days(desk.database, desk.model().slug, since, until)
    by_day: dict[int, list[used.EndpointDay]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    days = [_day(day, added(by_day.get(day, ()))) for day in range(since, until)]
    return reply(ModelUseAnswer(ModelUse(days)))


async def get_model_apps(ask: Ask) -> Reply:
    """List the apps that send the most tokens to a model."""
    desk, query = Desk(ask), ask.asked(AppsQuery)
    slug, since = desk.model().slug, desk.since(DAYS[query.range])
    days = await used.endpoint_days(desk.database, slug, since, desk.today + 1)
    total = sum(day.tokens for day in days)
    apps = await used.model_apps(desk.database, slug, since, desk.today + 1, MOST_APPS)
    return reply(ModelAppsAnswer(ModelApps([_app(app, total) for app in apps])))


def _day(day: int, sums: used.Narrow) -> UseDay:
    return UseDay(
        day=day_text(day),
        requests=sums.requests,
        prompt=sums.prompt_tok,
        completion=sums.completion_tok,
        reasoning=sums.reasoning,
        cached=sums.cache_read,
        cost=dollars_text(sums.cost_nusd),
        tool_answers=sums.tool_answers,
    )


def _app(app: used.AppTotal, total: int) -> ModelApp:
    return ModelApp(
        app=app.app,
        title=app.title or app.app.partition("://")[2],
        url=app.app,
        tokens=app.tokens,
        requests=app.requests,
        share=rate(app.tokens, total) or 0.0,
    )
