"""What the narrow sums say, for pages: typed rows of named queries, each by an index.

As `ledger.series`, which reads the wide ones: every function reads on one of the store's reader
threads and raises StoreUnavailable when that fails; times are UTC, counted from 1970-01-01 in the
unit of the table; `until` is not included.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeVar

import msgspec

from turnout.ledger.uses import Kind
from turnout.store.database import Database, Params

Width = Literal["minutes", "hours", "days", "months"]
"""Of steps; a month's `at` is the day on which it begins."""

_T = TypeVar("_T")
EVERYBODY: Final = 1_000_000


class Narrow(msgspec.Struct, frozen=True, kw_only=True):
    """Sums of use and of attempts; words as in `series.Use` and `series.Tries`.

    Attributes:
        failed: Of the requests, those that ended without an answer.
        attempts: Zero where they are not counted: of keys, apps and minutes.
    """

    requests: int = 0
    failed: int = 0
    unpriced: int = 0
    prompt_tok: int = 0
    completion_tok: int = 0
    reasoning: int = 0
    cache_read: int = 0
    cost_nusd: int = 0
    prompt_nusd: int = 0
    completion_nusd: int = 0
    attempts: int = 0
    served: int = 0
    faults: int = 0
    rate_limited: int = 0
    tool_answers: int = 0

    @property
    def tokens(self) -> int:
        """In and out together."""
        return self.prompt_tok + self.completion_tok


class Named(Narrow, frozen=True, kw_only=True):
    """Somebody of a kind over a while."""

    name: str


class EndpointDay(Narrow, frozen=True, kw_only=True):
    """An endpoint on a day."""

    day: int
    model: str = ""
    provider: str = ""
    endpoint: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody over one step; name "" where it is everybody."""

    at: int
    requests: int
    tokens: int
    cost_nusd: int
    name: str = ""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged of a provider or an endpoint in one step."""

    at: int
    name: str
    served: int
    faults: int
    requests: int = 0


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an hour's requests in the end, as far as that says anything."""

    hour: int
    served: int
    failed: int


class ModelTokens(msgspec.Struct, frozen=True, kw_only=True):
    """A model's tokens on a day."""

    day: int
    model: str
    tokens: int


class AuthorTokens(msgspec.Struct, frozen=True, kw_only=True):
    """An author's tokens on a day."""

    at: int
    author: str
    tokens: int


class AppUse(msgspec.Struct, frozen=True, kw_only=True):
    """What an app, or a key, used of a model on a day."""

    day: int
    model: str
    requests: int
    prompt_tok: int
    completion_tok: int
    reasoning: int = 0
    cache_read: int = 0
    cost_nusd: int = 0


class AppTotal(msgspec.Struct, frozen=True, kw_only=True):
    """An app at one model."""

    app: str
    title: str
    requests: int
    tokens: int


class AppName(msgspec.Struct, frozen=True, kw_only=True):
    """An app's number and the last title that it gave itself, "" for none."""

    id: int
    app: str
    title: str


class _Count(msgspec.Struct, frozen=True):
    app: str
    models: int


class _KeyName(msgspec.Struct, frozen=True):
    hash: str
    name: str
    label: str


async def totals(
    database: Database, kind: Kind, width: Width, since: int, until: int, limit: int = EVERYBODY
) -> Sequence[Named]:
    """Everybody of a kind, most tokens first; name "" is what has none."""
    params = _span(since, until) | {"kind": kind, "limit": limit}
    return await _rows(database, f"use_totals_of_{width}", params, Named)


async def steps(
    database: Database, kind: Kind, width: Width, since: int, until: int, names: Iterable[str]
) -> Sequence[Step]:
    """The named ones, step by step, oldest first."""
    params = _span(since, until) | {"kind": kind, "names": _json(names)}
    return await _rows(database, f"use_series_of_{width}", params, Step)


async def sums(
    database: Database, kind: Kind, width: Width, since: int, until: int
) -> Sequence[Step]:
    """Everybody of a kind together, step by step, oldest first."""
    params = _span(since, until) | {"kind": kind}
    return await _rows(database, f"use_sums_of_{width}", params, Step)


