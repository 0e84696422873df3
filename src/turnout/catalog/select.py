"""Which models a query means and in which order: pure functions over what is in view."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from turnout.catalog.index import Catalog, ProviderFacts
from turnout.catalog.measures import Measures, ModelMeasures
from turnout.catalog.query import Query
from turnout.core.money import ATTO_PER_USD
from turnout.core.types import Endpoint, Model, Unpriced

_DAY_S: Final = 86_400
_MILLION: Final = 10**6
_EU: Final = frozenset(
    "AT BE BG HR CY CZ DE DK EE ES FI FR GR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 (27 words)
)
_REGIONS: Final[Mapping[str, frozenset[str]]] = {"eu": _EU, "us": frozenset({"US"})}


class Shown(msgspec.Struct, frozen=True):
    """A model with the endpoints in view, primary first, at least one; `alias` names alias rows.

    A router's row has one endpoint that is not real and only says what it takes.
    """

    model: Model
    endpoints: tuple[Endpoint, ...]
    alias: str | None = None
    router: bool = False

    @property
    def name(self) -> str:
        """What the row is called."""
        return self.alias or self.model.slug


_Filter = Callable[[Query, Shown], bool]
_Metric = Callable[[Shown], Decimal | float | int | None]


class Selection:
    """Filters and sorts one view of a catalog."""

    def __init__(self, catalog: Catalog, measures: Measures, now_s: int) -> None:
        self._catalog = catalog
        self._measures = measures
        self._now_s = now_s
        self._filters: tuple[_Filter, ...] = (
            self._by_modality,
            self._by_words,
            self._by_parameters,
            self._by_house,
            self._by_price,
            self._by_terms,
            self._by_age,
            self._by_scores,
        )

    def select(self, query: Query, shown: Iterable[Shown]) -> list[Shown]:
        """The rows that pass every filter, sorted as asked, else in the order given."""
        kept = [row for row in shown if all(passes(query, row) for passes in self._filters)]
        if query.sort is None:
            return kept
        metric, descending = self._metrics()[query.sort]
        rated = [(metric(row), row) for row in kept]
        with_value = [(value, row) for value, row in rated if value is not None]
        with_value.sort(key=lambda pair: pair[0], reverse=descending)
        return [row for _, row in with_value] + [row for value, row in rated if value is None]

    def _by_modality(self, query: Query, row: Shown) -> bool:
        wanted = query.output_modalities
        return (wanted is None or not row.model.outputs.isdisjoint(wanted)) and (
            row.model.inputs.issuperset(query.input_modalities)
        )

    def _by_words(self, query: Query, row: Shown) -> bool:
        if query.q is None:
            return True
        text = f"{row.name} {row.model.name}".lower()
        return all(word in text for word in query.q.lower().split())

    def _by_parameters(self, query: Query, row: Shown) -> bool:
        if not query.supported_parameters:
            return True
        known = {name for e in row.endpoints for name in e.parameters or ()}
        return known.issuperset(query.supported_parameters)

    def _by_house(self, query: Query, row: Shown) -> bool:
        if query.model_authors and row.model.author not in query.model_authors:
            return False
        if query.arch is not None and query.arch.lower() not in row.model.tokenizer.lower():
            return False
        return not query.providers or any(
            self._is_called(e.provider, query.providers) for e in row.endpoints
        )

    def _by_price(self, query: Query, row: Shown) -> bool:
        price = row.endpoints[0].price
        bounds = (
            (query.min_price, query.max_price, 0),
            (query.min_output_price, query.max_output_price, 1),
        )
        if all(low is None and high is None for low, high, _ in bounds):
            return True
        if isinstance(price, Unpriced):
            return False
        figures = (_per_million(price.rates.prompt), _per_million(price.rates.completion))
        return all(_within(figures[i], low, high) for low, high, i in bounds)

    def _by_terms(self, query: Query, row: Shown) -> bool:
        if query.zdr and not any(e.data_policy.zero_retention for e in row.endpoints):
            return False
        if query.distillable is not None:
            allowed = row.model.slug.partition(":")[0] in self._catalog.distillable
            if allowed != query.distillable:
                return False
        if query.context is not None and row.endpoints[0].context_tok < query.context:
            return False
        return query.region is None or any(
            in_region(e, self._catalog.providers.get(e.provider), query.region)
            for e in row.endpoints
        )

    def _by_age(self, query: Query, row: Shown) -> bool:
        if not query.ages:
            return True
        if row.model.created == 0:
            return False
        age_days = (self._now_s - row.model.created) // _DAY_S
        return _within(age_days, query.min_age_days, query.max_age_days)

    def _by_scores(self, query: Query, row: Shown) -> bool:
        measured = self._of(row)
        if query.category is not None and query.category not in measured.categories:
            return False
        return all(
            (low is None and high is None) or (score is not None and _within(score, low, high))
            for score, low, high in (
                (
                    measured.intelligence_index,
                    query.min_intelligence_index,
                    query.max_intelligence_index,
                ),
                (measured.coding_index, query.min_coding_index, query.max_coding_index),
                (measured.agentic_index, query.min_agentic_index, query.max_agentic_index),
                (
                    measured.tool_success_rate,
                    query.min_tool_success_rate,
                    query.max_tool_success_rate,
                ),
            )
        )

    def _metrics(self) -> Mapping[str, tuple[_Metric, bool]]:
        """By the contract's sort: the metric, and whether the highest comes first."""
        return {
            "most-popular": (lambda row: self._of(row).requests, True),
            "newest": (lambda row: row.model.created or None, True),
            "top-weekly": (lambda row: self._of(row).weekly_tok, True),
            "pricing-low-to-high": (_average_price, False),
            "pricing-high-to-low": (_average_price, True),
            "context-high-to-low": (lambda row: row.endpoints[0].context_tok or None, True),
            "throughput-high-to-low": (self._throughput, True),
            "latency-low-to-high": (self._latency, False),
            "intelligence-high-to-low": (lambda row: self._of(row).intelligence_index, True),
            "coding-high-to-low": (lambda row: self._of(row).coding_index, True),
            "agentic-high-to-low": (lambda row: self._of(row).agentic_index, True),
            "design-arena-elo-high-to-low": (lambda row: self._of(row).design_arena_elo, True),
        }

    def _of(self, row: Shown) -> ModelMeasures:
        return self._measures.model(row.model.canonical_slug)

    def _throughput(self, row: Shown) -> float | None:
        found = [self._measures.endpoint(e.id).throughput_last_30m for e in row.endpoints]
        return max((stats.p50 for stats in found if stats is not None), default=None)

    def _latency(self, row: Shown) -> float | None:
        found = [self._measures.endpoint(e.id).latency_last_30m for e in row.endpoints]
        return min((stats.p50 for stats in found if stats is not None), default=None)

    def _is_called(self, provider: str, names: Sequence[str]) -> bool:
        facts = self._catalog.providers.get(provider)
        return provider in names or (facts is not None and facts.name.lower() in names)


def in_region(endpoint: Endpoint, facts: ProviderFacts | None, region: str) -> bool:
    """The endpoint is bound to the region, or all its provider's data centres lie in it.

    A provider that names none is taken to be anywhere.
    """
    if endpoint.region is not None:
        return endpoint.region.split("-")[0] == region
    centres = () if facts is None else facts.datacenters
    return bool(centres) and _REGIONS[region].issuperset(centres)


def _average_price(row: Shown) -> int | None:
    price = row.endpoints[0].price
    return None if isinstance(price, Unpriced) else price.rates.prompt + price.rates.completion


def _per_million(rate: int) -> Decimal:
    return Decimal(rate) * _MILLION / ATTO_PER_USD


def _within(value: Decimal | float, low: Decimal | int | None, high: Decimal | int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)
