"""`/credits`: what was granted, what is left, and each movement."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final

import msgspec

from turnout.core.errors import invalid
from turnout.core.money import Nusd, nusd_from_usd, usd
from turnout.edge.ask import Ask, Reply, reply
from turnout.ledger.credits import daily_spend, movements
from turnout.ledger.series import day_of

DAYS: Final = 30
_MOVEMENTS: Final = 500
_LARGEST_USD: Final = 1_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CreditEntry(msgspec.Struct, frozen=True):
    """One movement; `amount` is USD, below zero where credit was taken back."""

    at: int
    amount: str
    reason: str


class SpendDay(msgspec.Struct, frozen=True):
    """What all keys spent on a UTC day, USD."""

    day: str
    spend: str


class CreditView(msgspec.Struct, frozen=True, kw_only=True):
    """The account; amounts are decimal texts of USD.

    Attributes:
        left: Granted less used; below zero where more was used.
        unlimited: Nothing stops requests when it is used up: limits are set on keys.
        entries: Newest first, the last 500.
        days: The last 30, oldest first.
    """

    granted: str
    used: str
    left: str
    unlimited: bool
    entries: list[CreditEntry]
    days: list[SpendDay]


class CreditAnswer(msgspec.Struct, frozen=True):
    """See `CreditView`."""

    data: CreditView


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `POST /credits`: USD with at most 9 decimals, below zero to take back."""

    amount: str
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


async def credit_view(ask: Ask) -> Reply:
    """What was granted, used and is left, with each movement and the spending of 30 days."""
    return reply(CreditAnswer(await _view(ask)))


async def grant_credit(ask: Ask) -> Reply:
    """Grant credit, or take it back with an amount below zero."""
    body = await ask.body(Grant)
    try:
        amount = nusd_from_usd(Decimal(body.amount))
    except (ValueError, InvalidOperation) as error:
        raise invalid("amount", 'must be USD as text with at most 9 decimals: "5.00"') from error
    if not amount or abs(amount) > nusd_from_usd(_LARGEST_USD):
        raise invalid("amount", f"must not be 0, nor above {_LARGEST_USD} USD")
    await ask.gateway.ledger.grant(amount, body.reason)
    return reply(CreditAnswer(await _view(ask)))


async def _view(ask: Ask) -> CreditView:
    granted, used = await ask.gateway.ledger.credits()
    today = day_of(ask.gateway.clock.unix_ms())
    spent = {d.day: d.nusd for d in await daily_spend(ask.database, today - DAYS + 1)}
    return CreditView(
        granted=usd(granted),
        used=usd(used),
        left=usd(Nusd(granted - used)),
        unlimited=True,
        entries=[
            CreditEntry(m.created_ms // 1000, usd(Nusd(m.nusd)), m.reason)
            for m in await movements(ask.database, _MOVEMENTS)
        ],
        days=[
            SpendDay(f"{_EPOCH + timedelta(days=day):%Y-%m-%d}", usd(Nusd(spent.get(day, 0))))
            for day in range(today - DAYS + 1, today + 1)
        ],
    )
