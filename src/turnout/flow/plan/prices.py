"""What an endpoint costs: its list price blended, or the price of a typical request."""

from collections.abc import Sequence
from typing import Final

import msgspec

from turnout.core.types import Endpoint, Unpriced
from turnout.metrics.reading import Reading

PROMPT_SHARE: Final = 3  # of 4 tokens: a typical chat sends three tokens for each it gets
_TYPICAL_OUT_TOK: Final = 256.0


class Mix(msgspec.Struct, frozen=True):
    """Tokens of a typical request to one model, from what was really sent."""

    prompt_tok: float
    completion_tok: float


def blended_rate(endpoint: Endpoint) -> int | None:
    """Atto-USD for a token of the typical mix, or None for an unpriced endpoint."""
    if isinstance(endpoint.price, Unpriced):
        return None
    rates = endpoint.price.rates
    return (rates.prompt * PROMPT_SHARE + rates.completion) // (PROMPT_SHARE + 1)


def mix_of(readings: Sequence[Reading | None]) -> Mix:
    """The mean request over all endpoints, so that nobody is judged by what it happened to get."""
    served = sum(r.served for r in readings if r is not None)
    completion = sum(r.completion_tok for r in readings if r is not None)
    prompt = sum(r.prompt_tok for r in readings if r is not None)
    if not served or not completion:
        return Mix(_TYPICAL_OUT_TOK * PROMPT_SHARE, _TYPICAL_OUT_TOK)
    return Mix(prompt / served, completion / served)


def request_price(endpoint: Endpoint, cache_share: float, mix: Mix) -> float | None:
    """Atto-USD for a typical request with so many of its prompt tokens read from the cache."""
    price = endpoint.price
    if isinstance(price, Unpriced):
        return None
    rates = price.rates_for(int(mix.prompt_tok)) if price.tiers else price.rates
    cached = rates.prompt if rates.cache_read is None else rates.cache_read
    prompt = rates.prompt + (cached - rates.prompt) * cache_share
    total = prompt * mix.prompt_tok + rates.completion * mix.completion_tok
    return total + (rates.request or 0)
