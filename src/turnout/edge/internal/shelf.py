"""The catalog as the site shows it: everything that is known, on or off; made once per snapshot."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from turnout.catalog.advice import nearest
from turnout.catalog.index import Catalog, ProviderFacts
from turnout.config.settings import Settings
from turnout.config.switches import how_to_turn_on
from turnout.core.errors import Refusal
from turnout.core.money import Rate
from turnout.core.types import Endpoint, Model, Unpriced
from turnout.dialects.provider import Provider
from turnout.edge.internal.cards import Standing, Word
from turnout.flow.gateway import Snapshot
from turnout.flow.plan.prices import blended_rate
from turnout.providers import PROVIDERS

THIRDS: Final[tuple[tuple[float, Word], ...]] = ((100 / 3, "Low"), (200 / 3, "Avg"))


class Shelf:
    """One snapshot's models, endpoints and providers, with what comes of looking at all of them.

    Attributes:
        models: Slug to endpoints: hosts' primary first, then resellers that are on. In the order
            of the catalog; a model that only resellers have, none of them on, is not listed.
        kept: What others have worked out from this snapshot alone.
    """

    def __init__(self, snapshot: Snapshot, settings: Settings) -> None:
        self.snapshot = snapshot
        self.settings = settings
        self.kept: dict[tuple[object, ...], object] = {}
        self.catalog: Catalog = snapshot.routable.catalog
        shown = {slug: self._in_view(model) for slug, model in self.catalog.models.items()}
        self.models = {slug: endpoints for slug, endpoints in shown.items() if endpoints}

    def model(self, author: str, slug: str) -> Model:
        """The model of a page's address; aliases resolve.

        Raises:
            Refusal: 404 with the nearest names.
        """
        name = f"{author}/{slug}"
        found = self.snapshot.routable.find(name)
        if found is None:
            close = nearest(name, self.catalog)
            hint = f" Did you mean {', '.join(close)}?" if close else ""
            raise Refusal("not_found", f"No model is called {name[:200]}.{hint}", param="slug")
        return found

    def endpoints(self, slug: str) -> tuple[Endpoint, ...]:
        """A model's endpoints; all resellers' where nobody else has it."""
        return self.models.get(slug) or self.catalog.all_endpoints(slug)

    def is_on(self, provider: str) -> bool:
        """Whether requests may go there."""
        return provider in self.snapshot.connections

    def off_reason(self, provider: str) -> str | None:
        """What would turn a provider on, None when it is."""
        if self.is_on(provider):
            return None
        switch = self.settings.switches.get(provider)
        if switch is not None:
            return switch.reason if not switch.on else "its process is not running"
        known: Provider | None = PROVIDERS.get(provider)
        return "not a provider that Turnout speaks to" if known is None else how_to_turn_on(known)

    def provider(self, slug: str) -> ProviderFacts:
        """A provider's facts; of one that nobody lists, its slug."""
        return self.catalog.providers.get(slug) or ProviderFacts(slug=slug, name=slug)

    def provider_name(self, slug: str) -> str:
        """What people call it."""
        return self.provider(slug).name

    def model_name(self, slug: str) -> str:
        """What people call a model; its slug when the catalog has it no more."""
        found = self.catalog.models.get(slug)
        return slug if found is None else found.name

    def author_name(self, author: str) -> str:
        """What people call an author: what its models' names begin with."""
        return self._author_names.get(author, author)

    def tag(self, endpoint_id: str) -> str:
        """The tag of an endpoint's id "author/name@tag"."""
        return endpoint_id.rpartition("@")[2]

    def name_of_tag(self, slug: str, tag: str) -> str:
        """The provider's name behind a model's tag."""
        endpoint = self.endpoint(f"{slug}@{tag}")
        return self.provider_name(tag.partition("/")[0] if endpoint is None else endpoint.provider)

    def endpoint(self, endpoint_id: str) -> Endpoint | None:
        """The endpoint of an id, None when the catalog has it no more."""
        return self._by_id.get(endpoint_id)

    def at_provider(self, provider: str) -> Sequence[Endpoint]:
        """All endpoints of one provider, in the catalog's order."""
        return self._at_provider.get(provider, ())

    def model_count(self, provider: str) -> int:
        """How many models it has."""
        return self._model_counts[provider]

    def price_standing(self, slug: str) -> Standing | None:
        """Where its list price is among all priced models."""
        return standing_of(listed_rate(self.endpoints(slug)), self._prices)

    def context_standing(self, slug: str) -> Standing | None:
        """Where its longest context is among all models."""
        return standing_of(listed_context(self.endpoints(slug)), self._contexts)

    @cached_property
    def _author_names(self) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for model in self.catalog.models.values():
            shown, colon, _ = model.name.partition(": ")
            if colon:
                names.setdefault(model.author, shown)
        return names

    @cached_property
    def _by_id(self) -> Mapping[str, Endpoint]:
        return {e.id: e for slug in self.catalog.models for e in self.catalog.all_endpoints(slug)}

    @cached_property
    def _at_provider(self) -> Mapping[str, Sequence[Endpoint]]:
        found: defaultdict[str, list[Endpoint]] = defaultdict(list)
        for endpoint in self._by_id.values():
            found[endpoint.provider].append(endpoint)
        return found

    @cached_property
    def _model_counts(self) -> Counter[str]:
        pairs = {(e.provider, e.model) for e in self._by_id.values()}
        return Counter(provider for provider, _ in pairs)

    @cached_property
    def _prices(self) -> Sequence[int]:
        rates = (listed_rate(endpoints) for endpoints in self.models.values())
        return sorted(rate for rate in rates if rate is not None)

    @cached_property
    def _contexts(self) -> Sequence[int]:
        return sorted(filter(None, map(listed_context, self.models.values())))

    def _in_view(self, model: Model) -> tuple[Endpoint, ...]:
        reached = self.snapshot.routable.endpoints.get(model.slug, ())
        return model.endpoints + tuple(e for e in reached if e not in model.endpoints)


