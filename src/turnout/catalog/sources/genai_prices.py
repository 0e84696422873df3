"""The `genai-prices` package: exact list prices, their history, tiers and service tiers.

Importing its data costs half a second and brings pydantic along, so nothing may import this module
but `catalog.build`, which runs only when there is no fresh cache.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import Final, Literal

from genai_prices import data as published
from genai_prices.types import (
    ClauseEquals,
    ClauseOr,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from turnout.catalog.sources.rows import Row, TierPrice, Traits, exact_rate
from turnout.core.money import Rate, rate_per_unit
from turnout.core.types import Pricing, Unpriced
from turnout.core.usage import Price, Rates, Tier

PACKAGE: Final = "genai-prices"
_VOUCHED: Final = re.compile(r"(?:verified|checked)[a-z ]{0,40} (20\d\d-\d\d-\d\d)")
_TIERS: Final[Mapping[str, Literal["flex", "priority"]]] = {"flex": "flex", "priority": "priority"}
_KEYS: Final[Mapping[str, str]] = {
    "prompt": "input_mtok",
    "completion": "output_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "image": "input_image_mtok",
    "audio": "input_audio_mtok",
    "video": "input_video_mtok",
    "reasoning": "output_reasoning_mtok",
    "audio_out": "output_audio_mtok",
    "image_out": "output_image_mtok",
    "request": "requests_kcount",
    "search": "web_searches_kcount",
}
_PER_THOUSAND: Final = frozenset({"request", "search"})
_OUTLESS: Final = re.compile(r"embed|rerank|voyage")
_Values = Mapping[str, Decimal | TieredPrices | None]


class Book:
    """The whole package, asked by provider and model name.

    Attributes:
        today: Prices that start later are not in force; those that started are.
        vouched_on: The newest day on which any price of the package was verified.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self.source = f"{PACKAGE} {version(PACKAGE)}"
        self._publishers = {p.id: p for p in published.providers}
        self._infos = {
            p.id: {name.lower(): m for m in reversed(p.models) for name in _names(m)}
            for p in published.providers
        }
        self._owners = {id(m): p for p in published.providers for m in p.models}
        self._made: dict[int, Row] = {}
        self.vouched_on = max(
            (_vouched(text, today) for text in _comments(published.providers)), default=""
        )

    @property
    def publishers(self) -> Mapping[str, str]:
        """Names of all publishers by id."""
        return {p.id: p.name for p in self._publishers.values()}

    def rows(self, publisher: str) -> Iterator[Row]:
        """Every model of one publisher."""
        for info in self._publishers[publisher].models:
            yield self._row(info)

    def find(self, publisher: str, upstream: str) -> Row | None:
        """The row that covers a name there, by the package's own matching rules.

        A row of another publisher is one that the package lets the asked one fall back to.
        """
        if publisher not in self._publishers:
            return None
        info = self._infos[publisher].get(upstream.lower())
        if info is None:
            owner = self._publishers[publisher]
            info = owner.find_model(upstream, all_providers=published.providers)
        return None if info is None else self._row(info)

    def next_change(self) -> str | None:
        """The first day after today on which a known price starts, ISO, or None."""
        days = [
            c.start_date
            for p in self._publishers.values()
            for m in p.models
            for c in _constraints(m)
            if isinstance(c, StartDateConstraint) and c.start_date > self.today
        ]
        return min(days).isoformat() if days else None

    def _row(self, info: ModelInfo) -> Row:
        if (made := self._made.get(id(info))) is not None:
            return made
        owner = self._owners[id(info)]
        as_of = max(
            _vouched(f"{info.price_comments or ''} {owner.price_comments or ''}", self.today),
            _started(info, self.today),
        )
        row = Row(
            source="genai-prices",
            publisher=owner.id,
            upstream=info.id,
            names=tuple(n for n in _names(info) if n != info.id),
            traits=Traits(
                name=info.name,
                description=" ".join((info.description or "").split()) or None,
                context_tok=info.context_window,
            ),
            price=self._price(_values(info, self.today), info.id, as_of),
            tiers=self._tiers(info, as_of),
            deprecated=bool(info.deprecated),
        )
        self._made[id(info)] = row
        return row

    def _price(self, values: _Values, model: str, as_of: str) -> Pricing:
        if values.get("input_mtok") is None:
            return Unpriced(f"{self.source} lists it without a price per token")
        if values.get("output_mtok") is None and not _OUTLESS.search(model.lower()):
            return Unpriced(f"{self.source} has no price for its output")
        bounds = sorted(
            {t.start for v in values.values() if isinstance(v, TieredPrices) for t in v.tiers}
        )
        return Price(
            rates=_rates(values, 0),
            tiers=tuple(Tier(bound, _rates(values, bound)) for bound in bounds),
            source=self.source,
            as_of=as_of or self.vouched_on,
        )

    def _tiers(self, info: ModelInfo, as_of: str) -> tuple[TierPrice, ...]:
        found: list[TierPrice] = []
        for variant in info.price_variants or ():
            tier = _TIERS.get(variant.when.get("service_tier", ""))
            if tier is None or not _in_force(variant, self.today):
                continue
            values = {**_values(info, self.today), **_stated(variant.prices)}
            found.append(TierPrice(tier, self._price(values, info.id, as_of)))
        return tuple(found)


