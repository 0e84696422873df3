"""`/apps`, `/app`: who calls, by the origin that requests name."""

from typing import Literal

import msgspec

from turnout.edge.internal.rankings import ModelDay


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
