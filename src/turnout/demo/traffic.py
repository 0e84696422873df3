"""How much is asked at a time, of whom, and how well an endpoint is just then."""

import math
from typing import Final

import msgspec

from turnout.demo.cast import Cast, Line, Part

HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * HOUR_MS
DAYS: Final = 30
_WEEKEND: Final = 0.58
_THURSDAY: Final = 3  # 1970-01-01 was one, counted from Monday
_TWO_PI: Final = 2 * math.pi


class Strain(msgspec.Struct, frozen=True):
    """What an hour does to an endpoint: times as slow, and the share of attempts that fail."""

    slower: float
    faults: float


class Traffic:
    """Amounts and conditions as functions of time.

    Args:
        cast: Who plays.
        anchor_ms: When the history was made; brown-outs and growth are counted back from it.
    """

    def __init__(self, cast: Cast, anchor_ms: int) -> None:
        self.cast = cast
        self.anchor_ms = anchor_ms

    def requests(self, part: Part, at_ms: int, span_ms: int) -> float:
        """How many requests a model gets in a span on average; more by day than by night."""
        script = self.cast.script
        days_ago = (self.anchor_ms - at_ms) / _DAY_MS
        grown = script.growth ** (-days_ago / DAYS)
        day = at_ms // _DAY_MS
        weekend = _WEEKEND if (day + _THURSDAY) % 7 >= 5 else 1.0
        hour = (at_ms % _DAY_MS) / HOUR_MS
        tide = 1 + 0.55 * math.sin(_TWO_PI * (hour - 9) / 24)
        # Each model drifts by itself over some days, or all curves would be one.
        phase = sum(part.slug.encode()) % 97 / 97
        drift = 1 + 0.18 * math.sin(_TWO_PI * (days_ago / 6.5 + phase))
        return (
            script.requests_daily * part.share * grown * weekend * tide * drift * span_ms / _DAY_MS
        )

    def strain(self, line: Line, at_ms: int) -> Strain:
        """How an endpoint is at a time: busy hours are slower, brown-outs are worse."""
        hour = (at_ms % _DAY_MS) / HOUR_MS
        slower = 1 + 0.16 * math.sin(_TWO_PI * (hour - 9) / 24)
        phase = sum(line.endpoint.id.encode()) % 89 / 89
        slower *= 1 + 0.1 * math.sin(_TWO_PI * (at_ms / _DAY_MS / 2.7 + phase))
        faults = line.faults
        for brownout in self.cast.script.brownouts:
            if brownout.provider == line.endpoint.provider:
                began_ms = self.anchor_ms - brownout.hours_ago * HOUR_MS
                if began_ms <= at_ms < began_ms + brownout.hours * HOUR_MS:
                    slower *= brownout.slower
                    faults = max(faults, brownout.faults)
        return Strain(slower, faults)

    def shares(self, part: Part, strains: tuple[Strain, ...]) -> list[float]:
        """Who is tried first how often; an endpoint in trouble gets a fifth."""
        wanted = [
            line.share * (0.2 if strain.faults > 5 * line.faults else 1.0)
            for line, strain in zip(part.lines, strains, strict=True)
        ]
        total = sum(wanted)
        return [share / total for share in wanted]
