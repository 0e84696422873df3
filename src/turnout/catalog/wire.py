"""The contract's shapes of models, endpoints and providers, filled from the catalog.

Source: contract sections 2.2, 2.10 and 8. A key that must be there is a plain field, None becoming
null; a key that may be absent is UNSET. Beyond the contract, `pricing` says where each price is
from and of what day; a price that nobody states reads "-1", as the contract has it where there is
no fixed price, with the reason beside it: never "0".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from turnout.catalog.index import ProviderFacts
from turnout.catalog.measures import EndpointMeasures
from turnout.core.histogram import Percentiles
from turnout.core.money import Rate, usd_per_unit
from turnout.core.types import Endpoint, Modality, Model, Pricing, Unpriced
from turnout.core.usage import Rates, Tier

UNKNOWN_PRICE: Final = "-1"
_MODALITY_ORDER: Final[Sequence[Modality]] = (
    "text",
    "image",
    "file",
    "audio",
    "video",
    "embeddings",
    "rerank",
)
_PARAMETER_ORDER: Final = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "top_a",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "max_tokens",
    "max_completion_tokens",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "prediction",
    "seed",
    "response_format",
    "structured_outputs",
    "stop",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "include_reasoning",
    "reasoning",
    "reasoning_effort",
    "web_search_options",
    "verbosity",
)
_RANK: Final = {name: rank for rank, name in enumerate(_PARAMETER_ORDER)}
_Maybe = str | UnsetType


class PricingOverride(msgspec.Struct, kw_only=True):
    """Rates of prompts that are strictly longer than the bound."""

    min_prompt_tokens: int
    prompt: str
    completion: str
    audio: _Maybe = UNSET
    input_cache_read: _Maybe = UNSET
    input_cache_write: _Maybe = UNSET
    input_cache_write_1h: _Maybe = UNSET


class PublicPricing(msgspec.Struct, kw_only=True):
    """USD per token, request, or search, as decimal text."""

    prompt: str
    completion: str
    request: _Maybe = UNSET
    image_token: _Maybe = UNSET
    image_output: _Maybe = UNSET
    audio: _Maybe = UNSET
    audio_output: _Maybe = UNSET
    web_search: _Maybe = UNSET
    internal_reasoning: _Maybe = UNSET
    input_cache_read: _Maybe = UNSET
    input_cache_write: _Maybe = UNSET
    input_cache_write_1h: _Maybe = UNSET
    overrides: list[PricingOverride] | UnsetType = UNSET
    price_source: _Maybe = UNSET
    price_as_of: _Maybe = UNSET
    unpriced: _Maybe = UNSET


class Architecture(msgspec.Struct, kw_only=True):
    """What goes in and out."""

    modality: str
    input_modalities: list[Modality]
    output_modalities: list[Modality]
    tokenizer: str
    instruct_type: str | None


class TopProvider(msgspec.Struct, kw_only=True):
    """Limits of the primary endpoint."""

    context_length: int | None
    max_completion_tokens: int | None
    is_moderated: bool


class Links(msgspec.Struct):
    """Where more is."""

    details: str


class AliasTarget(msgspec.Struct):
    """The model that an alias row stands for."""

    name: str
    slug: str


class ModelRow(msgspec.Struct, kw_only=True):
    """A row of `GET /models`."""

    id: str
    canonical_slug: str
    hugging_face_id: str | None
    name: str
    created: int
    description: str
    context_length: int | None
    architecture: Architecture
    pricing: PublicPricing
    top_provider: TopProvider
    per_request_limits: None = None
    supported_parameters: list[str]
    default_parameters: None = None
    supported_voices: None = None
    knowledge_cutoff: str | None
    expiration_date: str | None
    links: Links
    alias_target: AliasTarget | UnsetType = UNSET


class ToolChoiceSupport(msgspec.Struct, kw_only=True):
    """Which words of `tool_choice` are honoured."""

    auto: bool
    function: bool
    none: bool
    required: bool


class Performance(msgspec.Struct, frozen=True):
    """What was measured of an endpoint for one kind of work."""

    latency: Percentiles | None
    request_count: int
    throughput: Percentiles | None


class EndpointRow(msgspec.Struct, kw_only=True):
    """A row of `GET /models/{author}/{slug}/endpoints`."""

    name: str
    model_id: str
    model_name: str
    provider_name: str
    tag: str
    context_length: int
    max_completion_tokens: int | None
    max_prompt_tokens: int | None
    pricing: PublicPricing
    quantization: str
    service_tier: str | None
    supported_parameters: list[str]
    supports_tool_choice: ToolChoiceSupport
    supports_implicit_caching: bool
    supports_diarization: bool = False
    native_tools: dict[str, str]
    latency_last_30m: Percentiles | None
    throughput_last_30m: Percentiles | None
    uptime_last_5m: float | None
    uptime_last_30m: float | None
    uptime_last_1d: float | None
    status: int
    perf_last_30m_by_workload: dict[str, Performance] | None


class EndpointsRow(msgspec.Struct, kw_only=True):
    """A model with its endpoints."""

    id: str
    name: str
    created: int
    description: str
    architecture: Architecture
    endpoints: list[EndpointRow]


class ProviderRow(msgspec.Struct, kw_only=True):
    """A row of `GET /providers`."""

    name: str
    slug: str
    privacy_policy_url: str | None
    terms_of_service_url: str | None
    status_page_url: str | None
    headquarters: str | None
    datacenters: list[str] | None


def model_row(model: Model, endpoints: Sequence[Endpoint], alias: str | None = None) -> ModelRow:
    """A model as the endpoints in view make it; its price and limits are the primary one's.

    Args:
        model: The model; for an alias row, the one it stands for.
        endpoints: At least one, primary first.
        alias: The alias's own name, for such a row.
    """
    primary = endpoints[0]
    return ModelRow(
        id=alias or model.slug,
        canonical_slug=model.canonical_slug,
        hugging_face_id=model.hugging_face_id,
        name=model.name if alias is None else f"{model.name} (latest)",
        created=model.created,
        description=model.description,
        context_length=primary.context_tok or None,
        architecture=architecture(model),
        pricing=pricing(primary.price),
        top_provider=TopProvider(
            context_length=primary.context_tok or None,
            max_completion_tokens=primary.max_output_tok,
            is_moderated=primary.moderated,
        ),
        supported_parameters=parameters(endpoints),
        knowledge_cutoff=_whole_date(model.knowledge_cutoff),
        expiration_date=model.expires,
        links=Links(f"/api/v1/models/{model.canonical_slug}/endpoints"),
        alias_target=UNSET if alias is None else AliasTarget(name=model.name, slug=model.slug),
    )


def endpoint_row(
    model: Model, endpoint: Endpoint, provider_name: str, measures: EndpointMeasures
) -> EndpointRow:
    """An endpoint with what was measured of it."""
    choice = "tool_choice" in (endpoint.parameters or ())
    return EndpointRow(
        name=f"{provider_name} | {model.canonical_slug}",
        model_id=model.slug,
        model_name=model.name,
        provider_name=provider_name,
        tag=endpoint.tag,
        context_length=endpoint.context_tok,
        max_completion_tokens=endpoint.max_output_tok,
        max_prompt_tokens=endpoint.max_prompt_tok,
        pricing=pricing(endpoint.price),
        quantization=endpoint.quantization,
        service_tier=endpoint.tier,
        supported_parameters=parameters((endpoint,)),
        supports_tool_choice=ToolChoiceSupport(
            auto=choice, function=choice, none=choice, required=choice
        ),
        supports_implicit_caching=endpoint.implicit_caching,
        native_tools={},
        latency_last_30m=measures.latency_last_30m,
        throughput_last_30m=measures.throughput_last_30m,
        uptime_last_5m=measures.uptime_last_5m,
        uptime_last_30m=measures.uptime_last_30m,
        uptime_last_1d=measures.uptime_last_1d,
        status=measures.status,
        perf_last_30m_by_workload=_performance(endpoint, measures),
    )


_WORKLOADS: Final[Mapping[Modality, str]] = {
    "text": "text_generation",
    "embeddings": "embeddings",
    "rerank": "rerank",
    "image": "image_generation",
    "video": "video_generation",
    "audio": "tts",
}
"""By what an endpoint says; the first that it does is its work. Contract section 2.2."""


def _performance(endpoint: Endpoint, measures: EndpointMeasures) -> dict[str, Performance] | None:
    """Time to the first token where there are tokens to wait for, else the round trip."""
    if not measures.requests_last_30m:
        return None
    kind: Modality | None = next((k for k in _WORKLOADS if k in endpoint.outputs), None)
    latency = measures.latency_last_30m if kind == "text" else measures.round_trip_last_30m
    work = Performance(latency, measures.requests_last_30m, measures.throughput_last_30m)
    return {"unknown" if kind is None else _WORKLOADS[kind]: work}


def provider_row(facts: ProviderFacts) -> ProviderRow:
    """A provider's public facts."""
    return ProviderRow(
        name=facts.name,
        slug=facts.slug,
        privacy_policy_url=facts.privacy_policy_url,
        terms_of_service_url=facts.terms_of_service_url,
        status_page_url=facts.status_page_url,
        headquarters=facts.headquarters,
        datacenters=list(facts.datacenters) or None,
    )


