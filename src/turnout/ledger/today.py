"""What a day has cost so far, for a start in the middle of it."""

import msgspec

from turnout.ledger.generations import HEDGED
from turnout.store.database import Database


class Today(msgspec.Struct, frozen=True):
    """Sums of one UTC day.

    Attributes:
        nusd: What was charged in all.
        requests: Records that it is of.
        hedge_nusd: What of it losers of hedges cost.
    """

    nusd: int
    requests: int
    hedge_nusd: int


def spent_on(database: Database, day: int) -> Today:
    """The sums of a day, counted since 1970; blocks.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    [row] = database.read_now("spend_of_day", {"day": day, "hedged": f"{HEDGED}{day}"})
    return msgspec.convert(row, Today)
