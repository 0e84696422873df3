"""Exact money: prices as atto-USD per unit, costs as nano-USD, rounded once, here.

A list price is published as a decimal ("$0.15 per million tokens", "0.00000015" per token). We hold
it as an integer number of atto-USD (1e-18 USD) per token, request, image or search: every published
price we have seen is a multiple of that, and a price that is not is refused at load, never rounded.
A cost is the exact integer sum of tokens times rate, rounded half-even to nano-USD (1e-9 USD).
"""

from decimal import Decimal
from typing import Final, NewType

Rate = NewType("Rate", int)
"""atto-USD per unit (token, request, image, search)."""

Nusd = NewType("Nusd", int)
"""nano-USD: one USD is 1_000_000_000."""

ATTO_PER_USD: Final = 10**18
NANO_PER_USD: Final = 10**9
ATTO_PER_NANO: Final = ATTO_PER_USD // NANO_PER_USD
_MILLION: Final = 10**6


def rate_per_unit(usd: Decimal | str) -> Rate:
    """The rate for a price in USD per single unit.

    Raises:
        ValueError: The price is negative, not finite, or finer than 1e-18 USD.
    """
    value = Decimal(usd)
    if not value.is_finite() or value < 0:
        raise ValueError(f"a price is a finite number of USD, 0 or more; got {usd}")
    atto = value * ATTO_PER_USD
    if atto != atto.to_integral_value():
        raise ValueError(f"a price finer than 1e-18 USD cannot be held exactly; got {usd}")
    return Rate(int(atto))


def rate_per_million(usd: Decimal | str) -> Rate:
    """The rate for a price in USD per million units; errors as `rate_per_unit`."""
    return rate_per_unit(Decimal(usd) / _MILLION)


def usd_per_unit(rate: Rate) -> str:
    """A rate as the catalog's decimal string of USD per unit: "0.00000015", "0"."""
    return plain(Decimal(rate) / ATTO_PER_USD)


def to_nusd(atto_usd: int) -> Nusd:
    """An exact sum of tokens times rate, rounded half-even to nano-USD. The one rounding."""
    whole, rest = divmod(atto_usd, ATTO_PER_NANO)
    twice = rest * 2
    if twice > ATTO_PER_NANO or (twice == ATTO_PER_NANO and whole & 1):
        whole += 1
    return Nusd(whole)


def nusd_from_usd(usd: Decimal | str | int) -> Nusd:
    """An amount in USD as nano-USD.

    Raises:
        ValueError: The amount is not finite or finer than 1e-9 USD.
    """
    nano = Decimal(usd) * NANO_PER_USD
    if not nano.is_finite() or nano != nano.to_integral_value():
        raise ValueError(f"an amount is a number of USD with at most 9 decimals; got {usd}")
    return Nusd(int(nano))


def usd(amount: Nusd) -> str:
    """Nano-USD as a plain decimal text of USD that is also a JSON number: "0.000093", "0"."""
    if amount == 0:
        return "0"
    sign, digits = ("-", -amount) if amount < 0 else ("", amount)
    whole, rest = divmod(digits, NANO_PER_USD)
    if rest == 0:
        return f"{sign}{whole}"
    return f"{sign}{whole}." + f"{rest:09d}".rstrip("0")


def plain(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros: "0.00000015" rather than "1.5E-7"."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
