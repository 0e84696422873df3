"""Saves the live windows, so that a restart takes them up."""

import asyncio
import logging
from typing import Final

from turnout.metrics.keeping import Keeper
from turnout.store.database import StoreUnavailable

PERIOD_S: Final = 20.0
"""What a killed process forgets, at most: a third of what it may."""
PRUNE_EVERY: Final = 3 * 60 * 24

log: Final = logging.getLogger(__name__)


async def keep_forever(keeper: Keeper, period_s: float = PERIOD_S) -> None:
    """Saves every twenty seconds, and prunes at once and once a day."""
    turns = 0
    while True:
        try:
            if turns % PRUNE_EVERY == 0:
                await keeper.prune()
            await keeper.save()
        except StoreUnavailable as error:
            log.warning("live windows not saved", extra={"why": str(error)})
        turns += 1
        await asyncio.sleep(period_s)
