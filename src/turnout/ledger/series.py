"""What roll-ups say, for pages and answers: typed rows of named queries, each by an index.

Every function reads on one of the store's reader threads and raises StoreUnavailable when that
fails. Days and hours are UTC, counted from 1970-01-01; `until` is not included.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final

import msgspec

from turnout.core.histogram import COLUMNS_MS, COLUMNS_TPS, Percentiles
from turnout.core.money import ATTO_PER_NANO
from turnout.ledger.columns import ERRORS, LATENCY, SPEED, TTFT
from turnout.store.database import Database, Row


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """What was used and what it cost, summed. Token buckets as in `core.usage.Usage`.

    Attributes:
        requests: Generations that reached a client; of a key, all that it asked for.
        unpriced: Of these, served by an endpoint without a price.
    """

    requests: int = 0
    unpriced: int = 0
    text_in: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    image_in: int = 0
    audio_in: int = 0
    video_in: int = 0
    text_out: int = 0
    reasoning: int = 0
    audio_out: int = 0
    image_out: int = 0
    searches: int = 0
    cost_nusd: int = 0
    prompt_nusd: int = 0
    completion_nusd: int = 0

    @property
    def prompt_tok(self) -> int:
        """All tokens that went in."""
        cached = self.cache_read + self.cache_write + self.cache_write_1h
        return self.text_in + cached + self.image_in + self.audio_in + self.video_in

    @property
    def completion_tok(self) -> int:
        """All tokens that came out, thinking included."""
        return self.text_out + self.reasoning + self.audio_out + self.image_out

    @property
    def cache_hit_rate(self) -> float | None:
        """Fraction of prompt tokens read from a prompt cache; None without tokens."""
        return self.cache_read / self.prompt_tok if self.prompt_tok else None

    @property
    def effective_prompt_rate(self) -> int | None:
        """Atto-USD that a prompt token really cost; None without any, or where one was unpriced."""
        return None if self.unpriced else _rate(self.prompt_nusd, self.prompt_tok)

    @property
    def effective_completion_rate(self) -> int | None:
        """Atto-USD that a completion token really cost; None as for the prompt."""
        return None if self.unpriced else _rate(self.completion_nusd, self.completion_tok)


def _rate(nusd: int, tok: int) -> int | None:
    return nusd * ATTO_PER_NANO // tok if tok else None


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """What became of attempts, summed; words as in `metrics.figures.Figures`."""

    attempts: int = 0
    served: int = 0
    faults: int = 0
    rate_limited: int = 0
    cancelled: int = 0
    probes: int = 0
    tool_answers: int = 0
    tool_faults: int = 0
    shaped_answers: int = 0
    shape_faults: int = 0

    @property
    def uptime(self) -> float | None:
        """Percent of attempts that the provider did not fail, of those it could; None of none."""
        judged = self.served + self.faults
        return 100.0 * self.served / judged if judged else None

    @property
    def tool_success(self) -> float | None:
        """Fraction of answers with tool calls whose calls were all valid; None of none."""
        return 1 - self.tool_faults / self.tool_answers if self.tool_answers else None


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a series.

    Attributes:
        at: The hour or the day.
        endpoint: "" where the row sums a provider's endpoints.
        errors: Attempts by failure kind, those that occurred.
        ttft_ms: Interpolated between histogram columns, as the others; error in
            docs/explain/measures.md.
    """

    at: int
    provider: str
    endpoint: str
    tries: Tries
    use: Use
    errors: Mapping[str, int]
    ttft_ms: Percentiles | None
    latency_ms: Percentiles | None
    throughput_tps: Percentiles | None


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What an app or a key used of one model on one day; `failed` is counted for keys only."""

    day: int
    model: str
    use: Use
    failed: int = 0


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """A model or an app over some days; `tries` is counted for models only."""

    name: str
    use: Use
    title: str = ""
    tries: Tries = Tries()


async def endpoint_hours(
    database: Database, model: str, since: int, until: int
) -> Sequence[Stretch]:
    """One model's endpoints, hour by hour, oldest first."""
    rows = await database.read("endpoint_hours_of_model", _span(since, until) | {"model": model})
    return [_stretch(row, "hour") for row in rows]


async def endpoint_days(
    database: Database, model: str, since: int, until: int
) -> Sequence[Stretch]:
    """One model's endpoints, day by day, oldest first."""
    rows = await database.read("endpoint_days_of_model", _span(since, until) | {"model": model})
    return [_stretch(row, "day") for row in rows]


async def model_days(database: Database, model: str, since: int, until: int) -> Sequence[Stretch]:
    """One model at each provider, day by day, oldest first."""
    rows = await database.read("model_days_of_model", _span(since, until) | {"model": model})
    return [_stretch(row, "day") for row in rows]


async def model_totals(database: Database, since: int, until: int) -> Sequence[Total]:
    """Every model over some days, most tokens first."""
    rows = await database.read("model_totals", _span(since, until))
    return [
        Total(name=str(row["model"]), use=_use(row), tries=msgspec.convert(row, Tries))
        for row in rows
    ]


async def app_days(database: Database, app: str, since: int, until: int) -> Sequence[Spent]:
    """What one app used, day by day and model by model."""
    return _spent(await database.read("app_days_of_app", _span(since, until) | {"app": app}))


async def app_totals(
    database: Database, since: int, until: int, *, limit: int = 100
) -> Sequence[Total]:
    """Apps over some days, most tokens first."""
    rows = await database.read("app_totals", _span(since, until) | {"limit": limit})
    return [Total(name=str(row["app"]), title=str(row["title"]), use=_use(row)) for row in rows]


async def key_days(database: Database, key_hash: str, since: int, until: int) -> Sequence[Spent]:
    """What one key used, day by day and model by model; model "" is what nobody served."""
    params = _span(since, until) | {"key_hash": key_hash}
    return _spent(await database.read("key_days_of_key", params))


def _span(since: int, until: int) -> dict[str, int | str]:
    return {"since": since, "until": until}


def _stretch(row: Row, at: str) -> Stretch:
    errors = {name.removeprefix("err_"): int(row[name] or 0) for name in ERRORS}
    return Stretch(
        at=int(row[at] or 0),
        provider=str(row["provider"]),
        endpoint=str(row.get("endpoint", "")),
        tries=msgspec.convert(row, Tries),
        use=_use(row),
        errors={kind: count for kind, count in errors.items() if count},
        ttft_ms=COLUMNS_MS.interpolated(_counts(row, TTFT)),
        latency_ms=COLUMNS_MS.interpolated(_counts(row, LATENCY)),
        throughput_tps=COLUMNS_TPS.interpolated(_counts(row, SPEED)),
    )


def _spent(rows: Sequence[Row]) -> list[Spent]:
    return [
        Spent(
            day=int(row["day"] or 0),
            model=str(row["model"]),
            use=_use(row),
            failed=int(row.get("failed") or 0),
        )
        for row in rows
    ]


def _use(row: Row) -> Use:
    return msgspec.convert(row, Use)


def _counts(row: Row, names: Sequence[str]) -> list[int]:
    return msgspec.convert(itemgetter(*names)(row), list[int])


DAY_MS: Final = 86_400_000


def day_of(unix_ms: int) -> int:
    """The UTC day of a moment."""
    return unix_ms // DAY_MS
