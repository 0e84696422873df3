"""The catalog in use: models, their endpoints, the names that lead to them. Immutable and plain.

Catalog               everything that is known, configured or not
└── routable(on)      what this installation can reach: one dict lookup per request
"""

from collections.abc import Collection, Mapping

import msgspec

from turnout.core.types import Endpoint, Model, Unpriced


class ProviderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who a host is, for people and for the routes that list providers.

    Attributes:
        headquarters: ISO 3166-1 alpha-2, None when nobody told us.
        datacenters: ISO 3166-1 alpha-2.
        resells: It passes on to others' hosts; not in the default list.
        key_env: Environment variables that its key usually lies in, the usual one first.
        keyless: A server of one's own: it is turned on by naming its address.
    """

    slug: str
    name: str
    privacy_policy_url: str | None = None
    terms_of_service_url: str | None = None
    status_page_url: str | None = None
    headquarters: str | None = None
    datacenters: tuple[str, ...] = ()
    resells: bool = False
    key_env: tuple[str, ...] = ()
    keyless: bool = False


class Family(msgspec.Struct, frozen=True):
    """A `~author/family-latest` name and the models it may mean, newest first."""

    alias: str
    members: tuple[str, ...]


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Every known model and endpoint.

    Attributes:
        version: Fingerprint of the content; two equal catalogs have the same.
        models: Slug to model, in the order of the default list; endpoints primary first.
        resold: Slug to endpoints at providers that pass on to others (OpenRouter, …); they count
            only where such a provider is configured.
        aliases: Other names to slugs: permaslugs, dated names, `~author/family-latest`.
        families: Those aliases that depend on what can be reached.
        providers: Facts by provider slug, for every host in the catalog.
        distillable: Slugs whose licence lets others train on the output.
        next_change: ISO date on which a known price changes, None when none is known.
    """

    version: str
    models: Mapping[str, Model]
    resold: Mapping[str, tuple[Endpoint, ...]]
    aliases: Mapping[str, str]
    families: tuple[Family, ...]
    providers: Mapping[str, ProviderFacts]
    distillable: frozenset[str]
    next_change: str | None = None

    def find(self, slug: str) -> Model | None:
        """The model of a slug, alias or permaslug; None when nobody knows it."""
        found = self.models.get(slug)
        if found is None and (target := self.aliases.get(slug)) is not None:
            found = self.models.get(target)
        return found

    def all_endpoints(self, slug: str) -> tuple[Endpoint, ...]:
        """Every endpoint of a slug, hosts before resellers."""
        model = self.models.get(slug)
        return (() if model is None else model.endpoints) + self.resold.get(slug, ())

    def endpoints_for(self, slug: str, on: Collection[str]) -> tuple[Endpoint, ...]:
        """A model's endpoints at the named providers; the hot path asks `routable` instead."""
        model = self.find(slug)
        if model is None:
            return ()
        return tuple(e for e in self.all_endpoints(model.slug) if e.provider in on)

    def routable(self, on: frozenset[str]) -> "Routable":
        """The view of an installation with these providers on; build it once per reload."""
        endpoints: dict[str, tuple[Endpoint, ...]] = {}
        for slug in self.models:
            reached = tuple(e for e in self.all_endpoints(slug) if e.provider in on)
            if reached:
                endpoints[slug] = reached
        latest = {
            family.alias: next((m for m in family.members if m in endpoints), "")
            for family in self.families
        }
        return Routable(
            catalog=self,
            on=on,
            endpoints=endpoints,
            latest={alias: slug for alias, slug in latest.items() if slug},
        )


class Routable(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation can reach.

    Attributes:
        on: Slugs of the configured providers.
        endpoints: Slug to endpoints at those, primary first; a slug without any is absent.
        latest: `~author/family-latest` to the newest model that can be reached.
    """

    catalog: Catalog
    on: frozenset[str]
    endpoints: Mapping[str, tuple[Endpoint, ...]]
    latest: Mapping[str, str]

    def find(self, slug: str) -> Model | None:
        """As `Catalog.find`, but `latest` names mean what this installation can reach."""
        return self.catalog.find(self.latest.get(slug, slug))

    def get(self, slug: str) -> tuple[Endpoint, ...] | None:
        """The reachable endpoints of an exact slug: one dict lookup, no aliases."""
        return self.endpoints.get(slug)

    def endpoints_for(self, slug: str) -> tuple[Endpoint, ...]:
        """The reachable endpoints of a slug or alias; empty when there are none."""
        found = self.endpoints.get(slug)
        if found is None:
            model = self.find(slug)
            found = () if model is None else self.endpoints.get(model.slug, ())
        return found


def is_priced(endpoint: Endpoint) -> bool:
    """Somebody states what this endpoint costs, be it nothing."""
    return not isinstance(endpoint.price, Unpriced)


def is_free(endpoint: Endpoint) -> bool:
    """A stated price of zero in both directions, and no fee per request."""
    price = endpoint.price
    if isinstance(price, Unpriced):
        return False
    rates = price.rates
    return rates.prompt == 0 and rates.completion == 0 and not rates.request