def _names(info: ModelInfo) -> list[str]:
    clauses = info.match.or_ if isinstance(info.match, ClauseOr) else [info.match]
    exact = [c.equals for c in clauses if isinstance(c, ClauseEquals)]
    return list(dict.fromkeys([info.id, *exact]))


def _comments(providers: Iterable[Provider]) -> Iterator[str]:
    for provider in providers:
        yield provider.price_comments or ""
        for model in provider.models:
            yield model.price_comments or ""


def _vouched(text: str, today: date) -> str:
    days = [d for d in _VOUCHED.findall(text) if d <= today.isoformat()]
    return max(days, default="")


def _constraints(
    info: ModelInfo,
) -> Iterator[StartDateConstraint | TimeOfDateConstraint | None]:
    if isinstance(info.prices, list):
        yield from (p.constraint for p in info.prices)
    yield from (v.constraint for v in info.price_variants or ())


def _started(info: ModelInfo, today: date) -> str:
    starts = [
        c.start_date
        for c in _constraints(info)
        if isinstance(c, StartDateConstraint) and c.start_date <= today
    ]
    return max(starts).isoformat() if starts else ""


def _in_force(variant: PriceVariant, today: date) -> bool:
    start = variant.constraint
    return not isinstance(start, StartDateConstraint) or start.start_date <= today


def _values(info: ModelInfo, today: date) -> _Values:
    """The prices of the day; of several times of day the dearest, so that none is undercharged."""
    if isinstance(info.prices, ModelPrice):
        return _stated(info.prices)
    dated = [p for p in info.prices if not isinstance(p.constraint, TimeOfDateConstraint)]
    hourly = [p for p in info.prices if isinstance(p.constraint, TimeOfDateConstraint)]
    chosen: _Values = _stated(_latest(dated, today)) if dated else {}
    for price in hourly:
        values = _stated(price.prices)
        if _base(values.get("output_mtok")) > _base(chosen.get("output_mtok")):
            chosen = values
    return chosen


def _latest(prices: Sequence[ConditionalPrice], today: date) -> ModelPrice:
    for price in reversed(prices):
        start = price.constraint
        if not isinstance(start, StartDateConstraint) or start.start_date <= today:
            return price.prices
    return prices[0].prices


def _stated(price: ModelPrice) -> _Values:
    return {key: value for key, value in vars(price).items() if value is not None}


def _base(value: Decimal | TieredPrices | None) -> Decimal:
    if value is None:
        return Decimal(0)
    return value.base if isinstance(value, TieredPrices) else value


def _rates(values: _Values, bound: int) -> Rates:
    found = {name: _rate(name, values.get(key), bound) for name, key in _KEYS.items()}
    return Rates(
        prompt=found["prompt"] or Rate(0),
        completion=found["completion"] or Rate(0),
        cache_read=found["cache_read"],
        cache_write=found["cache_write"],
        cache_write_1h=found["cache_write_1h"],
        image=found["image"],
        audio=found["audio"],
        video=found["video"],
        reasoning=found["reasoning"],
        audio_out=found["audio_out"],
        image_out=found["image_out"],
        request=found["request"],
        search=found["search"],
    )


def _rate(name: str, value: Decimal | TieredPrices | None, bound: int) -> Rate | None:
    if value is None:
        return None
    usd = value.base if isinstance(value, TieredPrices) else value
    if isinstance(value, TieredPrices):
        for tier in value.tiers:
            if bound >= tier.start:
                usd = tier.price
    return rate_per_unit(usd / 1000) if name in _PER_THOUSAND else exact_rate(usd)
