"""Deletes records that are older than the operator wants to keep."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from turnout.core.clock import Clock
from turnout.ledger.ledger import Ledger
from turnout.store.database import StoreUnavailable

PERIOD_S: Final = 6 * 3600.0
_DAY_MS: Final = 86_400_000

log: Final = logging.getLogger(__name__)


async def prune_forever(ledger: Ledger, clock: Clock, keep_days: Callable[[], int | None]) -> None:
    """Prunes at once and every six hours; `keep_days` is asked each time, None keeps all."""
    while True:
        days = keep_days()
        if days is not None:
            try:
                pruned = await ledger.prune(clock.unix_ms() - days * _DAY_MS)
                log.info("records pruned", extra={"count": pruned, "keep_days": days})
            except StoreUnavailable as error:
                log.warning("records not pruned", extra={"why": str(error)})
        await asyncio.sleep(PERIOD_S)
