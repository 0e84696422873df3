"""The whole catalog from its sources: pure, offline, exact. Runs only when no fresh cache exists.

models-dev ──┐                 ┌─ candidates ─┐
genai-prices ┼─ rows ─ spine ──┤              ├─ endpoints ─ models ─ catalog
overlay ─────┘                 └─ traits ─────┘
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from turnout.catalog import describe
from turnout.catalog.fingerprint import fingerprint
from turnout.catalog.gather import Candidate, from_genai_prices, from_models_dev, placed
from turnout.catalog.hosts import HostTable
from turnout.catalog.index import Catalog, Family, is_free
from turnout.catalog.place import endpoints
from turnout.catalog.sources import models_dev, overlay
from turnout.catalog.sources.genai_prices import Book
from turnout.catalog.sources.overlay import Aliases, Overlay
from turnout.catalog.sources.rows import Row
from turnout.catalog.spine import Spine
from turnout.core.types import Endpoint, Model
from turnout.dialects.provider import Provider
from turnout.providers import PROVIDERS

_LISTINGS: Final = ("openrouter", "kilo", "vercel")  # in OpenRouter's vocabulary, the nearest first


def build(today: date, providers: Mapping[str, Provider] = PROVIDERS) -> Catalog:
    """Everything the installed packages and the overlay say, as of a day.

    Args:
        today: Prices that start later are left out.
        providers: Our own provider files; their names and facts win.
    """
    facts, aliases = overlay.read(), overlay.read_aliases()
    publishers = models_dev.read()
    rows = tuple(models_dev.rows(publishers))
    book = Book(today)
    hosts = HostTable(facts, publishers, providers)
    spine = _spine(rows, book, hosts, aliases)
    candidates = [
        *(placed(entry, book, hosts) for entry in facts.endpoint),
        *from_models_dev(rows, spine, hosts, book),
        *from_genai_prices(spine, hosts, book),
    ]
    described = describe.Descriptions(facts, aliases, candidates, hosts)
    return _assemble(candidates, described, hosts, facts, book.next_change())


def _spine(rows: Iterable[Row], book: Book, hosts: HostTable, aliases: Aliases) -> Spine:
    spine = Spine(aliases)
    listed: dict[str, list[str]] = {name: [] for name in _LISTINGS}
    for row in rows:
        if row.publisher in listed:
            listed[row.publisher].append(row.upstream)
    spine.add_listing(listed["openrouter"])
    spine.add_listing(sorted(row.upstream for row in book.rows("openrouter")))
    spine.add_listing(listed["kilo"])
    spine.add_listing(
        name for name in listed["vercel"] if spine.find(name.rpartition("/")[2]) is None
    )
    for row in rows:
        for seat in hosts.seats("models-dev", row.publisher):
            if not hosts.resells(seat.host):
                spine.add_unknown(row, hosts.authors_own(seat.host))
    return spine


def _assemble(
    candidates: Iterable[Candidate],
    described: describe.Descriptions,
    hosts: HostTable,
    facts: Overlay,
    next_change: str | None,
) -> Catalog:
    by_slug: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_slug[candidate.slug].append(candidate)
    models: dict[str, Model] = {}
    resold: dict[str, tuple[Endpoint, ...]] = {}
    for slug, found in by_slug.items():
        model = described.model(slug)
        placed_at = endpoints(model, found, described, hosts)
        if not placed_at:
            continue
        own = tuple(e for e in placed_at if not hosts.resells(e.provider))
        passed_on = tuple(e for e in placed_at if hosts.resells(e.provider))
        if passed_on:
            resold[slug] = passed_on
        models[slug] = _with_endpoints(model, own, own or passed_on)
    ordered = dict(sorted(models.items(), key=_newest_first))
    aliases = _aliases(ordered)
    families = _families(facts.latest, ordered)
    aliases.update({f.alias: f.members[0] for f in families})
    used = {e.provider for m in models.values() for e in (*m.endpoints, *resold.get(m.slug, ()))}
    content = (ordered, resold, aliases, families)
    return Catalog(
        version=fingerprint(*content),
        models=ordered,
        resold=resold,
        aliases=aliases,
        families=families,
        providers={slug: hosts.facts[slug] for slug in sorted(used) if slug in hosts.facts},
        distillable=frozenset(
            slug for slug in ordered if any(re.match(p, slug) for p in facts.distillable.patterns)
        ),
        next_change=next_change,
    )


def _with_endpoints(model: Model, own: tuple[Endpoint, ...], known: tuple[Endpoint, ...]) -> Model:
    primary = known[0]
    return msgspec.structs.replace(
        model,
        endpoints=own,
        context_tok=model.context_tok or primary.context_tok,
        max_output_tok=model.max_output_tok or primary.max_output_tok,
    )


def _newest_first(item: tuple[str, Model]) -> tuple[int, str]:
    return -item[1].created, item[0]


def _aliases(models: Mapping[str, Model]) -> dict[str, str]:
    """Permaslugs, and `:free` for models that cost nothing anywhere."""
    found = {m.canonical_slug: s for s, m in models.items() if m.canonical_slug not in models}
    for slug, model in models.items():
        free = f"{slug}:free"
        nothing = bool(model.endpoints) and all(is_free(e) for e in model.endpoints)
        if nothing and ":" not in slug and free not in models:
            found[free] = slug
    return found


def _families(patterns: Mapping[str, str], models: Mapping[str, Model]) -> tuple[Family, ...]:
    found: list[Family] = []
    for alias, pattern in patterns.items():
        ranked = sorted(
            (
                (Decimal(f"{match[1]}.{match[2] or 0}"), slug)  # makers count 4.20 before 4.3
                for slug in models
                if (match := re.match(pattern, slug))
            ),
            reverse=True,
        )
        if ranked:
            found.append(Family(alias, tuple(slug for _, slug in ranked)))
    return tuple(found)
