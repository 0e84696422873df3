"""How good a model is thought to be, from facts that the catalog has: price, size, age, thinking.

Nobody's benchmark is in the catalog, so quality is what makers ask for it: a price, corrected by
how much less the same quality costs each year. A point is a doubling. docs/explain/routers.md says
where this is right and where it is not.
"""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from statistics import median
from typing import Final

import msgspec

from turnout.catalog.index import Catalog, Routable, is_free
from turnout.core.money import ATTO_PER_USD
from turnout.core.rules import Auto
from turnout.core.types import Endpoint, Model, Unpriced

_SIZE: Final = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])")
_FIRST_WORD: Final = re.compile(r"[^/]+/[a-z]+")
_VERSION: Final = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d+)?)(?![\d.]|[bm](?![a-z]))")
_ONE_TASK: Final = re.compile(
    r"guard|safety|moderation|-mt\d?-|ocr|intent-detect|deep-research|search|tts|transcribe|audio"
)
_BILLIONS: Final = {"b": 1.0, "m": 0.001}
_PER_MILLION: Final = ATTO_PER_USD / 1e6
_YEAR_S: Final = 365.25 * 86_400
_LEAST_USD: Final = 1e-4


class Rated(msgspec.Struct, frozen=True, kw_only=True):
    """A model that a router may pick.

    Attributes:
        slug: Of the model; its endpoints are those of `Routable`.
        points: Quality in doublings; only differences mean something.
        prompt_usd: Per million prompt tokens at the cheapest endpoint in reach; what the model is
            worth where none of them states a price.
        completion_usd: The same of an answer's tokens.
        free: Ids of those of its endpoints that cost nothing.
    """

    slug: str
    points: float
    prompt_usd: float
    completion_usd: float
    free: frozenset[str] = frozenset()


def rated(
    routable: Routable, rules: Auto, unbilled: Collection[str] = frozenset()
) -> tuple[Rated, ...]:
    """Every model that answers in text and can be reached, the best first.

    Left out are rows that stand for another's model (batches, longer context, more speed for more
    money) and models made for one task, such as judging what others say.

    Args:
        unbilled: Providers that charge nobody: without a price their endpoints are free.
    """
    catalog = routable.catalog
    lines = _Lines(catalog)
    found: list[Rated] = []
    for slug, endpoints in routable.endpoints.items():
        model = catalog.models[slug]
        if "text" not in model.outputs or not _is_general(slug, catalog):
            continue
        usd = nominal_usd(model, catalog, rules)
        created_s, reasons = lines.told_of(model)
        points = math.log2(max(usd, _LEAST_USD)) + rules.doublings_a_year * created_s / _YEAR_S
        points += rules.reasons_doublings if reasons else 0.0
        free = frozenset(e.id for e in endpoints if _costs_nothing(e, unbilled))
        prompt, completion = (0.0, 0.0) if free else _cheapest_usd(endpoints) or (usd, usd)
        found.append(
            Rated(
                slug=slug,
                points=points,
                prompt_usd=prompt,
                completion_usd=completion,
                free=free,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.points, one.slug)))


def _is_general(slug: str, catalog: Catalog) -> bool:
    base, _, row = slug.partition(":")
    if row not in ("", "free") or _ONE_TASK.search(base):
        return False
    slower = base.removesuffix("-fast").removesuffix("-ultraspeed")
    return slower == base or slower not in catalog.models


class _Lines:
    """Models by maker and first word ("anthropic/claude"), to tell the age of the undated ones.

    Sources that are quick to list a model rarely date it. It is taken for as old as the newest
    dated one of its line with no higher version, and to think if that does.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._lines: defaultdict[str, list[tuple[float, Model]]] = defaultdict(list)
        for slug, model in catalog.models.items():
            if model.created:
                self._lines[_line(slug)].append((_version(slug), model))
        born = [model.created for line in self._lines.values() for _, model in line]
        self._middle_s = float(median(born)) if born else 0.0

    def told_of(self, model: Model) -> tuple[float, bool]:
        """When it came out, in unix seconds, and whether it thinks."""
        if model.created:
            return model.created, model.reasons
        line = self._lines.get(_line(model.slug))
        if not line:
            return self._middle_s, model.reasons
        version = _version(model.slug)
        elders = [one for known, one in line if known <= version]
        if not elders:
            return min(one.created for _, one in line), model.reasons
        elder = max(elders, key=lambda one: one.created)
        return elder.created, model.reasons or elder.reasons


def _line(slug: str) -> str:
    found = _FIRST_WORD.match(slug)
    return slug if found is None else found[0]


def _version(slug: str) -> float:
    found = _VERSION.search(slug.partition("/")[2])
    return 0.0 if found is None else float(found[1])


def _costs_nothing(endpoint: Endpoint, unbilled: Collection[str]) -> bool:
    unpriced = isinstance(endpoint.price, Unpriced)
    return is_free(endpoint) or (unpriced and endpoint.provider in unbilled)


def nominal_usd(model: Model, catalog: Catalog, rules: Auto) -> float:
    """USD per million tokens, three of a prompt for one of an answer, that the model is worth.

    Its maker's own list price, else the middle of what hosts ask, the free ones left out, whoever
    can be reached; else by its size; else `unknown_usd`.
    """
    base = model.slug.partition(":")[0]
    priced = [
        (endpoint, usd)
        for endpoint in catalog.all_endpoints(base)
        if endpoint.tier is None and (usd := _blended_usd(endpoint)) > 0
    ]
    own = [usd for endpoint, usd in priced if endpoint.provider == model.author]
    if own:
        return own[0]
    if priced:
        return median(usd for _, usd in priced)
    sizes = [float(m[1]) * _BILLIONS[m[2]] for m in _SIZE.finditer(base)]
    return max(sizes) * rules.usd_per_billion if sizes else rules.unknown_usd


def _cheapest_usd(endpoints: Iterable[Endpoint]) -> tuple[float, float] | None:
    """Prompt and completion at the endpoint with the lowest list price; None without any price."""
    priced = [e for e in endpoints if e.tier is None and not isinstance(e.price, Unpriced)]
    cheapest = min(priced, key=_blended_usd, default=None)
    if cheapest is None or isinstance(cheapest.price, Unpriced):
        return None
    rates = cheapest.price.rates
    return rates.prompt / _PER_MILLION, rates.completion / _PER_MILLION


def _blended_usd(endpoint: Endpoint) -> float:
    if isinstance(endpoint.price, Unpriced):
        return 0.0
    rates = endpoint.price.rates
    return (rates.prompt * 3 + rates.completion) / 4 / _PER_MILLION
