"""The nouns of routing: models, endpoints, attempts, generations. See GLOSSARY.md for the words."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from turnout.core.decision import Decision
from turnout.core.pipeline import Stage
from turnout.core.usage import Price, Usage

Modality = Literal["text", "image", "file", "audio", "video", "embeddings", "rerank"]

Quantization = Literal[
    "int4",
    "int8",
    "fp4",
    "mxfp4",
    "nvfp4",
    "fp6",
    "fp8",
    "mxfp8",
    "fp16",
    "bf16",
    "fp32",
    "unknown",
]

Dialect = Literal[
    "openai.chat",
    "openai.responses",
    "openai.completions",
    "anthropic.messages",
    "gemini",
    "bedrock.converse",
    "cohere.chat",
    "ollama.chat",
    "openai.embeddings",
    "rerank",
]
"""A wire format; the same words for what clients speak and what upstreams speak."""


class Unpriced(msgspec.Struct, frozen=True, tag="unpriced"):
    """Nobody has told us the price. A visible state, never zero."""

    reason: str = "no source states a price"


Pricing: TypeAlias = Price | Unpriced


class DataPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint does with prompts. None is "unknown", which filters treat as the worst.

    Attributes:
        trains: Prompts may train models.
        retains: Prompts are stored beyond the request.
        retention_days: For how long, when told.
    """

    trains: bool | None = None
    retains: bool | None = None
    retention_days: int | None = None

    @property
    def zero_retention(self) -> bool:
        """Known to keep nothing and to train on nothing."""
        return self.retains is False and self.trains is False


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One model at one provider: the unit that is priced, measured and chosen.

    Attributes:
        id: Unique: "<model>@<tag>", for example "openai/gpt-4o-mini@openai".
        model: The model's slug "author/name", with ":free" where that is a row of its own.
        provider: The provider's slug.
        tag: The routing slug: the provider's, or "provider/suffix" for a region, tier or flavour.
        upstream_model: What the provider calls the model, sent on the wire.
        context_tok: Prompt and completion together.
        max_output_tok: None when the provider does not say.
        parameters: Names of request parameters it honours, in the contract's words; None when
            nobody has told us (then `require_parameters` drops it and nothing else does).
        dialect: The one dialect in which to ask for it; None leaves that to its provider.
        tier: A service tier that is never used unless asked for.
        status: The contract's field: 0 is normal, negatives are degraded to disabled.
    """

    id: str
    model: str
    provider: str
    tag: str
    upstream_model: str
    price: Pricing
    context_tok: int
    max_output_tok: int | None = None
    max_prompt_tok: int | None = None
    quantization: Quantization = "unknown"
    inputs: frozenset[Modality] = frozenset({"text"})
    outputs: frozenset[Modality] = frozenset({"text"})
    parameters: frozenset[str] | None = None
    data_policy: DataPolicy = DataPolicy()
    tier: Literal["flex", "priority", "ultrafast"] | None = None
    region: str | None = None
    moderated: bool = False
    implicit_caching: bool = False
    dialect: Dialect | None = None


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A model wherever it is hosted; facts that do not depend on the host.

    Attributes:
        slug: "author/name", or "author/name:free".
        canonical_slug: The dated, permanent slug; keys all statistics.
        name: For people: "OpenAI: GPT-4o-mini".
        created: Unix seconds of the release day (UTC), 0 when unknown.
        knowledge_cutoff: "2023-10" or "2023-10-01", None when unknown.
        endpoints: All known ones, configured or not, primary first.
    """

    slug: str
    canonical_slug: str
    name: str
    author: str
    description: str = ""
    created: int = 0
    knowledge_cutoff: str | None = None
    context_tok: int = 0
    max_output_tok: int | None = None
    inputs: frozenset[Modality] = frozenset({"text"})
    outputs: frozenset[Modality] = frozenset({"text"})
    tokenizer: str = "Other"
    instruct_type: str | None = None
    hugging_face_id: str | None = None
    open_weights: bool | None = None
    reasons: bool = False
    expires: str | None = None
    endpoints: tuple[Endpoint, ...] = ()


FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "error"]


