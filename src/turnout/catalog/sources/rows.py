"""The form every source is read into: one row is one model name at one publisher's provider."""

from decimal import Decimal
from typing import Final, Literal

import msgspec

from turnout.core.money import Rate, rate_per_million
from turnout.core.types import Modality, Pricing, Unpriced

_GRAIN: Final = Decimal("1e-9")

SourceName = Literal["models-dev", "genai-prices", "overlay"]


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """What a source says of a model besides its price; None means that it does not say.

    Attributes:
        released: ISO date.
        cutoff: "2023-10" or "2023-10-01".
        tools: Takes tool definitions.
        structured: Enforces a JSON schema.
        temperature: Takes a sampling temperature.
        reasons: Thinks before it answers.
    """

    name: str | None = None
    description: str | None = None
    released: str | None = None
    cutoff: str | None = None
    context_tok: int | None = None
    max_output_tok: int | None = None
    inputs: frozenset[Modality] | None = None
    outputs: frozenset[Modality] | None = None
    open_weights: bool | None = None
    tools: bool | None = None
    structured: bool | None = None
    temperature: bool | None = None
    reasons: bool | None = None


class TierPrice(msgspec.Struct, frozen=True):
    """A price that holds only when its service tier was asked for."""

    tier: Literal["flex", "priority", "ultrafast"]
    price: Pricing


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One model name at one provider, as a source lists it.

    Attributes:
        publisher: The source's own id of the provider.
        upstream: The name on the wire.
        names: Other names of the same thing in the source, `upstream` not among them.
        tiers: Prices of service tiers.
    """

    source: SourceName
    publisher: str
    upstream: str
    names: tuple[str, ...] = ()
    traits: Traits = Traits()
    price: Pricing = Unpriced()
    tiers: tuple[TierPrice, ...] = ()
    deprecated: bool = False


def exact_rate(usd_per_million: Decimal) -> Rate:
    """The rate of a published price, without the noise of its maker's floats.

    Both packages carry figures such as 0.049999999999999996 that are a division's trace, not a
    price; nobody lists one finer than a nano-USD per million tokens, so the trace is cut there.

    Raises:
        ValueError: The price is negative or not finite.
    """
    return rate_per_million(usd_per_million.quantize(_GRAIN))
