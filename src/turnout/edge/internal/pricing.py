"""`/models/{author}/{slug}/pricing`: list prices beside what tokens really cost."""

from typing import Literal

import msgspec

from turnout.edge.internal.model import Effective


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
