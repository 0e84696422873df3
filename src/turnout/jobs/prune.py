"""Deletes records that are older than the operator wants to keep."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, Protocol

from turnout.core.clock import Clock
from turnout.ledger.contents import Contents
from turnout.ledger.ledger import Ledger
from turnout.ledger.rollups import prune_rollups
from turnout.ledger.uses import prune_minutes
from turnout.store.database import StoreUnavailable

PERIOD_S: Final = 6 * 3600.0
_DAY_MS: Final = 86_400_000
_MINUTE_MS: Final = 60_000
MINUTES_KEPT: Final = 24 * 60
"""Sums by minute are for the last hour's page; more than a day of them is of no use."""


class Keep(Protocol):
    """For how many days what is kept; None is for ever."""

    @property
    def generations_days(self) -> int | None:
        """Records of generations."""
        ...

    @property
    def rollups_days(self) -> int | None:
        """Sums by hour and day."""
        ...

    @property
    def content_days(self) -> int:
        """Prompts and answers."""
        ...


log: Final = logging.getLogger(__name__)


async def prune_forever(
    ledger: Ledger, contents: Contents, clock: Clock, retention: Callable[[], Keep]
) -> None:
    """Prunes at once and every six hours; `retention` is asked each time."""
    while True:
        keep = retention()
        try:
            await contents.prune(clock.unix_ms() - keep.content_days * _DAY_MS)
            await _prune(ledger, clock.unix_ms(), keep)
        except StoreUnavailable as error:
            log.warning("records not pruned", extra={"why": str(error)})
        await asyncio.sleep(PERIOD_S)


async def _prune(ledger: Ledger, now_ms: int, keep: Keep) -> None:
    await prune_minutes(ledger.database, now_ms // _MINUTE_MS - MINUTES_KEPT)
    days = keep.generations_days
    if days is not None:
        pruned = await ledger.prune(now_ms - days * _DAY_MS)
        log.info("records pruned", extra={"count": pruned, "keep_days": days})
    days = keep.rollups_days
    if days is not None:
        pruned = await prune_rollups(ledger.database, now_ms // _DAY_MS - days)
        log.info("roll-ups pruned", extra={"count": pruned, "keep_days": days})