async def judged_days(
    database: Database, kind: Kind, since: int, until: int, name: str | None = None
) -> Sequence[Judged]:
    """What is judged of everybody of a kind, or of the one that is named, day by day."""
    params = _span(since, until) | {"kind": kind}
    if name is None:
        return await _rows(database, "use_of_day_by_name", params, Judged)
    return await _rows(database, "use_of_named_days", params | {"name": name}, Judged)


async def author_days(database: Database, since: int, until: int) -> Sequence[AuthorTokens]:
    """Authors' tokens, day by day."""
    return await _rows(database, "use_of_author_days", _span(since, until), AuthorTokens)


async def endpoint_days(
    database: Database, model: str, since: int, until: int
) -> Sequence[EndpointDay]:
    """One model's endpoints, day by day, oldest first."""
    params = _span(since, until) | {"model": model}
    return await _rows(database, "endpoint_days_narrow", params, EndpointDay)


async def all_endpoint_days(database: Database, since: int, until: int) -> Sequence[EndpointDay]:
    """Every endpoint that was used, day by day, latest first."""
    return await _rows(database, "endpoint_days_of_all", _span(since, until), EndpointDay)


async def provider_models(
    database: Database, provider: str, since: int, until: int
) -> Sequence[ModelTokens]:
    """What one provider served, day by day and model by model."""
    params = _span(since, until) | {"provider": provider}
    return await _rows(database, "model_days_of_provider", params, ModelTokens)


async def judged_endpoints(
    database: Database, provider: str, since: int, until: int
) -> Sequence[Judged]:
    """What is judged of one provider's endpoints, by id, day by day."""
    params = _span(since, until) | {"provider": provider}
    return await _rows(database, "endpoint_uptime_days", params, Judged)


async def judged_hours(database: Database, model: str, since: int, until: int) -> Sequence[Judged]:
    """What is judged of one model's endpoints, by id, hour by hour."""
    params = _span(since, until) | {"model": model}
    return await _rows(database, "endpoint_uptime_hours", params, Judged)


async def asked_hours(database: Database, model: str, since: int, until: int) -> Sequence[Asked]:
    """What became of the requests for one model, hour by hour."""
    params = _span(since, until) | {"model": model}
    return await _rows(database, "asked_hours_of_model", params, Asked)


async def key_days(database: Database, key_hash: str, since: int, until: int) -> Sequence[AppUse]:
    """What one key used and got, day by day and model by model, latest first."""
    params = _span(since, until) | {"key_hash": key_hash}
    return await _rows(database, "key_days_by_model", params, AppUse)


async def app_days(database: Database, app: str, since: int, until: int) -> Sequence[AppUse]:
    """What one app used, day by day and model by model, oldest first."""
    return await _rows(database, "use_of_app", _span(since, until) | {"app": app}, AppUse)


async def model_apps(
    database: Database, model: str, since: int, until: int, limit: int
) -> Sequence[AppTotal]:
    """Apps by their tokens at one model, most first."""
    params = _span(since, until) | {"model": model, "limit": limit}
    return await _rows(database, "apps_of_model", params, AppTotal)


async def model_counts(database: Database, since: int, until: int) -> dict[str, int]:
    """How many models each app used."""
    rows = await _rows(database, "models_of_apps", _span(since, until), _Count)
    return {row.app: row.models for row in rows}


async def app_names(database: Database, apps: Iterable[str]) -> dict[str, AppName]:
    """Numbers and titles of apps, by origin; those that were never seen are left out."""
    rows = await _rows(database, "apps_named", {"names": _json(apps)}, AppName)
    return {row.app: row for row in rows}


async def app_origins(database: Database, numbers: Iterable[str]) -> dict[str, str]:
    """Origins of apps by their numbers, in decimal."""
    rows = await _rows(database, "apps_numbered", {"numbers": _json(numbers)}, AppName)
    return {str(row.id): row.app for row in rows}


async def key_names(database: Database, hashes: Iterable[str]) -> dict[str, str]:
    """What keys are called, by hash; those that were deleted are left out."""
    rows = await _rows(database, "keys_named", {"names": _json(hashes)}, _KeyName)
    return {row.hash: row.name or row.label for row in rows}


async def _rows(database: Database, name: str, params: Params, kind: type[_T]) -> list[_T]:
    return msgspec.convert(await database.read(name, params), list[kind])


def _span(since: int, until: int) -> dict[str, int | str]:
    return {"since": since, "until": until}


def _json(names: Iterable[str]) -> str:
    return msgspec.json.encode(list(names)).decode()
