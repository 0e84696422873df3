"""`/models/{author}/{slug}`: one model with its endpoints and parameters."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.catalog.variants import STATIC
from turnout.core.types import Endpoint, Model
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.cards import (
    Effective,
    EndpointCard,
    Link,
    ModelFacts,
    Name,
    Standing,
)
from turnout.edge.internal.dealing import endpoint_card, model_facts, shares
from turnout.edge.internal.desk import Desk, added, by_name, effective, uptime_days
from turnout.edge.internal.parameters import ParameterCard, parameter_cards
from turnout.ledger import used

_WEEK: Final = 7
_MONTH: Final = 30


class Standings(msgspec.Struct, frozen=True):
    """By price (three prompt tokens for one of completion) and by context."""

    price: Standing | None
    context: Standing | None


class ModelPage(ModelFacts, frozen=True, kw_only=True):
    """A model and all that its page opens with.

    Attributes:
        canonical_slug: The dated one, which never changes.
        expires: ISO date on which it goes away.
        variants: Its other rows ("…:free").
        endpoints: Primary first.
    """

    canonical_slug: str
    expires: str | None
    links: list[Link]
    variants: list[Name]
    standing: Standings
    endpoints: list[EndpointCard]
    parameters: list[ParameterCard]
    effective: Effective


class ModelAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models/{author}/{slug}`."""

    data: ModelPage


async def get_model(ask: Ask) -> Reply:
    """Get one model with its endpoints, parameters, variants and standing."""
    desk = Desk(ask)
    return reply(ModelAnswer(await page_of(desk, desk.model())))


async def page_of(desk: Desk, model: Model) -> ModelPage:
    """The page of a model as it is now."""
    shelf, slug = desk.shelf, model.slug
    days = await used.endpoint_days(desk.database, slug, desk.since(_MONTH), desk.today + 1)
    return ModelPage(
        **model_facts(shelf, model, desk.live, desk.weekly_tokens(model)),
        canonical_slug=model.canonical_slug,
        expires=model.expires,
        links=_links(model),
        variants=_variants(desk, slug),
        standing=Standings(shelf.price_standing(slug), shelf.context_standing(slug)),
        endpoints=endpoint_cards(desk, shelf.endpoints(slug), days),
        parameters=parameter_cards(shelf, slug),
        effective=effective(added(days)),
    )


def endpoint_cards(
    desk: Desk, endpoints: Sequence[Endpoint], days: Sequence[used.EndpointDay]
) -> list[EndpointCard]:
    """Endpoints of one model, with what its last 30 days say of them."""
    judged = by_name(
        [used.Judged(at=d.day, name=d.endpoint, served=d.served, faults=d.faults) for d in days]
    )
    since, until = desk.since(_MONTH), desk.today + 1
    share = shares(_requests(days, desk.since(_WEEK)))
    return [
        endpoint_card(
            desk.shelf,
            endpoint,
            desk.live.endpoint(endpoint.id),
            days=uptime_days(judged.get(endpoint.id, ()), since, until),
            share=share.get(endpoint.id, 0.0) if share else None,
        )
        for endpoint in endpoints
    ]


def _requests(days: Sequence[used.EndpointDay], since: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in days:
        if row.day >= since:
            found[row.endpoint] += row.requests
    return found


def _links(model: Model) -> list[Link]:
    links = [Link("API", f"/api/v1/models/{model.canonical_slug}/endpoints")]
    if model.hugging_face_id is not None:
        links.append(Link("Weights", f"https://huggingface.co/{model.hugging_face_id}"))
    return links


def _variants(desk: Desk, slug: str) -> list[Name]:
    """The other rows of the same model."""
    base = slug.partition(":")[0]
    names = (base, *(f"{base}:{static}" for static in STATIC))
    models = desk.shelf.catalog.models
    return [Name(name, models[name].name) for name in names if name != slug and name in models]
