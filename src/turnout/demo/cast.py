"""Who plays: the invented characters of cast.toml, set on the catalog's models and prices."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import msgspec

from turnout.catalog.index import Catalog
from turnout.core.types import Endpoint
from turnout.core.usage import Price

MOST_LINES: Final = 8
"""Endpoints of one model that get traffic, the cheapest."""
_LIKED: Final = 4.0
_LEAST_SHARE: Final = 0.04


class Character(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a provider usually is.

    Attributes:
        ttft_ms, speed_tps: Medians, of a model of usual size.
        faults, limited: Shares of attempts that fail by its doing, or with 429.
        cache: Share of prompt tokens read from its cache, where it has a price for that.
    """

    ttft_ms: float
    speed_tps: float
    faults: float
    limited: float
    cache: float


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a model is used: its share of requests, tokens of the median one, speed beside others."""

    weight: float
    prompt_tok: int
    completion_tok: int
    speed: float
    thinks: float = 0.0


class Caller(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who asks: an app, or a key used without one.

    Attributes:
        key: The key's name; several apps may share one.
        likes: Authors whose models it asks more often.
        tools, shapes: Shares of its requests that end in a tool call, or ask for JSON.
    """

    key: str
    weight: float
    title: str | None = None
    url: str | None = None
    likes: tuple[str, ...] = ()
    tools: float = 0.0
    shapes: float = 0.0


class Brownout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some hours in which a provider was slow and failed more."""

    provider: str
    hours_ago: float
    hours: float
    faults: float
    slower: float


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of cast.toml; `growth` is the last day's requests over the first's."""

    requests_daily: int
    growth: float
    providers: Mapping[str, Character]
    models: Mapping[str, Role]
    callers: tuple[Caller, ...]
    brownouts: tuple[Brownout, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint in its part; see Character, with the model's own pace in it.

    Attributes:
        share: Of first tries, in a usual hour.
        tool_faults, shape_faults: Shares of calls and of JSON that are not valid.
    """

    endpoint: Endpoint
    price: Price
    share: float
    ttft_ms: float
    speed_tps: float
    faults: float
    limited: float
    cache: float
    tool_faults: float
    shape_faults: float


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One model with its endpoints, the most used first.

    Attributes:
        share: Of all requests.
        callers: How often each caller asks it, in the script's order.
        set_aside: Endpoints of service tiers, which nobody asks for here.
    """

    slug: str
    role: Role
    share: float
    lines: tuple[Line, ...]
    callers: tuple[float, ...]
    set_aside: tuple[str, ...]


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Everyone."""

    script: Script
    parts: tuple[Part, ...]


def read_script() -> Script:
    """The shipped cast.toml."""
    text = (files("turnout.demo") / "cast.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Script)


def assemble(catalog: Catalog) -> Cast:
    """The cast on a catalog; a model or host that the catalog does not have does not play."""
    script = read_script()
    played = [
        (slug, role, lines)
        for slug, role in script.models.items()
        if (lines := _lines(catalog, slug, role, script.providers))
    ]
    total = sum(role.weight for _, role, _ in played)
    parts = tuple(
        Part(
            slug=slug,
            role=role,
            share=role.weight / total,
            lines=lines,
            callers=tuple(_interest(caller, slug) for caller in script.callers),
            set_aside=tuple(
                endpoint.id
                for endpoint in catalog.all_endpoints(slug)
                if endpoint.tier is not None and endpoint.provider in script.providers
            ),
        )
        for slug, role, lines in played
    )
    return Cast(script=script, parts=parts)


def _interest(caller: Caller, slug: str) -> float:
    author = slug.partition("/")[0]
    # The embedded model is for trying things out: no app leans on it.
    if author == "huggingfacetb" and author not in caller.likes:
        return 0.0
    return caller.weight * (_LIKED if author in caller.likes else 1.0)


def _lines(
    catalog: Catalog, slug: str, role: Role, characters: Mapping[str, Character]
) -> tuple[Line, ...]:
    found: list[tuple[float, Endpoint, Price]] = []
    for endpoint in catalog.all_endpoints(slug):
        price = endpoint.price
        if isinstance(price, Price) and endpoint.tier is None and endpoint.provider in characters:
            found.append((_typical(price, role), endpoint, price))
    found.sort(key=lambda row: (row[0], row[1].id))
    found = found[:MOST_LINES]
    if not found:
        return ()
    weights = [_weight(cost, found[0][0], characters[e.provider]) for cost, e, _ in found]
    lines = [
        _line(endpoint, price, weight / sum(weights), role, characters[endpoint.provider])
        for weight, (_, endpoint, price) in zip(weights, found, strict=True)
    ]
    return tuple(sorted(lines, key=lambda line: -line.share))


def _typical(price: Price, role: Role) -> float:
    rates = price.rates
    return float(role.prompt_tok * rates.prompt + role.completion_tok * rates.completion)


def _weight(cost: float, least: float, character: Character) -> float:
    """Cheap ones more, as the balanced mode would; every one a little, or it had no numbers."""
    cheap = 1.0 if cost <= 0 else max(least, cost / 50) / cost
    waiting = 1 + character.ttft_ms / 2000
    return max(_LEAST_SHARE, cheap * cheap / waiting / (1 + 20 * character.faults))


def _line(endpoint: Endpoint, price: Price, share: float, role: Role, of: Character) -> Line:
    return Line(
        endpoint=endpoint,
        price=price,
        share=share,
        ttft_ms=of.ttft_ms * (0.6 + 0.4 / role.speed) * (1 + 1.5 * role.thinks),
        speed_tps=of.speed_tps * role.speed,
        faults=of.faults,
        limited=of.limited,
        cache=of.cache if price.rates.cache_read is not None else 0.0,
        tool_faults=min(0.2, 0.004 + of.faults),
        shape_faults=min(0.2, 0.006 + 0.8 * of.faults),
    )