class Shelves:
    """The shelf of the snapshot in force; a reload brings a new one, what it kept goes with it."""

    def __init__(self) -> None:
        self._shelf: Shelf | None = None

    def of(self, snapshot: Snapshot, settings: Settings) -> Shelf:
        """The shelf for a snapshot."""
        if self._shelf is None or self._shelf.snapshot is not snapshot:
            self._shelf = Shelf(snapshot, settings)
        return self._shelf


def listed_at(endpoints: Sequence[Endpoint]) -> Endpoint | None:
    """The endpoint whose price and context a model is listed with, as in the public API.

    That is the primary one; where it has no price the next that has one. Tiers that nobody gets
    unasked do not count, unless there is nothing else.
    """
    ordinary = [e for e in endpoints if e.tier is None] or endpoints
    return next((e for e in ordinary if not isinstance(e.price, Unpriced)), None)


def listed_rate(endpoints: Sequence[Endpoint]) -> int | None:
    """Atto-USD a token of the list price, three of a prompt for one of a completion."""
    found = listed_at(endpoints)
    rate: Rate | float | None = None if found is None else blended_rate(found)
    return None if rate is None else int(rate)


def listed_context(endpoints: Sequence[Endpoint]) -> int | None:
    """Tokens, None when nobody tells."""
    return next((e.context_tok for e in endpoints if e.context_tok), None)


def standing_of(value: int | None, among: Sequence[int]) -> Standing | None:
    """Where a number is among all, which are sorted; None where there is none."""
    if value is None or not among:
        return None
    percentile = 100 * bisect_left(among, value) / len(among)
    return Standing(_word(percentile), round(percentile, 1))


def _word(percentile: float) -> Word:
    for bound, word in THIRDS:
        if percentile < bound:
            return word
    return "High"
