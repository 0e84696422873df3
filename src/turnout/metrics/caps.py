"""How many requests a second an endpoint takes, learned from its 429s.

    a burst of 429s     the cap is set to what was accepted just before
    a few now and then  it is held
    none for a while    it rises slowly, and is forgotten after ten minutes

It is enforced as a bucket that fills at the cap's pace: over any stretch of time no more than that
pace, one bucket and the debt go through, whoever else has failed.
"""

import math
from typing import Final

import msgspec

from turnout.core.rules import Balanced

METER_S: Final = 2.0
"""Over how long the present pace is averaged."""
FORGET_S: Final = 600.0
_BETWEEN_CUTS_S: Final = 2.0
_SAFE: Final = 0.95
"""A cap is set a little under what was accepted, so that the queue at the provider drains."""
_BUCKET_S: Final = 0.5
_LEAST_DEBT: Final = 3.0


class Cap(msgspec.Struct):
    """The pace of one endpoint and, once it has refused, its cap. Mutable; owned by a Standing.

    Attributes:
        rps: The cap at `set_s`, None while nothing was refused.
        limited_s: When it last refused.
        cut_s: When the cap was last lowered.
        tokens: What the bucket held at `filled_s`.
        sent: Requests sent, fading with METER_S; refused: those answered 429.
    """

    rps: float | None = None
    set_s: float = 0.0
    limited_s: float = float("-inf")
    cut_s: float = float("-inf")
    tokens: float = 0.0
    filled_s: float = 0.0
    sent: float = 0.0
    refused: float = 0.0
    metered_s: float = 0.0

    def pace_rps(self, now_s: float) -> float:
        """Requests a second that are being sent."""
        return self.sent * math.exp((self.metered_s - now_s) / METER_S) / METER_S

    def at(self, now_s: float, rules: Balanced) -> float | None:
        """The cap now, risen since it was set; None when there is none."""
        if self.rps is None or now_s - self.limited_s > FORGET_S:
            return None
        rising_s = now_s - max(self.set_s, self.limited_s + rules.cap_pause_s)
        risen = self.rps if rising_s <= 0 else self.rps * (1 + rules.cap_rise) ** rising_s
        return max(risen, rules.least_cap_rps)

    def room(self, now_s: float, rules: Balanced) -> float:
        """Requests that still fit; negative is debt. No cap: infinite."""
        rps = self.at(now_s, rules)
        return math.inf if rps is None else self._filled(now_s, rps) - 1

    def overdrawn(self, now_s: float, rules: Balanced) -> bool:
        """Whether the debt is as large as it may get.

        A few requests are always let through: at a slow pace chance alone makes as many.
        """
        rps = self.at(now_s, rules)
        if rps is None:
            return False
        return self._filled(now_s, rps) - 1 < -max(_LEAST_DEBT, rules.cap_debt_s * rps)

    def send(self, now_s: float, rules: Balanced) -> None:
        """One request goes out."""
        self._meter(now_s)
        self.sent += 1
        rps = self.at(now_s, rules)
        if rps is None:
            self.rps = None
        else:
            self.tokens = self._filled(now_s, rps) - 1
            self.filled_s = now_s

    def refuse(self, now_s: float, rules: Balanced) -> None:
        """One request was answered 429."""
        self._meter(now_s)
        self.refused += 1
        standing = self.at(now_s, rules)
        sent = max(self.sent, 1.0)
        share = min(1.0, self.refused / sent)
        spike = standing is None or share > rules.cap_hold
        if spike and now_s - self.cut_s >= _BETWEEN_CUTS_S:
            accepted = sent * (1 - share) / METER_S * _SAFE
            standing = accepted if standing is None else min(standing, max(accepted, standing / 2))
            self.cut_s = self.filled_s = now_s
            self.tokens = 0.0
        if standing is not None:
            self.rps, self.set_s = max(standing, rules.least_cap_rps), now_s
        self.limited_s = now_s

    def _filled(self, now_s: float, rps: float) -> float:
        most = max(2.0, rps * _BUCKET_S)
        return min(most, self.tokens + (now_s - self.filled_s) * rps)

    def _meter(self, now_s: float) -> None:
        fade = math.exp((self.metered_s - now_s) / METER_S)
        self.sent *= fade
        self.refused *= fade
        self.metered_s = now_s