Purpose = Literal["answer", "hedge", "continuation"]


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One try of one endpoint, as recorded.

    Attributes:
        outcome: "served" (its answer reached the client), "cancelled" (the client left),
            "outpaced" (another attempt of the request spoke first), or the failure kind.
        purpose: What it was made for: the answer, a hedge beside a silent one, or going on with an
            answer that broke off.
        status: The provider's HTTP status, None without an answer.
        latency_ms: From dispatch to the end of this attempt.
        ttft_ms: From dispatch to the first content, None when there was none.
        tools_valid: As in `Outcome`; shape_valid likewise.
        usage: What it used, where more than one attempt is on the bill; None else.
        cost_nusd: What it adds to the charge, as `usage`; of an outpaced one an estimate.
    """

    endpoint: str
    provider: str
    model: str
    outcome: str
    started_ms: int
    latency_ms: int
    status: int | None = None
    ttft_ms: int | None = None
    message: str | None = None
    upstream_id: str | None = None
    region: str | None = None
    tools_valid: bool | None = None
    shape_valid: bool | None = None
    purpose: Purpose = "answer"
    usage: Usage | None = None
    cost_nusd: int | None = None


GenerationState = Literal["succeeded", "failed", "cancelled", "interrupted"]
"""interrupted: the process died in the middle; written by the next start from the journal."""


class Generation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The one terminal record of a request. Times are unix ms, durations ms, money nano-USD.

    Attributes:
        key_hash: SHA-256 hex of the API key.
        requested: The model as asked for, variant included.
        model: The model that served, "" when none did.
        ttft_ms: From accept to the first content sent to the client.
        latency_ms: From accept to the end of the answer.
        generation_ms: From dispatch of the serving attempt to the end of its body.
        cost_nusd: What the key is charged, the losers of hedges and every part of an answer that
            was gone on with included.
        hedge_nusd: What of it losers of hedges cost, by estimate.
        continued: How often another endpoint went on with the answer.
        seed: The draw of the plan, so that the choice can be explained again.
        decision: What it was drawn from; None where there was nothing to decide.
    """

    id: str
    key_hash: str
    created_ms: int
    state: GenerationState
    dialect: Dialect = "openai.chat"
    requested: str = ""
    model: str = ""
    provider: str = ""
    endpoint: str = ""
    streamed: bool = False
    finish_reason: FinishReason | None = None
    native_finish_reason: str | None = None
    usage: Usage = Usage(requests=0)
    cost_nusd: int = 0
    prompt_cost_nusd: int = 0
    completion_cost_nusd: int = 0
    cache_discount_nusd: int = 0
    unpriced: bool = False
    ttft_ms: int | None = None
    latency_ms: int = 0
    generation_ms: int | None = None
    attempts: tuple[Attempt, ...] = ()
    error_type: str | None = None
    error_message: str | None = None
    upstream_id: str | None = None
    app_url: str | None = None
    app_title: str | None = None
    app_categories: str | None = None
    user_agent: str | None = None
    session_id: str | None = None
    user: str | None = None
    request_id: str | None = None
    service_tier: str | None = None
    dropped: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()
    honoured: tuple[str, ...] = ()
    pipeline: tuple[Stage, ...] = ()
    seed: int = 0
    decision: Decision | None = None
    hedge_nusd: int = 0
    continued: int = 0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt taught us about its endpoint; one per attempt, into the live window.

    Attributes:
        at_s: Monotonic second of the end.
        failure: The failure kind, "cancelled", or None for a success.
        throughput_tps: Completion tokens per second over the whole attempt, None without tokens.
        cost_nusd: What a success was charged, None where the endpoint is unpriced.
        prompt_cost_nusd: The prompt's part of it; completion_cost_nusd: the completion's.
        tools_valid: Of a success with tool calls, whether all were valid; None without calls.
        shape_valid: Of a success that was asked for JSON, whether it is that; None if not asked.
        probe: Nobody asked for it but us.
    """

    endpoint: str
    at_s: float
    failure: str | None = None
    hurts_health: bool = False
    latency_ms: int = 0
    ttft_ms: int | None = None
    prompt_tok: int = 0
    completion_tok: int = 0
    cache_read_tok: int = 0
    throughput_tps: float | None = None
    cost_nusd: int | None = None
    prompt_cost_nusd: int = 0
    completion_cost_nusd: int = 0
    tools_valid: bool | None = None
    shape_valid: bool | None = None
    probe: bool = False


Headers: TypeAlias = Mapping[str, str]
"""Header names in lower case."""