def architecture(model: Model) -> Architecture:
    """Modalities in a fixed order, and the contract's one-line form of them."""
    inputs, outputs = _ordered(model.inputs), _ordered(model.outputs)
    return Architecture(
        modality=f"{'+'.join(inputs)}->{'+'.join(outputs)}",
        input_modalities=inputs,
        output_modalities=outputs,
        tokenizer=model.tokenizer,
        instruct_type=model.instruct_type,
    )


def parameters(endpoints: Iterable[Endpoint]) -> list[str]:
    """The union of what endpoints honour, in the contract's order, others after it."""
    names = {name for endpoint in endpoints for name in endpoint.parameters or ()}
    return sorted(names, key=lambda name: (_RANK.get(name, len(_RANK)), name))


def pricing(price: Pricing) -> PublicPricing:
    """A price as decimal strings with its origin; an unknown one says so."""
    if isinstance(price, Unpriced):
        return PublicPricing(prompt=UNKNOWN_PRICE, completion=UNKNOWN_PRICE, unpriced=price.reason)
    rates = price.rates
    return PublicPricing(
        prompt=usd_per_unit(rates.prompt),
        completion=usd_per_unit(rates.completion),
        request=_text(rates.request),
        image_token=_text(rates.image),
        image_output=_text(rates.image_out),
        audio=_text(rates.audio),
        audio_output=_text(rates.audio_out),
        web_search=_text(rates.search),
        internal_reasoning=_text(rates.reasoning),
        input_cache_read=_text(rates.cache_read),
        input_cache_write=_text(rates.cache_write),
        input_cache_write_1h=_text(rates.cache_write_1h),
        overrides=[_override(tier) for tier in price.tiers] or UNSET,
        price_source=price.source,
        price_as_of=price.as_of,
    )


def _override(tier: Tier) -> PricingOverride:
    rates: Rates = tier.rates
    return PricingOverride(
        min_prompt_tokens=tier.above_prompt_tok,
        prompt=usd_per_unit(rates.prompt),
        completion=usd_per_unit(rates.completion),
        audio=_text(rates.audio),
        input_cache_read=_text(rates.cache_read),
        input_cache_write=_text(rates.cache_write),
        input_cache_write_1h=_text(rates.cache_write_1h),
    )


def _text(rate: Rate | None) -> _Maybe:
    return UNSET if rate is None else usd_per_unit(rate)


def _ordered(modalities: frozenset[Modality]) -> list[Modality]:
    return [name for name in _MODALITY_ORDER if name in modalities]


def _whole_date(day: str | None) -> str | None:
    # A cutoff that is only told to the month is shown as that month's first day.
    return f"{day}-01" if day is not None and len(day) == len("2023-10") else day
