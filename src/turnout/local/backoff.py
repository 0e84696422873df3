"""How long to leave a child that keeps dying alone."""

from typing import Final

import msgspec

FIRST_S: Final = 0.5
LONGEST_S: Final = 30.0
SETTLED_S: Final = 60.0


class Backoff(msgspec.Struct, frozen=True):
    """The delay before the next start, doubling while starts do not last.

    Attributes:
        delay_s: Seconds to wait now; from `FIRST_S` to `LONGEST_S`.
    """

    delay_s: float = FIRST_S

    def after(self, lived_s: float) -> "Backoff":
        """The delay after a child was up for `lived_s` seconds, `self` the one before it."""
        if lived_s >= SETTLED_S:
            return Backoff()
        return Backoff(min(self.delay_s * 2, LONGEST_S))
