"""`/analytics/…`: what was used, cut as the caller likes, in the contract's shapes.

Source: contract section 2.8, and the names of metrics and dimensions from OpenRouter's own
description of the route (https://openrouter.ai/skills/openrouter-analytics-schema). What is not
recorded here (countries, users, guardrails, classifiers) is not in `meta`, and is refused.
"""

import time
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import msgspec

from turnout.core.errors import Refusal, invalid
from turnout.edge.analytics_plan import (
    DIMENSIONS,
    GRANULARITIES,
    METRICS,
    OPERATORS,
    Condition,
    Cut,
    plan_cut,
    sliced,
)
from turnout.edge.analytics_rows import rows_of
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.shapes import moment_ms

MOST_ROWS: Final = 10_000
USUAL_DAYS: Final = 7
_DAY_MS: Final = 86_400_000


class Dimension(msgspec.Struct, frozen=True):
    """What can be grouped and filtered by."""

    name: str
    display_label: str


class Granularity(msgspec.Struct, frozen=True):
    """How wide a step can be."""

    name: str
    display_label: str


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked for; is_rate: a ratio, which is no sum."""

    name: str
    display_label: str
    is_rate: bool
    display_format: Literal["number", "currency", "percent"]


class Operator(msgspec.Struct, frozen=True):
    """How a filter compares."""

    name: str
    value_type: Literal["scalar", "array"]


class AnalyticsMeta(msgspec.Struct, frozen=True):
    """All words that a query may use."""

    metrics: list[Metric]
    dimensions: list[Dimension]
    operators: list[Operator]
    granularities: list[Granularity]


class AnalyticsMetaAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /analytics/meta`."""

    data: AnalyticsMeta


class AnalyticsFilter(msgspec.Struct, frozen=True, kw_only=True):
    """A condition on a dimension; include_unset: rows without a value count as well."""

    field: str
    operator: str
    value: str | float | list[str | float]
    include_unset: bool = False


class AnalyticsOrder(msgspec.Struct, frozen=True):
    """By a metric or dimension of the query, or by "date"."""

    field: str
    direction: Literal["asc", "desc"]


class TimeRange(msgspec.Struct, frozen=True):
    """ISO 8601 moments; the end is not included."""

    start: str
    end: str


class AnalyticsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `POST /analytics/query`; classifiers are not here, and refused."""

    metrics: Annotated[list[str], msgspec.Meta(min_length=1, max_length=20)]
    dimensions: Annotated[list[str], msgspec.Meta(max_length=2)] = []
    filters: Annotated[list[AnalyticsFilter], msgspec.Meta(max_length=20)] = []
    granularity: str | None = None
    time_range: TimeRange | None = None
    order_by: AnalyticsOrder | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)] = 1000
    group_limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)] | None = None
    classifier_dimensions: dict[str, Any] | None = None
    classifier_filters: dict[str, Any] | None = None


class AnalyticsMetadata(msgspec.Struct, frozen=True):
    """truncated: there were more rows than the limit."""

    query_time_ms: float
    row_count: int
    truncated: bool


class AnalyticsResult(msgspec.Struct, frozen=True):
    """Rows by the names of dimensions, metrics and `date__<granularity>`.

    Counts are decimal text, amounts and rates numbers, as in the contract.
    """

    data: list[dict[str, Any]]
    metadata: AnalyticsMetadata
    warnings: list[str]


class AnalyticsAnswer(msgspec.Struct, frozen=True):
    """Answer of `POST /analytics/query`."""

    data: AnalyticsResult


async def analytics_meta(ask: Ask) -> Reply:  # noqa: ARG001 (a handler's)
    """List the metrics, dimensions, operators and granularities of a query."""
    return reply(
        AnalyticsMetaAnswer(
            AnalyticsMeta(
                metrics=[
                    Metric(
                        name=name,
                        display_label=label,
                        is_rate=form == "percent",
                        display_format=form,
                    )
                    for name, (label, form) in METRICS.items()
                ],
                dimensions=[Dimension(name, label) for name, label in DIMENSIONS.items()],
                operators=[Operator(name, kind) for name, kind in OPERATORS.items()],
                granularities=[Granularity(name, name.capitalize()) for name in GRANULARITIES],
            )
        )
    )


async def query_analytics(ask: Ask) -> Reply:
    """Sum requests, tokens and spend by time, model, provider, key or app."""
    began = time.perf_counter()
    query = await ask.body(AnalyticsQuery)
    cut = _cut(ask, query)
    found = await sliced(ask, cut)
    rows = _ordered(await rows_of(ask, cut, found), cut, query)
    rows = _at_most(rows, cut.dimensions, query.group_limit)
    kept = rows[: query.limit]
    spent_ms = round((time.perf_counter() - began) * 1000, 1)
    metadata = AnalyticsMetadata(spent_ms, len(kept), truncated=len(rows) > len(kept))
    return reply(AnalyticsAnswer(AnalyticsResult(kept, metadata, list(cut.warnings))))


def _cut(ask: Ask, query: AnalyticsQuery) -> Cut:
    if query.classifier_dimensions is not None or query.classifier_filters is not None:
        raise Refusal("invalid_request", "There are no classifiers here.", param="classifier")
    end_ms = ask.gateway.clock.unix_ms()
    if query.granularity not in ("minute", "hour"):
        end_ms += -end_ms % _DAY_MS  # all of today, so that days can answer
    start_ms = end_ms - USUAL_DAYS * _DAY_MS
    if query.time_range is not None:
        start_ms = moment_ms("time_range.start", query.time_range.start) or 0
        end_ms = moment_ms("time_range.end", query.time_range.end) or 0
    return plan_cut(
        metrics=query.metrics,
        dimensions=query.dimensions,
        conditions=[
            Condition(f.field, f.operator, _values(f), f.include_unset) for f in query.filters
        ],
        granularity=query.granularity,
        start_ms=start_ms,
        end_ms=end_ms,
    )


def _values(condition: AnalyticsFilter) -> tuple[str, ...]:
    value = condition.value
    kind = OPERATORS.get(condition.operator)
    if kind is None:
        raise invalid("filters", f"operator must be one of {', '.join(OPERATORS)}.")
    if (kind == "array") != isinstance(value, list):
        wanted = "an array" if kind == "array" else "a single value"
        raise invalid("filters", f"value of {condition.operator} must be {wanted}.")
    values = value if isinstance(value, list) else [value]
    return tuple(str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in values)


def _ordered(rows: list[dict[str, Any]], cut: Cut, query: AnalyticsQuery) -> list[dict[str, Any]]:
    """As asked for; else latest first."""
    order = query.order_by
    if order is None:
        return rows[::-1] if cut.date_field else rows
    field = cut.date_field if order.field == "date" else order.field
    allowed = [*cut.metrics, *cut.dimensions, *([cut.date_field] if cut.date_field else [])]
    if field not in allowed:
        raise invalid("order_by.field", f"must be one of {', '.join(allowed)} or date.")
    counts = field in METRICS

    def place(row: dict[str, Any]) -> Any:  # noqa: ANN401 (a number or a text, one of them in all rows)
        value = row[field]
        if not counts:
            return value
        text = bytes(value).decode() if isinstance(value, msgspec.Raw) else value
        return text is not None, float(text or 0)

    return sorted(rows, key=place, reverse=order.direction == "desc")


def _at_most(
    rows: list[dict[str, Any]], dimensions: Sequence[str], limit: int | None
) -> list[dict[str, Any]]:
    """No more rows of each combination of dimensions than the limit."""
    if limit is None or not dimensions:
        return rows
    seen: dict[tuple[str, ...], int] = {}
    kept: list[dict[str, Any]] = []
    for row in rows:
        group = tuple(row[name] for name in dimensions)
        seen[group] = seen.get(group, 0) + 1
        if seen[group] <= limit:
            kept.append(row)
    return kept
