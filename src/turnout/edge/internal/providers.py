"""`/providers`, `/providers/{slug}`: who hosts models, under which terms, how well."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from turnout.core.errors import Refusal
from turnout.core.types import DataPolicy, Endpoint
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.cards import DayUptime, EndpointCard, ProviderCard
from turnout.edge.internal.dealing import endpoint_card, policy_card
from turnout.edge.internal.desk import Desk, by_name, uptime, uptime_days
from turnout.edge.internal.live import worst
from turnout.edge.internal.rankings import ModelDay
from turnout.edge.shapes import day_text
from turnout.ledger import used

_MONTH: Final = 30
_QUARTER: Final = 90
_DRAWN: Final = 9


class Providers(msgspec.Struct, frozen=True):
    """Those that are on first, then by name."""

    providers: list[ProviderCard]


class ProvidersAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /providers`."""

    data: Providers


class ProviderPage(ProviderCard, frozen=True, kw_only=True):
    """A provider with its endpoints.

    Attributes:
        days: Tokens of the last 90 days by model, the nine largest and "" for the others.
        uptime_days: The last 90, oldest first.
    """

    endpoints: list[EndpointCard]
    days: list[ModelDay]
    uptime_days: list[DayUptime]


class ProviderAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /providers/{slug}`."""

    data: ProviderPage


async def list_providers(ask: Ask) -> Reply:
    """List who hosts models, under which terms and how well."""
    desk = Desk(ask)
    measures = await _measures(desk)
    slugs = [
        slug
        for slug, facts in desk.shelf.catalog.providers.items()
        if desk.shelf.is_on(slug) or (not facts.resells and desk.shelf.model_count(slug))
    ]
    cards = [ProviderCard(**_facts(desk, slug, measures)) for slug in slugs]
    cards.sort(key=lambda card: (not card.on, card.name.lower()))
    return reply(ProvidersAnswer(Providers(cards)))


async def get_provider(ask: Ask) -> Reply:
    """Get one provider with its endpoints, tokens by day and uptime."""
    desk, slug = Desk(ask), ask.path("slug")
    shelf = desk.shelf
    if slug not in shelf.catalog.providers:
        raise Refusal("not_found", "No provider has this slug.", param="slug")
    since, until = desk.since(_QUARTER), desk.today + 1
    judged = await used.judged_days(desk.database, "provider", since, until, slug)
    tokens = await used.provider_models(desk.database, slug, since, until)
    uptimes = by_name(await used.judged_endpoints(desk.database, slug, desk.since(_MONTH), until))
    cards = [
        endpoint_card(
            shelf,
            endpoint,
            desk.live.endpoint(endpoint.id),
            days=uptime_days(uptimes.get(endpoint.id, ()), desk.since(_MONTH), until),
        )
        for endpoint in shelf.at_provider(slug)
    ]
    return reply(
        ProviderAnswer(
            ProviderPage(
                **_facts(desk, slug, await _measures(desk)),
                endpoints=cards,
                days=top_models(tokens),
                uptime_days=uptime_days(judged, since, until),
            )
        )
    )


class _Measures(msgspec.Struct, frozen=True):
    """Sums by provider: of today and yesterday, and of thirty days."""

    day: Mapping[str, used.Named]
    month: Mapping[str, used.Named]


async def _measures(desk: Desk) -> _Measures:
    day, month = [
        {
            row.name: row
            for row in await used.totals(
                desk.database, "provider", "days", desk.since(days), desk.today + 1
            )
        }
        for days in (2, _MONTH)
    ]
    return _Measures(day, month)


def _facts(desk: Desk, slug: str, measures: _Measures) -> dict[str, Any]:
    """What `ProviderCard` holds."""
    shelf, facts = desk.shelf, desk.shelf.provider(slug)
    endpoints = shelf.at_provider(slug)
    day = measures.day.get(slug) or used.Narrow()
    month = measures.month.get(slug) or used.Narrow()
    return {
        "slug": slug,
        "name": facts.name,
        "on": shelf.is_on(slug),
        "off_reason": shelf.off_reason(slug),
        "models": shelf.model_count(slug),
        "headquarters": facts.headquarters,
        "datacenters": list(facts.datacenters),
        "data_policy": policy_card(_usual_policy(endpoints), facts),
        "status": worst(desk.live.endpoint(e.id).condition for e in endpoints),
        "uptime_1d": uptime(day.served, day.faults),
        "uptime_30d": uptime(month.served, month.faults),
        "tokens_30d": month.tokens,
        "status_page_url": facts.status_page_url,
        "privacy_policy_url": facts.privacy_policy_url,
        "terms_of_service_url": facts.terms_of_service_url,
    }


def _usual_policy(endpoints: Sequence[Endpoint]) -> DataPolicy:
    """What most of its endpoints do; the first of equals."""
    found = Counter(e.data_policy for e in endpoints)
    return found.most_common(1)[0][0] if found else DataPolicy()


def top_models(rows: Sequence[used.ModelTokens]) -> list[ModelDay]:
    """The nine largest models by day, and the others together."""
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row.model] += row.tokens
    largest = {slug for slug, _ in totals.most_common(_DRAWN)}
    sums: Counter[tuple[int, str]] = Counter()
    for row in rows:
        sums[row.day, row.model if row.model in largest else ""] += row.tokens
    return [ModelDay(day_text(day), slug, n) for (day, slug), n in sorted(sums.items()) if n]
