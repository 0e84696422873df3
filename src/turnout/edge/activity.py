"""`GET /activity`: thirty completed UTC days by model and endpoint. Contract section 2.3."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from turnout.core.errors import Refusal, invalid
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.datasets import day_in
from turnout.edge.shapes import day_text, dollars
from turnout.ledger import used
from turnout.ledger.series import day_of

DAYS: Final = 30
WORKSPACE: Final = "default"
_KEPT: Final = "activity"


class ActivityAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Query of `GET /activity`.

    Attributes:
        date: One of the last thirty completed UTC days.
        api_key_hash: One key's activity; by model, for a key's sums know no endpoint.
        workspace_id: There is one, "default". user_id: there are no users but the operator.
    """

    date: str | None = None
    api_key_hash: str | None = None
    user_id: str | None = None
    group_by: Literal["workspace"] | None = None
    workspace_id: str | None = None


class ActivityItem(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a model at an endpoint; amounts are USD.

    Attributes:
        endpoint_id: "" as provider_name, where one key is asked for.
    """

    date: str
    model: str
    model_permaslug: str
    endpoint_id: str
    provider_name: str
    usage: msgspec.Raw
    byok_usage_inference: int
    requests: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cached_tokens: int
    workspace_id: str | msgspec.UnsetType = msgspec.UNSET


class Activity(msgspec.Struct, frozen=True):
    """Latest day first."""

    data: list[ActivityItem]


async def get_activity(ask: Ask) -> Reply:
    """List use by day, model and endpoint over the last 30 completed UTC days."""
    query = ask.asked(ActivityAsked)
    if query.user_id is not None:
        raise Refusal("invalid_request", "user_id: there are no users here.", param="user_id")
    if query.workspace_id not in (None, WORKSPACE):
        raise Refusal("not_found", "There is one workspace, “default”.", param="workspace_id")
    since, until = _days(ask, query.date)
    if query.api_key_hash is None:
        days = await _encoded_days(ask, since, until, query)
        return Reply(body=b'{"data":[' + b",".join(filter(None, days)) + b"]}")
    spent = await used.key_days(ask.database, query.api_key_hash, since, until)
    return reply(Activity([_of_key(ask, row, query) for row in spent]))


async def _encoded_days(ask: Ask, since: int, until: int, query: ActivityAsked) -> list[bytes]:
    """Each day's items without brackets, latest first; a day that is long over is kept so.

    Thirty days of hundreds of endpoints are some megabytes: too much to make for every caller.
    """
    today = day_of(ask.gateway.clock.unix_ms())
    kept = ask.views.shelves.of(ask.gateway.snapshot, ask.settings).kept
    found: dict[int, bytes] = {}
    for day in range(since, until):
        encoded = kept.get((_KEPT, day, query.group_by))
        if isinstance(encoded, bytes):
            found[day] = encoded
    missing = [day for day in range(since, until) if day not in found]
    if missing:
        rows = await used.all_endpoint_days(ask.database, missing[0], missing[-1] + 1)
        fresh = await asyncio.to_thread(_encoded, ask, rows, query)
        for day in missing:
            found[day] = fresh.get(day, b"")
            if day < today - 1:  # what was accepted before midnight may end after it
                kept[_KEPT, day, query.group_by] = found[day]
        for place in [p for p in kept if p[0] == _KEPT and p[1] == today - DAYS - 1]:
            del kept[place]
    return [found[day] for day in range(until - 1, since - 1, -1)]


def _encoded(
    ask: Ask, rows: Sequence[used.EndpointDay], query: ActivityAsked
) -> Mapping[int, bytes]:
    days: dict[int, list[ActivityItem]] = {}
    for row in rows:
        days.setdefault(row.day, []).append(_of_endpoint(ask, row, query))
    return {day: msgspec.json.encode(items)[1:-1] for day, items in days.items()}


def _days(ask: Ask, wanted: str | None) -> tuple[int, int]:
    today = day_of(ask.gateway.clock.unix_ms())
    if wanted is None:
        return today - DAYS, today
    day = day_in("date", wanted[: len("2026-01-31")])
    if not today - DAYS <= day < today:
        raise invalid("date", f"must be one of the last {DAYS} completed UTC days.")
    return day, day + 1


def _of_endpoint(ask: Ask, row: used.EndpointDay, query: ActivityAsked) -> ActivityItem:
    facts = ask.gateway.snapshot.routable.catalog.providers.get(row.provider)
    return ActivityItem(
        date=day_text(row.day),
        model=row.model,
        model_permaslug=_permaslug(ask, row.model),
        endpoint_id=row.endpoint,
        provider_name=row.provider if facts is None else facts.name,
        usage=dollars(row.cost_nusd),
        byok_usage_inference=0,
        requests=row.requests,
        prompt_tokens=row.prompt_tok,
        completion_tokens=row.completion_tok,
        reasoning_tokens=row.reasoning,
        cached_tokens=row.cache_read,
        workspace_id=_workspace(query),
    )


def _of_key(ask: Ask, row: used.AppUse, query: ActivityAsked) -> ActivityItem:
    return ActivityItem(
        date=day_text(row.day),
        model=row.model,
        model_permaslug=_permaslug(ask, row.model),
        endpoint_id="",
        provider_name="",
        usage=dollars(row.cost_nusd),
        byok_usage_inference=0,
        requests=row.requests,
        prompt_tokens=row.prompt_tok,
        completion_tokens=row.completion_tok,
        reasoning_tokens=row.reasoning,
        cached_tokens=row.cache_read,
        workspace_id=_workspace(query),
    )


def _workspace(query: ActivityAsked) -> str | msgspec.UnsetType:
    return msgspec.UNSET if query.group_by is None else WORKSPACE


def _permaslug(ask: Ask, slug: str) -> str:
    model = ask.gateway.snapshot.routable.catalog.models.get(slug)
    return slug if model is None else model.canonical_slug
