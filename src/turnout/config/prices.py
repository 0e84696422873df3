"""Prices of the file → exact rates."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from turnout.config.settings import Prices
from turnout.core.money import Rate, rate_per_million, rate_per_unit
from turnout.core.usage import Price, Rates

PER_UNIT: Final = frozenset({"request", "search"})


def price_faults(prices: Prices) -> Iterator[tuple[str, str]]:
    """Each price that cannot be held exactly, with the reason."""
    for field, usd in _said(prices).items():
        try:
            _rule(field)(usd)
        except ValueError as error:
            yield field, str(error)


def listed_price(prices: Prices, source: str, as_of: str) -> Price:
    """The price as the catalog holds it.

    Args:
        prices: In USD, as written.
        source: The file that states it.
        as_of: ISO date on which the file was read.

    Raises:
        ValueError: As told by `price_faults`.
    """
    rates = {field: _rule(field)(usd) for field, usd in _said(prices).items()}
    return Price(rates=Rates(**rates), source=source, as_of=as_of)


def _said(prices: Prices) -> Mapping[str, Decimal]:
    said = {field: getattr(prices, field) for field in Prices.__struct_fields__}
    return {field: usd for field, usd in said.items() if usd is not None}


def _rule(field: str) -> Callable[[Decimal], Rate]:
    return rate_per_unit if field in PER_UNIT else rate_per_million
