"""Rows of an analytics answer, with labels for what people would not recognise."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from turnout.edge.analytics_plan import Cut
from turnout.edge.ask import Ask
from turnout.edge.shapes import day_text, dollars, iso
from turnout.ledger import used
from turnout.ledger.slices import Slice

_COUNTS: Final[Mapping[str, Callable[[Slice], int]]] = {
    "request_count": lambda s: s.requests,
    "error_count": lambda s: s.failed,
    "tokens_total": lambda s: s.prompt_tok + s.completion_tok,
    "tokens_prompt": lambda s: s.prompt_tok,
    "tokens_completion": lambda s: s.completion_tok,
    "reasoning_tokens": lambda s: s.reasoning,
    "cached_tokens": lambda s: s.cache_read,
}
_RATES: Final[Mapping[str, Callable[[Slice], tuple[int, int]]]] = {
    "cache_hit_rate": lambda s: (s.cache_read, s.prompt_tok),
    "error_rate": lambda s: (s.failed, s.requests),
}


async def rows_of(ask: Ask, cut: Cut, found: Sequence[Slice]) -> list[dict[str, Any]]:
    """One row for each slice, by time and then by name."""
    labels = {name: await _labels(ask, cut, name, found) for name in cut.dimensions}
    rows: list[dict[str, Any]] = []
    for one in found:
        row: dict[str, Any] = {}
        if cut.date_field is not None:
            row[cut.date_field] = _date(cut, one.step)
        for name in cut.dimensions:
            row[name] = labels[name].get(_name(cut, name, one), "")
        for metric in cut.metrics:
            row[metric] = _figure(metric, one)
        rows.append(row)
    return rows


def _date(cut: Cut, step: int) -> str:
    """A day for days and what is wider, a moment for what is not."""
    return day_text(step) if cut.width == "days" else iso(step * cut.unit_ms)


def _name(cut: Cut, dimension: str, one: Slice) -> str:
    """Where two are joined the model comes first."""
    return one.second if len(cut.fields) > 1 and dimension != "model" else one.first


def _figure(metric: str, one: Slice) -> msgspec.Raw | str | float | None:
    if metric in _COUNTS:
        return str(_COUNTS[metric](one))
    if metric in _RATES:
        part, whole = _RATES[metric](one)
        return round(part / whole, 6) if whole else None
    return dollars(one.cost_nusd)


async def _labels(ask: Ask, cut: Cut, dimension: str, found: Sequence[Slice]) -> Mapping[str, str]:
    """What a dimension's names are shown as."""
    names = {_name(cut, dimension, one) for one in found}
    catalog = ask.gateway.snapshot.routable.catalog
    match dimension:
        case "model":
            return {
                slug: catalog.models[slug].canonical_slug if slug in catalog.models else slug
                for slug in names
            }
        case "provider":
            return {
                slug: catalog.providers[slug].name if slug in catalog.providers else slug
                for slug in names
            }
        case "app":
            known = await used.app_names(ask.database, names)
            return {app: (known[app].title if app in known else "") or app for app in names}
        case _:
            called = await used.key_names(ask.database, names)
            return {key: called.get(key, key) for key in names}
