"""How often somebody may try to sign in: a few times a minute each, and not often in all."""

import math
from collections import OrderedDict
from typing import Final

from turnout.core.errors import Refusal

EACH: Final = 5
ALL: Final = 30
WINDOW_S: Final = 60.0
_ADDRESSES_MAX: Final = 4096


class Throttle:
    """Counts tries in windows that begin with the first of them. Belongs to the event loop.

    The table is bounded: whoever comes from very many addresses is stopped by the count of all.
    """

    def __init__(self) -> None:
        self._tries: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def admit(self, address: str, now_s: float) -> None:
        """Counts a try.

        Raises:
            Refusal: "rate_limit" (429), with the seconds to wait.
        """
        for who, most in ((address, EACH), ("", ALL)):
            began_s, tries = self._tries.get(who, (now_s, 0))
            if now_s - began_s >= WINDOW_S:
                began_s, tries = now_s, 0
            if tries >= most:
                wait_s = math.ceil(WINDOW_S - (now_s - began_s))
                text = f"too many tries to sign in; try again in {wait_s} s"
                raise Refusal("rate_limit_exceeded", text, status=429, retry_after_s=wait_s)
            self._tries[who] = (began_s, tries + 1)
            self._tries.move_to_end(who)
        if len(self._tries) > _ADDRESSES_MAX:
            self._tries.popitem(last=False)

    def forget(self, address: str) -> None:
        """Somebody came in: their earlier tries count no more, and this one for nobody."""
        self._tries.pop(address, None)
        began_s, tries = self._tries.get("", (0.0, 0))
        if tries:
            self._tries[""] = (began_s, tries - 1)
