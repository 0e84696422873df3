"""How moments and money look in JSON answers."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from turnout.core.errors import invalid
from turnout.core.money import Nusd, usd

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def dollars(amount: Nusd | int) -> msgspec.Raw:
    """An amount as an exact JSON number of USD."""
    return msgspec.Raw(usd(Nusd(amount)).encode())


def iso(unix_ms: int) -> str:
    """A moment as ISO 8601 in UTC with milliseconds: "2026-11-23T02:00:00.000Z"."""
    moment = _EPOCH + timedelta(milliseconds=unix_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{unix_ms % 1000:03d}Z"


def day_text(day: int) -> str:
    """A UTC day, counted from 1970-01-01, as "2026-11-23"."""
    return (_EPOCH + timedelta(days=day)).date().isoformat()


def moment_ms(field: str, text: str | None) -> int | None:
    """Unix ms of an ISO 8601 moment; without a zone it is UTC.

    Raises:
        Refusal: The text is not one.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(field, "must be an ISO 8601 time such as 2027-01-31T00:00:00Z") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
