"""What the caller wants of routing: the `provider` object, and what the request itself needs.

Source: contract sections 3.2 and 3.6. The structs are decoded straight from JSON, so a wrong type
is refused with its path; semantics are in `flow.plan`.
"""

from typing import Literal

import msgspec

from turnout.core.types import Modality, Quantization

SortBy = Literal["price", "throughput", "latency", "exacto"]


class Sort(msgspec.Struct, frozen=True, kw_only=True):
    """`sort` as an object."""

    by: SortBy | None = None
    partition: Literal["model", "none"] | None = None


class Cutoffs(msgspec.Struct, frozen=True, kw_only=True):
    """Percentile cut-offs: tokens per second for throughput, seconds for latency."""

    p50: float | None = None
    p75: float | None = None
    p90: float | None = None
    p99: float | None = None


class MaxPrice(msgspec.Struct, frozen=True, kw_only=True):
    """Ceilings: `prompt` and `completion` in USD per million tokens, the others per unit."""

    prompt: str | float | int | None = None
    completion: str | float | int | None = None
    request: str | float | int | None = None
    image: str | float | int | None = None
    audio: str | float | int | None = None


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """The `provider` object of a request; provider names are slugs, tags or display names.

    Ours beside the contract's: `hedging` and `continuation` switch both for one request, whatever
    the configuration says.
    """

    order: tuple[str, ...] | None = None
    only: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    allow_fallbacks: bool | None = None
    require_parameters: bool | None = None
    data_collection: Literal["allow", "deny"] | None = None
    zdr: bool | None = None
    enforce_distillable_text: bool | None = None
    quantizations: tuple[Quantization, ...] | None = None
    sort: SortBy | Sort | None = None
    preferred_min_throughput: float | Cutoffs | None = None
    preferred_max_latency: float | Cutoffs | None = None
    max_price: MaxPrice | None = None
    options: dict[str, dict[str, msgspec.Raw]] | None = None
    hedging: bool | None = None
    continuation: bool | None = None


NO_PREFERENCES = Preferences()


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks of an endpoint, found once by parse.

    Attributes:
        inputs: Modalities in the messages.
        outputs: Modalities asked for.
        parameters: Contract names of the parameters that were sent (`temperature`, `tools`, …).
        served: Of `parameters`, those that the gateway itself sees to, whoever answers.
        prompt_tok: A cheap upper-side estimate of the prompt, from its bytes.
        max_output_tok: The caller's ceiling, None when unsaid.
        tier: The service tier asked for, None for the ordinary one.
        readable: Of `inputs`, those that can be read here for endpoints that do not take them.
        compress: Whether a conversation that is too long is shortened; None: for small endpoints.
    """

    inputs: frozenset[Modality] = frozenset({"text"})
    outputs: frozenset[Modality] = frozenset({"text"})
    parameters: frozenset[str] = frozenset()
    served: frozenset[str] = frozenset()
    prompt_tok: int = 0
    max_output_tok: int | None = None
    tier: Literal["flex", "priority", "ultrafast", "default"] | None = None
    readable: frozenset[Modality] = frozenset()
    compress: bool | None = None
