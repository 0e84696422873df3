"""`/models/{author}/{slug}/activity`, `…/apps`: who uses a model, and how much."""

from typing import Literal

import msgspec


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
