"""Who hosts: the overlay's hosts, our provider files, every other publisher under its own id."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from turnout.catalog.index import ProviderFacts
from turnout.catalog.sources.models_dev import Publisher
from turnout.catalog.sources.overlay import Host, Overlay
from turnout.core.types import DataPolicy
from turnout.dialects.provider import Provider

_MODELS_DEV: Final = "models-dev"
_GENAI_PRICES: Final = "genai-prices"


class Seat(msgspec.Struct, frozen=True):
    """A host as a publisher's rows reach it; `through` names the host behind it, "" for itself."""

    host: str
    through: str = ""


class HostTable:
    """Publishers to hosts, and what is known of each host.

    Attributes:
        facts: By slug, for every host and reseller that any publisher leads to.
    """

    def __init__(
        self,
        overlay: Overlay,
        publishers: Mapping[str, Publisher],
        providers: Mapping[str, Provider],
    ) -> None:
        self._closed = {
            author: frozenset(hosts)
            for author, hosts in overlay.closed.items()
            if not isinstance(hosts, str)
        }
        self._hosts = {h.id: h for h in (*overlay.host, *overlay.reseller)}
        self._providers = providers
        self._seats: defaultdict[tuple[str, str], list[Seat]] = defaultdict(list)
        resellers = {h.id for h in overlay.reseller}
        for host in self._hosts.values():
            self._seat(host)
        for provider in providers.values():
            if provider.keyless:
                continue  # one's own server holds what one put there, not what a list says
            for source, ids in provider.catalog_ids.items():
                for publisher in ids:
                    self._claim(source, publisher, provider.id)
                    if publisher in overlay.omitted.models_dev:
                        resellers.add(provider.id)
        for publisher in publishers.values():
            if publisher.id not in overlay.omitted.models_dev:
                seats = self._seats[_MODELS_DEV, publisher.id]
                if not seats:
                    seats.append(Seat(publisher.id))
        self._resellers = frozenset(resellers)
        named = {h.host for seats in self._seats.values() for h in seats} | set(providers)
        self.facts = {slug: self._facts(slug, publishers) for slug in sorted(named)}

    def seats(self, source: Literal["models-dev", "genai-prices"], publisher: str) -> list[Seat]:
        """The hosts that a publisher's rows describe; none for omitted publishers."""
        return self._seats.get((source, publisher), [])

    def price_publishers(self, seat: Seat) -> tuple[str, ...]:
        """Where genai-prices has this host's prices."""
        found = [
            publisher
            for (source, publisher), seats in self._seats.items()
            if source == _GENAI_PRICES and seat in seats
        ]
        return tuple(found)

    def provider(self, host: str) -> Provider | None:
        """The host's own file, None when there is none."""
        return self._providers.get(host)

    def resells(self, host: str) -> bool:
        """A provider that passes on to others' hosts."""
        return host in self._resellers

    def allows(self, host: str, author: str, *, open_weights: bool) -> bool:
        """Whether a row there is that author's model itself and not a resale."""
        allowed = self._closed.get(author)
        return open_weights or allowed is None or host in allowed or self.resells(host)

    def authors_own(self, host: str) -> str | None:
        """The author whose own house a host is."""
        known = self._hosts.get(host)
        return None if known is None else known.author

    def sampling(self, host: str) -> tuple[str, ...] | None:
        """Parameters that the host's ordinary models honour, None when nobody told us."""
        known = self._hosts.get(host)
        return None if known is None else known.sampling

    def prefix(self, host: str) -> str:
        """What belongs before a shortened upstream name there."""
        known = self._hosts.get(host)
        return "" if known is None else known.upstream_prefix

    def moderated(self, host: str) -> bool:
        """The host screens prompts."""
        known = self._hosts.get(host)
        return known is not None and known.moderated

    def policy(self, host: str) -> DataPolicy:
        """What the host does with prompts; the provider's own file knows best."""
        provider = self._providers.get(host)
        if provider is not None and provider.data_policy != DataPolicy():
            return provider.data_policy
        known = self._hosts.get(host)
        return DataPolicy() if known is None else known.data_policy

    def _seat(self, host: Host) -> None:
        for publisher in host.models_dev:
            self._seats[_MODELS_DEV, publisher].append(Seat(host.id))
        for publisher in host.genai_prices:
            behind = publisher.partition("_")[2] if host.through else ""
            self._seats[_GENAI_PRICES, publisher].append(Seat(host.id, behind))

    def _claim(self, source: str, publisher: str, host: str) -> None:
        seats = self._seats[source, publisher]
        if all(seat.host != host for seat in seats):
            seats[:] = [s for s in seats if s.host in self._hosts and s.host in self._providers]
            seats.append(Seat(host))

    def _facts(self, slug: str, publishers: Mapping[str, Publisher]) -> ProviderFacts:
        known, provider, publisher = (
            self._hosts.get(slug),
            self._providers.get(slug),
            publishers.get(slug),
        )
        name = slug
        for source in (publisher, known, provider):
            name = name if source is None else source.name
        first = provider or known
        return ProviderFacts(
            slug=slug,
            name=name,
            privacy_policy_url=_pick("privacy_policy_url", provider, known),
            terms_of_service_url=_pick("terms_of_service_url", provider, known),
            status_page_url=_pick("status_page_url", provider, known),
            headquarters=_pick("headquarters", provider, known),
            datacenters=() if first is None else first.datacenters,
            resells=slug in self._resellers,
            key_env=_key_env(provider, publisher),
            keyless=provider is not None and provider.keyless,
        )


def _pick(field: str, *sources: Provider | Host | None) -> str | None:
    found: list[str | None] = [None if s is None else getattr(s, field) for s in sources]
    return next((value for value in found if value is not None), None)


def _key_env(provider: Provider | None, publisher: Publisher | None) -> tuple[str, ...]:
    if provider is not None:
        return provider.api_key_env
    return () if publisher is None else publisher.env
