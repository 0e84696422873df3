"""Shapes that several pages share: models, endpoints and providers as cards.

Money is decimal text: USD a token for prices, USD for sums. None is unknown, or without data. What
is measured is in docs/explain/measures.md.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from turnout.core.histogram import Percentiles
from turnout.core.types import Modality

Word = Literal["Low", "Avg", "High"]
"""The lowest third of all models, the middle one, the highest."""

Condition = Literal["ok", "degraded", "down", "idle"]
"""idle: nothing was tried for a day. down: the breaker is open, or nothing was served of late."""

Maybe = str | UnsetType


class Link(msgspec.Struct, frozen=True):
    """A page elsewhere about this."""

    label: str
    url: str


class Name(msgspec.Struct, frozen=True):
    """A slug and what people call it."""

    slug: str
    name: str


class Standing(msgspec.Struct, frozen=True):
    """Where a model is among all that have the number; percentile 0 to 100, of those below it."""

    word: Word
    percentile: float


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """A list price: USD a token, request, search; what costs nothing of its own is left out.

    Attributes:
        prompt: None, as completion, where nobody states the price.
        image: Per token of a picture; audio likewise.
    """

    prompt: str | None
    completion: str | None
    input_cache_read: Maybe = UNSET
    input_cache_write: Maybe = UNSET
    input_cache_write_1h: Maybe = UNSET
    image: Maybe = UNSET
    audio: Maybe = UNSET
    video: Maybe = UNSET
    image_output: Maybe = UNSET
    audio_output: Maybe = UNSET
    internal_reasoning: Maybe = UNSET
    request: Maybe = UNSET
    web_search: Maybe = UNSET


class PriceTier(msgspec.Struct, frozen=True, kw_only=True):
    """Rates of requests whose prompt is longer than the bound."""

    above_tokens: int
    prompt: str
    completion: str
    input_cache_read: Maybe = UNSET
    input_cache_write: Maybe = UNSET


class PolicyCard(msgspec.Struct, frozen=True, kw_only=True):
    """What is done with prompts. zdr: known to keep nothing and to train on nothing."""

    training: bool | None
    retains_prompts: bool | None
    retention_days: int | None
    zdr: bool | None
    url: str | None


class Effective(msgspec.Struct, frozen=True, kw_only=True):
    """What tokens really cost, USD each, and the share of prompts that was read from caches."""

    prompt: str | None
    completion: str | None
    cache_hit_rate: float | None
    tokens: int


class DayUptime(msgspec.Struct, frozen=True):
    """Percent of a day's judged attempts that were served."""

    day: str
    uptime: float | None


class HourUptime(msgspec.Struct, frozen=True):
    """Percent of an hour's judged attempts that were served; `at` in unix seconds."""

    at: int
    uptime: float | None


class Uptimes(msgspec.Struct, frozen=True, kw_only=True):
    """Percent, of live windows."""

    last_5m: float | None
    last_30m: float | None
    last_1d: float | None


class Now(msgspec.Struct, frozen=True):
    """Percent of judged attempts over all of a provider's endpoints."""

    uptime_5m: float | None
    uptime_30m: float | None


class Failing(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is not well; kind: its most frequent failure; share: faults, 0 to 1."""

    tag: str
    model: str
    status: Condition
    kind: str | None
    share: float | None


class EndpointCard(msgspec.Struct, frozen=True, kw_only=True):
    """A model at one provider.

    Attributes:
        provider: Its slug.
        off_reason: What would turn the provider on; None when it is.
        price_source: Where the price was read; None, as price_as_of, when nobody states one.
        unpriced: Why there is no price.
        measured_over: What the percentiles are of: "30m" where that has any, else "1d".
        uptime_days: The last 30, oldest first.
        share: Of the model's requests in the last seven days, those that were served here; 0 to 1.
    """

    tag: str
    provider: str
    provider_name: str
    model: str
    model_name: str
    name: str
    on: bool
    off_reason: str | None
    region: str | None
    quantization: str | None
    context_length: int
    max_completion_tokens: int | None
    max_prompt_tokens: int | None
    pricing: Prices
    price_tiers: list[PriceTier]
    price_source: str | None
    price_as_of: str | None
    unpriced: str | None
    supported_parameters: list[str]
    supports_implicit_caching: bool
    moderated: bool
    service_tier: str | None
    data_policy: PolicyCard
    status: Condition
    latency_ms: Percentiles | None
    ttft_ms: Percentiles | None
    throughput_tps: Percentiles | None
    measured_over: Literal["30m", "1d"] | None
    uptime: Uptimes
    uptime_days: list[DayUptime]
    share: float | None


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A model wherever it is hosted.

    Attributes:
        author: Its slug.
        created: Unix seconds of the release day, 0 when unknown.
        context_length: Of the primary endpoint, as in the public API.
        price_prompt: The list price, of the primary endpoint as in the public API; None, as
            price_completion, when none is priced.
        on: How many of its endpoints are at providers that are on.
        free: One endpoint at least costs nothing.
        weekly_tokens: Of the last seven UTC days, today included.
        throughput_tps: p50 of its best endpoint in the last 30 minutes, else day; ttft_ms and
            latency_ms likewise.
    """

    slug: str
    name: str
    author: str
    author_name: str
    description: str
    created: int
    knowledge_cutoff: str | None
    context_length: int
    max_completion_tokens: int | None
    input_modalities: list[Modality]
    output_modalities: list[Modality]
    price_prompt: str | None
    price_completion: str | None
    supported_parameters: list[str]
    providers: list[str]
    on: int
    free: bool
    open_weights: bool
    tags: list[str]
    weekly_tokens: int
    throughput_tps: float | None
    ttft_ms: float | None
    latency_ms: float | None
    hugging_face_id: str | None


class ModelCard(ModelFacts, frozen=True, kw_only=True):
    """A model in a list; endpoints: how many there are."""

    endpoints: int


class ProviderCard(msgspec.Struct, frozen=True, kw_only=True):
    """Who hosts models.

    Attributes:
        models: How many of the catalog it has.
        headquarters: ISO 3166-1 alpha-2; datacenters likewise.
        uptime_1d: Percent of judged attempts of yesterday and today; uptime_30d: of 30 days.
        tokens_30d: That it served here.
    """

    slug: str
    name: str
    on: bool
    off_reason: str | None
    models: int
    headquarters: str | None
    datacenters: list[str]
    data_policy: PolicyCard
    status: Condition
    uptime_1d: float | None
    uptime_30d: float | None
    tokens_30d: int
    status_page_url: str | None
    privacy_policy_url: str | None
    terms_of_service_url: str | None
