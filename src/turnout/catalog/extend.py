"""One installation's catalog: the built one with what its configuration adds or says better."""

from collections.abc import Iterable, Mapping

import msgspec

from turnout.catalog.fingerprint import fingerprint
from turnout.catalog.index import Catalog, ProviderFacts
from turnout.core.types import (
    DataPolicy,
    Dialect,
    Endpoint,
    Modality,
    Model,
    Pricing,
    Quantization,
    Unpriced,
)
from turnout.core.usage import Price


class ConfiguredModel(msgspec.Struct, frozen=True, kw_only=True):
    """One model at one provider, as the operator states it or the provider's `/models` lists it.

    Of an endpoint that the catalog already has, only what is stated here changes.

    Attributes:
        slug: "author/name", as clients ask for it.
        provider: The provider's slug.
        upstream: The name on the wire; None keeps a known one, else the part after the slash.
        price: None keeps a known one, else the endpoint is unpriced.
        context_tok: None keeps a known one, else `DEFAULT_CONTEXT_TOK`.
        discovered: Listed by the server and not stated by the operator: never overrides.
    """

    slug: str
    provider: str
    upstream: str | None = None
    name: str | None = None
    price: Price | None = None
    context_tok: int | None = None
    max_output_tok: int | None = None
    inputs: frozenset[Modality] | None = None
    outputs: frozenset[Modality] | None = None
    parameters: frozenset[str] | None = None
    quantization: Quantization | None = None
    dialect: Dialect | None = None
    data_policy: DataPolicy | None = None
    discovered: bool = False


DEFAULT_CONTEXT_TOK = 8192
"""What an own server is taken to hold when nobody says: small enough for any of them."""

_TEXT: frozenset[Modality] = frozenset({"text"})


def extend(
    catalog: Catalog, configured: Iterable[ConfiguredModel], providers: Iterable[ProviderFacts] = ()
) -> Catalog:
    """The catalog with configured endpoints added, or changed where they were known.

    Args:
        catalog: As built; it is not changed.
        configured: Later entries win over earlier ones of the same slug and provider.
        providers: Facts of servers of one's own.
    """
    added = tuple(configured)
    facts = tuple(providers)
    models = dict(catalog.models)
    resold = dict(catalog.resold)
    for entry in added:
        _place(entry, models, resold)
    return msgspec.structs.replace(
        catalog,
        version=fingerprint(catalog.version, added, facts),
        models=models,
        resold=resold,
        aliases={a: s for a, s in catalog.aliases.items() if a not in models},
        providers={**catalog.providers, **{f.slug: f for f in facts}},
    )


def discovered(
    catalog: Catalog, provider: str, upstream_names: Iterable[str]
) -> tuple[ConfiguredModel, ...]:
    """Entries for the names that a server's `/models` lists, each unpriced unless already known.

    A name that is a slug or alias of the catalog means that model; any other becomes
    "<provider>/<name>", or keeps its own author when it has one.
    """
    found: list[ConfiguredModel] = []
    for name in upstream_names:
        known = catalog.find(name)
        slug = known.slug if known is not None else name.lower()
        if "/" not in slug:
            slug = f"{provider}/{slug}"
        found.append(
            ConfiguredModel(
                slug=slug,
                provider=provider,
                upstream=name,
                name=name,
                outputs=outputs_by_name(name),
                discovered=True,
            )
        )
    return tuple(found)


def outputs_by_name(name: str) -> frozenset[Modality] | None:
    """What a model makes as far as its name tells, None for text: lists of models say no more."""
    lower = name.lower()
    if "rerank" in lower:
        return frozenset({"rerank"})
    if "embed" in lower:
        return frozenset({"embeddings"})
    return None


def _place(
    entry: ConfiguredModel, models: dict[str, Model], resold: dict[str, tuple[Endpoint, ...]]
) -> None:
    model = models.get(entry.slug) or _model(entry)
    known = (*model.endpoints, *resold.get(entry.slug, ()))
    if any(endpoint.provider == entry.provider for endpoint in known):
        if not entry.discovered:
            _override(entry, models, resold)
        return
    endpoints = (*model.endpoints, _endpoint(entry, model))
    models[entry.slug] = msgspec.structs.replace(model, endpoints=endpoints)


def _override(
    entry: ConfiguredModel, models: dict[str, Model], resold: dict[str, tuple[Endpoint, ...]]
) -> None:
    model = models[entry.slug]
    endpoints = tuple(_changed(e, entry) for e in model.endpoints)
    models[entry.slug] = msgspec.structs.replace(model, endpoints=endpoints)
    if entry.slug in resold:
        resold[entry.slug] = tuple(_changed(e, entry) for e in resold[entry.slug])


def _changed(endpoint: Endpoint, entry: ConfiguredModel) -> Endpoint:
    if endpoint.provider != entry.provider:
        return endpoint
    # A service tier has a price of its own, which a word about the plain endpoint does not touch;
    # what happens to prompts is the same there.
    if endpoint.tier is not None:
        policy = entry.data_policy or endpoint.data_policy
        return msgspec.structs.replace(endpoint, data_policy=policy)
    stated: Mapping[str, object] = {
        "upstream_model": entry.upstream if endpoint.tag == entry.provider else None,
        "price": entry.price,
        "context_tok": entry.context_tok,
        "max_output_tok": entry.max_output_tok,
        "inputs": entry.inputs,
        "outputs": entry.outputs,
        "parameters": entry.parameters,
        "quantization": entry.quantization,
        "dialect": entry.dialect,
        "data_policy": entry.data_policy,
    }
    return msgspec.structs.replace(
        endpoint, **{name: value for name, value in stated.items() if value is not None}
    )


def _endpoint(entry: ConfiguredModel, model: Model) -> Endpoint:
    price: Pricing = entry.price or Unpriced("configured without a price")
    return Endpoint(
        id=f"{entry.slug}@{entry.provider}",
        model=entry.slug,
        provider=entry.provider,
        tag=entry.provider,
        upstream_model=entry.upstream or entry.slug.partition("/")[2],
        price=price,
        context_tok=entry.context_tok or model.context_tok or DEFAULT_CONTEXT_TOK,
        max_output_tok=entry.max_output_tok,
        quantization=entry.quantization or "unknown",
        dialect=entry.dialect,
        inputs=entry.inputs or model.inputs,
        outputs=entry.outputs or model.outputs,
        parameters=entry.parameters,
        data_policy=entry.data_policy or DataPolicy(),
    )


def _model(entry: ConfiguredModel) -> Model:
    return Model(
        slug=entry.slug,
        canonical_slug=entry.slug,
        name=entry.name or entry.slug,
        author=entry.slug.partition("/")[0],
        context_tok=entry.context_tok or DEFAULT_CONTEXT_TOK,
        max_output_tok=entry.max_output_tok,
        inputs=entry.inputs or _TEXT,
        outputs=entry.outputs or _TEXT,
    )
