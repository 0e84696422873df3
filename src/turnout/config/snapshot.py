"""Settings and catalog → the snapshot that requests are planned on. Pure."""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Final

import msgspec

from turnout.catalog.extend import ConfiguredModel, extend
from turnout.catalog.extend import discovered as listed_models
from turnout.catalog.index import Catalog, ProviderFacts
from turnout.catalog.rating import rated
from turnout.catalog.spoken import is_spoken
from turnout.config.discovery import Discovered
from turnout.config.prices import listed_price
from turnout.config.search import Search
from turnout.config.settings import ModelSettings, Settings, Switch
from turnout.config.switches import LOCAL
from turnout.core.money import nusd_from_usd
from turnout.dialects.provider import Provider
from turnout.flow.gateway import Connection, Snapshot
from turnout.upstream.credentials.signer import Signer
from turnout.upstream.search.engines import BASE_URLS, SearchEngine

_NONE: Final[Discovered] = {}
_NO_SIGNERS: Final[Mapping[str, Signer]] = {}


class LocalAddress(msgspec.Struct, frozen=True):
    """Where the embedded model answers, known only when its process is being run."""

    base_url: str
    api_key: str


def snapshot(
    settings: Settings,
    catalog: Catalog,
    version: int,
    *,
    discovered: Discovered = _NONE,
    local: LocalAddress | None = None,
    signers: Mapping[str, Signer] = _NO_SIGNERS,
) -> Snapshot:
    """One view of config and catalog.

    Args:
        settings: In force.
        catalog: As built; what the settings add is added here.
        version: One more than that of the snapshot this one replaces.
        discovered: What the providers that are asked for their models listed; see `discover`.
        local: Where the embedded model answers; None leaves it out.
        signers: Of the providers whose requests are signed; see `Signers`.
    """
    on = {slug: switch for slug, switch in settings.switches.items() if switch.on}
    connections = {
        slug: connection(switch, signers.get(slug))
        for slug, switch in on.items()
        if switch.base_url is not None
    }
    if local is not None and LOCAL in on:
        connections[LOCAL] = Connection(
            provider=on[LOCAL].provider, base_url=local.base_url, keys=(local.api_key,)
        )
    known = _with_listed(catalog, discovered, on)
    full = extend(known, _entries(settings, known), _facts(settings))
    routable = full.routable(frozenset(connections))
    return Snapshot(
        version=version,
        routable=routable,
        rated=rated(routable, settings.routing.auto, _unbilled(connections)),
        provider_names=_names(settings),
        connections=connections,
        timeouts=settings.timeouts,
        policy=settings.routing,
        default_model=settings.models.default,
        comment_period_s=settings.server.comment_period_s,
        usage_with_choices=settings.server.usage_with_choices,
        search=search_engine(settings.search),
        reads_files=settings.documents.enabled and find_spec("pypdf") is not None,
    )


def _with_listed(catalog: Catalog, discovered: Discovered, on: Mapping[str, Switch]) -> Catalog:
    """With what providers list, but for what nobody here could ask them for."""
    known = catalog
    for slug, names in discovered.items():
        if slug in on:
            entries = [
                _with_policy(entry, on[slug], known)
                for entry in listed_models(known, slug, names)
                if is_spoken(entry.upstream or "", entry.outputs or (), on[slug].provider)
            ]
            known = extend(known, entries)
    return known


def _unbilled(connections: Mapping[str, Connection]) -> frozenset[str]:
    """Servers that know no account to charge: without a price they cost nothing."""
    return frozenset(
        slug
        for slug, one in connections.items()
        if one.signer is None and (one.provider.auth == "none" or not one.keys)
    )


def search_engine(search: Search) -> SearchEngine | None:
    """Who searches the web, None when nobody is named; `load` has seen that nothing is missing."""
    base_url = search.base_url or (BASE_URLS.get(search.engine) if search.engine else None)
    if search.engine is None or base_url is None:
        return None
    return SearchEngine(
        name=search.engine,
        base_url=base_url.rstrip("/"),
        api_key=None if search.api_key is None else search.api_key.reveal(),
        max_results=search.max_results,
        price_nusd=nusd_from_usd(search.price),
        timeout_s=search.timeout_s,
    )


def connection(switch: Switch, signer: Signer | None = None) -> Connection:
    """Where requests to a provider that is on go, and with which secrets.

    Raises:
        ValueError: It has no address.
    """
    if switch.base_url is None:
        raise ValueError(f"provider {switch.provider.id} has no address")
    return Connection(
        provider=switch.provider,
        base_url=switch.base_url,
        keys=tuple(key.reveal() for key in switch.keys),
        headers=tuple((name, value.reveal()) for name, value in switch.headers),
        timeouts=switch.timeouts,
        signer=signer,
    )


def _entries(settings: Settings, catalog: Catalog) -> Iterator[ConfiguredModel]:
    """What the file says of models: the policy of a provider first, then its models one by one."""
    for slug, switch in settings.switches.items():
        if switch.data_policy is not None:
            for model in catalog.models:
                if any(e.provider == slug for e in catalog.all_endpoints(model)):
                    yield ConfiguredModel(slug=model, provider=slug, data_policy=switch.data_policy)
        for row in switch.models:
            yield _with_policy(_entry(row, switch, settings), switch, catalog)


def _entry(row: ModelSettings, switch: Switch, settings: Settings) -> ConfiguredModel:
    price = None
    if row.price is not None:
        source = "turnout.toml" if settings.file is None else settings.file.name
        price = listed_price(row.price, source, settings.file_date)
    return ConfiguredModel(
        slug=row.id,
        provider=switch.provider.id,
        upstream=row.upstream,
        name=row.name,
        price=price,
        context_tok=row.context_tok,
        max_output_tok=row.max_output_tok,
        inputs=None if row.inputs is None else frozenset(row.inputs),
        outputs=None if row.outputs is None else frozenset(row.outputs),
        parameters=None if row.parameters is None else frozenset(row.parameters),
        quantization=row.quantization,
        dialect=row.dialect,
        data_policy=row.data_policy,
    )


def _with_policy(entry: ConfiguredModel, switch: Switch, catalog: Catalog) -> ConfiguredModel:
    """What is said of the model, else of the provider, else what a new endpoint's provider does."""
    policy = entry.data_policy or switch.data_policy
    slug = switch.provider.id
    if policy is None and all(e.provider != slug for e in catalog.all_endpoints(entry.slug)):
        policy = switch.provider.data_policy
    return msgspec.structs.replace(entry, data_policy=policy)


def _facts(settings: Settings) -> Iterator[ProviderFacts]:
    """Who the servers of one's own are, and by which name others are called here."""
    for slug, switch in settings.switches.items():
        if slug in settings.providers:
            yield facts_of(switch.provider)


def facts_of(provider: Provider) -> ProviderFacts:
    """A provider as the catalog lists it."""
    return ProviderFacts(
        slug=provider.id,
        name=provider.name,
        privacy_policy_url=provider.privacy_policy_url,
        terms_of_service_url=provider.terms_of_service_url,
        status_page_url=provider.status_page_url,
        headquarters=provider.headquarters,
        datacenters=provider.datacenters,
        key_env=provider.api_key_env,
        keyless=provider.keyless,
    )


def _names(settings: Settings) -> Mapping[str, str]:
    """What callers may call a provider, in lower case without spaces; a slug wins over a name."""
    names: dict[str, str] = {}
    for slug, switch in settings.switches.items():
        for name in (switch.provider.name, *switch.provider.aliases):
            names.setdefault(name.lower().replace(" ", ""), slug)
    return names | {slug: slug for slug in settings.switches}
