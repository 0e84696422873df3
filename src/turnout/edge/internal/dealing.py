"""Cards of models and endpoints, from the catalog and what was measured."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import UNSET

from turnout.catalog.index import ProviderFacts, is_free
from turnout.catalog.wire import architecture, parameters
from turnout.core.money import Rate, usd_per_unit
from turnout.core.types import DataPolicy, Endpoint, Model, Pricing, Unpriced
from turnout.core.usage import Rates, Tier
from turnout.edge.internal.cards import (
    DayUptime,
    EndpointCard,
    Maybe,
    ModelCard,
    PolicyCard,
    Prices,
    PriceTier,
)
from turnout.edge.internal.live import Live, Lived
from turnout.edge.internal.shelf import Shelf, listed_at, listed_context

LONG_CONTEXT_TOK: Final = 200_000
_NO_DAYS: Final[Sequence[DayUptime]] = ()


def model_facts(shelf: Shelf, model: Model, live: Live, weekly_tokens: int) -> dict[str, Any]:
    """What `ModelFacts` holds, to be made into a card or a page."""
    endpoints = shelf.endpoints(model.slug)
    lived = [live.endpoint(e.id) for e in endpoints]
    shown_at = listed_at(endpoints)
    price = None if shown_at is None else prices(shown_at.price)
    shown = architecture(model)
    return {
        "slug": model.slug,
        "name": model.name,
        "author": model.author,
        "author_name": shelf.author_name(model.author),
        "description": model.description,
        "created": model.created,
        "knowledge_cutoff": model.knowledge_cutoff,
        "context_length": listed_context(endpoints) or model.context_tok,
        "max_completion_tokens": max(
            (e.max_output_tok or 0 for e in endpoints), default=model.max_output_tok or 0
        )
        or None,
        "input_modalities": shown.input_modalities,
        "output_modalities": shown.output_modalities,
        "price_prompt": None if price is None else price.prompt,
        "price_completion": None if price is None else price.completion,
        "supported_parameters": parameters(endpoints),
        "providers": list(dict.fromkeys(e.provider for e in endpoints)),
        "on": sum(shelf.is_on(e.provider) for e in endpoints),
        "free": any(is_free(e) for e in endpoints),
        "open_weights": bool(model.open_weights),
        "tags": tags(model, endpoints),
        "weekly_tokens": weekly_tokens,
        "hugging_face_id": model.hugging_face_id,
        **_best(lived),
    }


def model_card(shelf: Shelf, model: Model, live: Live, weekly_tokens: int) -> ModelCard:
    """A row of the list of models."""
    facts = model_facts(shelf, model, live, weekly_tokens)
    return ModelCard(**facts, endpoints=len(shelf.endpoints(model.slug)))


def _best(lived: Sequence[Lived]) -> dict[str, float | None]:
    """The medians of the best endpoint, each measure by itself."""
    speeds = [one.throughput_tps.p50 for one in lived if one.throughput_tps is not None]
    waits = [one.ttft_ms.p50 for one in lived if one.ttft_ms is not None]
    trips = [one.latency_ms.p50 for one in lived if one.latency_ms is not None]
    return {
        "throughput_tps": max(speeds, default=None),
        "ttft_ms": min(waits, default=None),
        "latency_ms": min(trips, default=None),
    }


def tags(model: Model, endpoints: Sequence[Endpoint]) -> list[str]:
    """What a model is good for, as its facts say it."""
    known = {name for e in endpoints for name in e.parameters or ()}
    said = {
        "#multimodal": len(model.inputs) > 1 or len(model.outputs) > 1,
        "#vision": "image" in model.inputs,
        "#audio": "audio" in model.inputs | model.outputs,
        "#video": "video" in model.inputs,
        "#image-generation": "image" in model.outputs,
        "#embeddings": "embeddings" in model.outputs,
        "#rerank": "rerank" in model.outputs,
        "#reasoning": model.reasons or "reasoning" in known,
        "#tools": "tools" in known,
        "#structured-outputs": "structured_outputs" in known,
        "#web-search": "web_search_options" in known,
        "#caching": any(e.implicit_caching for e in endpoints),
        "#long-context": (listed_context(endpoints) or 0) >= LONG_CONTEXT_TOK,
        "#open-weights": bool(model.open_weights),
        "#free": any(is_free(e) for e in endpoints),
    }
    return [tag for tag, true in said.items() if true]


def endpoint_card(
    shelf: Shelf,
    endpoint: Endpoint,
    lived: Lived,
    *,
    days: Sequence[DayUptime] = _NO_DAYS,
    share: float | None = None,
) -> EndpointCard:
    """An endpoint with what was measured of it."""
    provider = shelf.provider(endpoint.provider)
    price = endpoint.price
    stated = None if isinstance(price, Unpriced) else price
    return EndpointCard(
        tag=endpoint.tag,
        provider=endpoint.provider,
        provider_name=provider.name,
        model=endpoint.model,
        model_name=shelf.model_name(endpoint.model),
        name=f"{provider.name} | {endpoint.model}",
        on=shelf.is_on(endpoint.provider),
        off_reason=shelf.off_reason(endpoint.provider),
        region=endpoint.region,
        quantization=None if endpoint.quantization == "unknown" else endpoint.quantization,
        context_length=endpoint.context_tok,
        max_completion_tokens=endpoint.max_output_tok,
        max_prompt_tokens=endpoint.max_prompt_tok,
        pricing=prices(price),
        price_tiers=[] if stated is None else [_tier(tier) for tier in stated.tiers],
        price_source=None if stated is None else stated.source,
        price_as_of=None if stated is None else stated.as_of,
        unpriced=price.reason if isinstance(price, Unpriced) else None,
        supported_parameters=parameters((endpoint,)),
        supports_implicit_caching=endpoint.implicit_caching,
        moderated=endpoint.moderated,
        service_tier=endpoint.tier,
        data_policy=policy_card(endpoint.data_policy, provider),
        status=lived.condition,
        latency_ms=lived.latency_ms,
        ttft_ms=lived.ttft_ms,
        throughput_tps=lived.throughput_tps,
        measured_over=lived.over,
        uptime=lived.uptime,
        uptime_days=list(days),
        share=share,
    )


def prices(price: Pricing) -> Prices:
    """A list price as decimal text."""
    if isinstance(price, Unpriced):
        return Prices(prompt=None, completion=None)
    rates: Rates = price.rates
    return Prices(
        prompt=usd_per_unit(rates.prompt),
        completion=usd_per_unit(rates.completion),
        input_cache_read=_text(rates.cache_read),
        input_cache_write=_text(rates.cache_write),
        input_cache_write_1h=_text(rates.cache_write_1h),
        image=_text(rates.image),
        audio=_text(rates.audio),
        video=_text(rates.video),
        image_output=_text(rates.image_out),
        audio_output=_text(rates.audio_out),
        internal_reasoning=_text(rates.reasoning),
        request=_text(rates.request),
        web_search=_text(rates.search),
    )


def policy_card(policy: DataPolicy, provider: ProviderFacts) -> PolicyCard:
    """What is done with prompts; zdr is unknown while one of its two parts is and none is yes."""
    known = policy.trains is not None and policy.retains is not None
    worst = policy.trains is True or policy.retains is True
    return PolicyCard(
        training=policy.trains,
        retains_prompts=policy.retains,
        retention_days=policy.retention_days,
        zdr=policy.zero_retention if known or worst else None,
        url=provider.privacy_policy_url,
    )


def shares(requests: Mapping[str, int]) -> Mapping[str, float]:
    """Of counts, the share of each; empty when all are zero."""
    total = sum(requests.values())
    return {name: round(n / total, 4) for name, n in requests.items()} if total else {}


def _tier(tier: Tier) -> PriceTier:
    return PriceTier(
        above_tokens=tier.above_prompt_tok,
        prompt=usd_per_unit(tier.rates.prompt),
        completion=usd_per_unit(tier.rates.completion),
        input_cache_read=_text(tier.rates.cache_read),
        input_cache_write=_text(tier.rates.cache_write),
    )


def _text(rate: Rate | None) -> Maybe:
    return UNSET if rate is None else usd_per_unit(rate)
