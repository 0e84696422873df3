"""`/models/{author}/{slug}`: one model with its endpoints and parameters."""

from typing import Literal

import msgspec

from turnout.edge.internal.cards import EndpointCard, Link, ModelFacts, Name, Word

Fate = Literal["honoured", "translated", "emulated", "dropped"]
"""What becomes of a request parameter at an endpoint."""


class Standing(msgspec.Struct, frozen=True):
    """Where a model is among all that have the number; percentile 0 to 100, of those below it."""

    word: Word
    percentile: float


class Standings(msgspec.Struct, frozen=True):
    """By price (three prompt tokens for one of completion) and by context."""

    price: Standing | None
    context: Standing | None


class ParameterCard(msgspec.Struct, frozen=True, kw_only=True):
    """A request parameter: what it takes and what each endpoint does with it, by tag."""

    name: str
    type: str
    range: str | None
    default: str | None
    description: str
    by_endpoint: dict[str, Fate]


class Effective(msgspec.Struct, frozen=True, kw_only=True):
    """What tokens really cost over the last 30 days, USD each, and the share read from caches."""

    prompt: str | None
    completion: str | None
    cache_hit_rate: float | None
    tokens: int


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
