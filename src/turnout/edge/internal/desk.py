"""What the handlers of pages work with: the catalog, the windows, the store, and the time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from turnout.core.money import Nusd, Rate, usd, usd_per_unit
from turnout.core.types import Model
from turnout.edge.ask import Ask
from turnout.edge.internal.cards import DayUptime, Effective
from turnout.edge.internal.live import Live
from turnout.edge.shapes import day_text
from turnout.ledger.series import Use, day_of
from turnout.ledger.used import Judged, Narrow

DAYS: Final[Mapping[str, int]] = {"day": 1, "1d": 1, "week": 7, "1w": 7, "month": 30, "30d": 30}
"""How many UTC days a range has, today included."""
DAY_S: Final = 86_400
HOUR_S: Final = 3600


class Desk:
    """One request's view of everything; cheap to make.

    Attributes:
        today: UTC day since 1970-01-01; hour: likewise.
    """

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.shelf = ask.views.shelves.of(ask.gateway.snapshot, ask.settings)
        self.live = Live(ask.gateway, ask.views.measured)
        self.database = ask.database
        self.now_ms = ask.gateway.clock.unix_ms()
        self.today = day_of(self.now_ms)
        self.hour = self.now_ms // 1000 // HOUR_S

    def model(self) -> Model:
        """The model in the request's path.

        Raises:
            Refusal: 404.
        """
        return self.shelf.model(self.ask.path("author"), self.ask.path("slug"))

    def since(self, days: int) -> int:
        """The first of so many days that end with today."""
        return self.today - days + 1

    def weekly_tokens(self, model: Model) -> int:
        """Of the last seven UTC days."""
        return self.ask.views.measured.model(model.canonical_slug).weekly_tok or 0


def dollars_text(nusd: int) -> str:
    """An amount as decimal text of USD."""
    return usd(Nusd(nusd))


def token_price(nusd: int, tokens: int) -> str | None:
    """What a token cost, USD as decimal text; None of none. Rounded down to atto-USD."""
    rate = Use(prompt_nusd=nusd, text_in=tokens).effective_prompt_rate
    return None if rate is None else usd_per_unit(Rate(rate))


def added(rows: Iterable[Narrow]) -> Narrow:
    """The sum of rows."""
    found = list(rows)
    return Narrow(
        **{name: sum(getattr(row, name) for row in found) for name in Narrow.__struct_fields__}
    )


def effective(sums: Narrow) -> Effective:
    """Real prices out of sums; None where a part was unpriced, as measures.md says."""
    prompt, completion = sums.prompt_tok, sums.completion_tok
    return Effective(
        prompt=None if sums.unpriced else token_price(sums.prompt_nusd, prompt),
        completion=None if sums.unpriced else token_price(sums.completion_nusd, completion),
        cache_hit_rate=rate(sums.cache_read, prompt),
        tokens=sums.tokens,
    )


def rate(part: int, whole: int) -> float | None:
    """A fraction in [0, 1] to four digits; None of nothing."""
    return round(part / whole, 4) if whole else None


def uptime(served: int, faults: int) -> float | None:
    """Percent of what is judged; None of nothing."""
    judged = served + faults
    return round(100 * served / judged, 3) if judged else None


def uptime_days(rows: Iterable[Judged], since: int, until: int) -> list[DayUptime]:
    """Every day's uptime from its judged attempts, oldest first; of several rows the sum."""
    served: dict[int, int] = {}
    faults: dict[int, int] = {}
    for row in rows:
        served[row.at] = served.get(row.at, 0) + row.served
        faults[row.at] = faults.get(row.at, 0) + row.faults
    return [
        DayUptime(day_text(day), uptime(served.get(day, 0), faults.get(day, 0)))
        for day in range(since, until)
    ]


def by_name(rows: Sequence[Judged]) -> dict[str, list[Judged]]:
    """Rows of each name, in their order."""
    found: dict[str, list[Judged]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(row)
    return found
