"""From an analytics query to the sums that answer it: which table, which span, which names."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from turnout.core.errors import Refusal, invalid
from turnout.edge.ask import Ask
from turnout.ledger import slices, used
from turnout.ledger.slices import Choice, Grain, Pair, Slice
from turnout.ledger.used import Width
from turnout.ledger.uses import Kind

METRICS: Final[Mapping[str, tuple[str, Literal["number", "currency", "percent"]]]] = {
    "request_count": ("Requests", "number"),
    "error_count": ("Failed requests", "number"),
    "tokens_total": ("Tokens", "number"),
    "tokens_prompt": ("Prompt tokens", "number"),
    "tokens_completion": ("Completion tokens", "number"),
    "reasoning_tokens": ("Reasoning tokens", "number"),
    "cached_tokens": ("Cached tokens", "number"),
    "total_usage": ("Spend", "currency"),
    "credits_usage": ("Spend of credits", "currency"),
    "cache_hit_rate": ("Cache-hit rate", "percent"),
    "error_rate": ("Error rate", "percent"),
}
DIMENSIONS: Final[Mapping[str, str]] = {
    "model": "Model",
    "provider": "Provider",
    "api_key_id": "API key",
    "app": "App",
}
OPERATORS: Final[Mapping[str, Literal["scalar", "array"]]] = {
    "eq": "scalar",
    "neq": "scalar",
    "in": "array",
    "not_in": "array",
}
GRANULARITIES: Final = ("minute", "hour", "day", "week", "month")

_KIND: Final[Mapping[str, Kind]] = {
    "model": "model",
    "provider": "provider",
    "api_key_id": "key",
    "app": "app",
}
_PAIR: Final[Mapping[str, Pair]] = {"provider": "provider", "api_key_id": "key", "app": "app"}
_UNIT_MS: Final[Mapping[Width, int]] = {
    "minutes": 60_000,
    "hours": 3_600_000,
    "days": 86_400_000,
}
_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 86_400_000
MINUTES_REACH_MS: Final = 3 * _HOUR_MS
HOURS_REACH_DAYS: Final = 31
LONGEST_DAYS: Final = 366


class Condition(msgspec.Struct, frozen=True):
    """A filter with its values as text."""

    field: str
    operator: str
    values: tuple[str, ...]
    include_unset: bool


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """How a query is answered.

    Attributes:
        fields: All that is grouped or filtered by: none, one, or "model" and another.
        width: Of the table that is read, and the unit of since and until.
        warnings: What was done that the caller did not ask for.
    """

    metrics: tuple[str, ...]
    dimensions: tuple[str, ...]
    fields: tuple[str, ...]
    conditions: tuple[Condition, ...]
    grain: Grain
    width: Width
    since: int
    until: int
    warnings: tuple[str, ...] = ()

    @property
    def unit_ms(self) -> int:
        """Of steps."""
        return _UNIT_MS[self.width]

    @property
    def date_field(self) -> str | None:
        """What the step is called in a row, None where the whole time is one."""
        return f"date__{self.grain}" if self.grain else None


def plan_cut(
    *,
    metrics: Sequence[str],
    dimensions: Sequence[str],
    conditions: Sequence[Condition],
    granularity: str | None,
    start_ms: int,
    end_ms: int,
) -> Cut:
    """The cut of a query.

    Raises:
        Refusal: 400 that names the field and what is allowed.
    """
    _known("metrics", metrics, METRICS)
    _known("dimensions", dimensions, DIMENSIONS)
    _known("filters", [condition.field for condition in conditions], DIMENSIONS)
    fields = tuple(dict.fromkeys((*dimensions, *(c.field for c in conditions))))
    if len(fields) > 1 and not (len(fields) == 2 and "model" in fields):
        raise invalid("dimensions", "and filters may join model with one other; others are apart.")
    grain = _grain(granularity)
    if end_ms <= start_ms:
        raise invalid("time_range", "must end after it begins.")
    if end_ms - start_ms > LONGEST_DAYS * _DAY_MS:
        raise invalid("time_range", f"must be at most {LONGEST_DAYS} days.")
    width = _width(grain, start_ms, end_ms, pair=len(fields) > 1)
    unit = _UNIT_MS[width]
    since, until = start_ms // unit, -(-end_ms // unit)
    snapped = since * unit != start_ms or until * unit != end_ms
    warning = f"The time range was widened to whole {width}, UTC." if snapped else None
    return Cut(
        metrics=tuple(metrics),
        dimensions=tuple(dimensions),
        fields=fields,
        conditions=tuple(conditions),
        grain=grain,
        width=width,
        since=since,
        until=until,
        warnings=() if warning is None else (warning,),
    )


async def sliced(ask: Ask, cut: Cut) -> Sequence[Slice]:
    """The sums of a cut; `first` is the model where two are joined."""
    choices = {field: await _choice(ask, cut, field) for field in cut.fields}
    if len(cut.fields) < 2:
        field = cut.fields[0] if cut.fields else "api_key_id"
        return await slices.slices(
            ask.database,
            _KIND[field],
            cut.width,
            cut.since,
            cut.until,
            grain=cut.grain,
            named=field in cut.dimensions,
            choice=choices.get(field, slices.ALL),
        )
    other = next(field for field in cut.fields if field != "model")
    return await slices.crossed(
        ask.database,
        _PAIR[other],
        cut.since,
        cut.until,
        grain=cut.grain,
        named=("model" in cut.dimensions, other in cut.dimensions),
        models=choices["model"],
        others=choices[other],
    )


async def _choice(ask: Ask, cut: Cut, field: str) -> Choice:
    """All conditions on one field together."""
    only: set[str] | None = None
    but: set[str] = set()
    for condition in cut.conditions:
        if condition.field != field:
            continue
        names = set(await _names(ask, field, condition.values))
        if condition.operator in ("eq", "in"):
            names |= {""} if condition.include_unset else set()
            only = names if only is None else only & names
        else:
            but |= names | (set() if condition.include_unset else {""})
    return Choice(
        only=None if only is None else tuple(sorted(only)), but=tuple(sorted(but)) or None
    )


async def _names(ask: Ask, field: str, values: Sequence[str]) -> list[str]:
    """What is stored for what a caller writes; what nobody knows stays and matches nothing."""
    catalog = ask.gateway.snapshot.routable.catalog
    match field:
        case "model":
            found = [catalog.find(value) for value in values]
            return [
                value if model is None else model.slug
                for value, model in zip(values, found, strict=True)
            ]
        case "provider":
            return [ask.gateway.snapshot.provider_name(value) for value in values]
        case "app":
            numbers = await used.app_origins(ask.database, [v for v in values if v.isdigit()])
            return [numbers.get(value, value) for value in values]
        case _:
            return list(values)


def _known(field: str, names: Sequence[str], allowed: Mapping[str, object]) -> None:
    for name in names:
        if name not in allowed:
            raise Refusal(
                "invalid_request",
                f"{field}: {name[:80]} is not recorded here; there are {', '.join(allowed)}.",
                param=field,
            )


def _grain(granularity: str | None) -> Grain:
    match granularity:
        case None:
            return ""
        case "minute" | "hour" | "day" | "week" | "month":
            return granularity
        case _:
            raise invalid("granularity", f"must be one of {', '.join(GRANULARITIES)}.")


def _width(grain: Grain, start_ms: int, end_ms: int, *, pair: bool) -> Width:
    """The widest table that has the steps, and the ends of the time range where that can be."""
    span_ms = end_ms - start_ms
    if pair:
        if grain in ("minute", "hour"):
            raise invalid("granularity", "must be day, week or month where two are joined.")
        return "days"
    if grain == "minute":
        if span_ms > MINUTES_REACH_MS:
            raise invalid("granularity", "minute is for time ranges of three hours at most.")
        return "minutes"
    whole_days = start_ms % _DAY_MS == 0 and end_ms % _DAY_MS == 0
    if grain == "hour" or (not grain and not whole_days):
        if span_ms <= HOURS_REACH_DAYS * _DAY_MS:
            return "hours"
        if grain == "hour":
            raise invalid("granularity", f"hour is for {HOURS_REACH_DAYS} days at most.")
    return "days"
