"""Names that are no models and stand for a choice among them: `turnout/auto`, `turnout/free`.

OpenRouter's names for the same mean the same here. Source: contract sections 3.1 and 3.10.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from turnout.catalog.index import Routable
from turnout.catalog.rating import Rated
from turnout.catalog.select import Shown
from turnout.core.money import Rate
from turnout.core.types import Endpoint, Modality, Model, Pricing, Unpriced
from turnout.core.usage import Price, Rates

RouterName: TypeAlias = Literal["auto", "free"]

ROUTERS: Final[Mapping[str, RouterName]] = {
    "turnout/auto": "auto",
    "openrouter/auto": "auto",
    "openrouter/auto-beta": "auto",
    "turnout/free": "free",
    "openrouter/free": "free",
}
"""Every name that is taken, to what it does."""

AUTHORS: Final = ("turnout/", "openrouter/")
"""How all of them begin."""

LISTED: Final[Mapping[RouterName, Model]] = {
    "auto": Model(
        slug="turnout/auto",
        canonical_slug="turnout/auto",
        name="Turnout: Auto",
        author="turnout",
        description=(
            "Picks a model for each request: by what the request needs, how hard it looks, and "
            "how much quality is to count against cost. The answer says which model it was."
        ),
        tokenizer="Router",
    ),
    "free": Model(
        slug="turnout/free",
        canonical_slug="turnout/free",
        name="Turnout: Free",
        author="turnout",
        description=(
            "Picks by chance one of the models that cost nothing here and that can take the "
            "request. The answer says which model it was."
        ),
        tokenizer="Router",
    ),
}
"""As rows of the catalog, without what depends on the installation."""

_PRICES: Final[Mapping[RouterName, Pricing]] = {
    "auto": Unpriced("as the model that is picked"),
    "free": Price(rates=Rates(prompt=Rate(0), completion=Rate(0)), source="its models", as_of=""),
}


def router_rows(routable: Routable, rated: Sequence[Rated]) -> Iterator[Shown]:
    """A row for each router that has something to choose from: the union of what that takes."""
    for router, model in LISTED.items():
        reached = [
            endpoint
            for one in rated
            for endpoint in routable.endpoints.get(one.slug, ())
            if router == "auto" or endpoint.id in one.free
        ]
        if reached:
            yield _row(model, _PRICES[router], reached)


def _row(model: Model, price: Pricing, reached: Sequence[Endpoint]) -> Shown:
    inputs = frozenset[Modality]().union(*(endpoint.inputs for endpoint in reached))
    endpoint = Endpoint(
        id=f"{model.slug}@turnout",
        model=model.slug,
        provider="turnout",
        tag="turnout",
        upstream_model=model.slug,
        price=price,
        context_tok=max(one.context_tok for one in reached),
        inputs=inputs,
        parameters=frozenset[str]().union(*(one.parameters or () for one in reached)),
    )
    return Shown(msgspec.structs.replace(model, inputs=inputs), (endpoint,), router=True)
