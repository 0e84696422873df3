"""`/models/{author}/{slug}/pricing`: list prices beside what tokens really cost."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from turnout.core.types import Endpoint
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.cards import Effective
from turnout.edge.internal.dealing import prices
from turnout.edge.internal.desk import Desk, added, effective
from turnout.edge.shapes import day_text
from turnout.ledger import used

_RANGES: Final[Mapping[str, int]] = {"1w": 7, "30d": 30, "90d": 90}


class PricingQuery(msgspec.Struct, frozen=True):
    """Query of the pricing page."""

    range: Literal["1w", "30d", "90d"] = "30d"


class EndpointPrice(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint's list price and its effective one, USD a token."""

    tag: str
    name: str
    list_prompt: str | None
    list_completion: str | None
    prompt: str | None
    completion: str | None
    cache_hit_rate: float | None
    tokens: int


class DayPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A day's effective price at an endpoint; tag "" is the model over all of them."""

    day: str
    tag: str
    prompt: str | None
    completion: str | None
    cache_hit_rate: float | None
    tokens: int


class ModelPricing(msgspec.Struct, frozen=True):
    """Of the range: the whole model, its endpoints, and both by day."""

    effective: Effective
    providers: list[EndpointPrice]
    days: list[DayPrice]


class PricingAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models/{author}/{slug}/pricing`."""

    data: ModelPricing


async def get_pricing(ask: Ask) -> Reply:
    """Tell a model's list prices and what its tokens really cost, by endpoint and day."""
    desk, query = Desk(ask), ask.asked(PricingQuery)
    slug = desk.model().slug
    since = desk.since(_RANGES[query.range])
    rows = await used.endpoint_days(desk.database, slug, since, desk.today + 1)
    return reply(PricingAnswer(pricing_of(desk, slug, rows)))


def pricing_of(desk: Desk, slug: str, rows: Sequence[used.EndpointDay]) -> ModelPricing:
    """Sums by endpoint and by day; a day without tokens has no row."""
    by_endpoint: dict[str, list[used.EndpointDay]] = {}
    by_day: dict[int, list[used.EndpointDay]] = {}
    for row in rows:
        by_endpoint.setdefault(row.endpoint, []).append(row)
        by_day.setdefault(row.day, []).append(row)
    days = [_day(day, "", added(found)) for day, found in by_day.items()]
    days += [_day(row.day, desk.shelf.tag(row.endpoint), row) for row in rows]
    return ModelPricing(
        effective=effective(added(rows)),
        providers=[
            _endpoint(desk, endpoint, added(by_endpoint.get(endpoint.id, ())))
            for endpoint in desk.shelf.endpoints(slug)
        ],
        days=[day for day in days if day.tokens],
    )


def _endpoint(desk: Desk, endpoint: Endpoint, sums: used.Narrow) -> EndpointPrice:
    listed, real = prices(endpoint.price), effective(sums)
    return EndpointPrice(
        tag=endpoint.tag,
        name=desk.shelf.provider_name(endpoint.provider),
        list_prompt=listed.prompt,
        list_completion=listed.completion,
        prompt=real.prompt,
        completion=real.completion,
        cache_hit_rate=real.cache_hit_rate,
        tokens=real.tokens,
    )


def _day(day: int, tag: str, sums: used.Narrow) -> DayPrice:
    real = effective(sums)
    return DayPrice(
        day=day_text(day),
        tag=tag,
        prompt=real.prompt,
        completion=real.completion,
        cache_hit_rate=real.cache_hit_rate,
        tokens=real.tokens,
    )
