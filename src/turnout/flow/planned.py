"""What a plan is: the nouns that planning makes and the later stages walk through."""

from typing import Final, Literal

import msgspec

from turnout.core.errors import Refusal
from turnout.core.pipeline import Stage
from turnout.core.types import Endpoint
from turnout.metrics.health import State

Basis = Literal["weighted", "balanced", "order", "price", "throughput", "latency", "exacto"]
"""What an order is by."""

FilterName = Literal[
    "output_modality",
    "input_modality",
    "data_policy:training",
    "data_policy:zdr",
    "allowed_providers",
    "ignored_providers",
    "distillable",
    "quantization",
    "unpriced",
    "max_price",
    "context_length",
    "max_tokens",
    "service_tier",
    "require_parameters",
    "parameters",
    "cooling_down",
    "at_cap",
    "allow_fallbacks",
]
"""The hard filters, in the order in which they are asked; contract section 3.1."""

BUSY: Final[tuple[FilterName, ...]] = ("cooling_down", "at_cap")
"""Those that pass with time."""

Note = Literal["edge", "near", "explored", "newcomer", "trial", "open"]
"""What a share is: of the best, by distance, for exploring, of the unmeasured, of a half-open
breaker, or none."""


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint as the balanced mode sees it; prices in atto-USD for a typical request.

    Attributes:
        request_tok: Tokens of that request, prompt and completion.
        price: What the request would cost with the endpoint's own cache hits.
        adjusted: The same with what waiting, faults and 429s cost the caller on top.
        ttft_s: Typical wait for the first token, None unmeasured.
        whole_s: Expected round trip.
        speed_tps: Completion tokens per second of that round trip.
        cap_rps: Learned cap, None without one.
        distance: From the best price and the best time at once, in units; 0 is both.
        share: Of first tries, in [0, 1].
    """

    request_tok: float
    price: float
    adjusted: float
    ttft_s: float | None
    whole_s: float
    speed_tps: float
    fault_share: float
    limited_share: float
    cap_rps: float | None
    distance: float
    share: float
    note: Note


SMALL_TOK: Final = 8192
"""Endpoints with no more context are shortened for unless the caller says no (contract, 3.6)."""


class Place(msgspec.Struct, frozen=True):
    """One endpoint's place and what put it there.

    Attributes:
        figure: By `basis`: a draw by weight ("weighted", "balanced"), atto-USD a token ("price"),
            negative tokens/s ("throughput"), ms ("latency"), rank ("exacto", "order"). Infinite =
            no data.
        weighed: What the draw was by, in the balanced mode.
        held_back: Why it is behind where its figure would put it.
    """

    endpoint: Endpoint
    state: State
    figure: float
    weighed: Weighed | None = None
    held_back: Literal["", "at_cap", "healing", "tools", "cutoff"] = ""


class Step(msgspec.Struct, frozen=True):
    """One endpoint to try, for one of the models asked for."""

    endpoint: Endpoint
    asked: str
    place: Place


class Dropped(msgspec.Struct, frozen=True):
    """One endpoint that may not serve, and why."""

    endpoint: Endpoint
    filter: FilterName
    detail: str


class Sticky(msgspec.Struct, frozen=True, kw_only=True):
    """The endpoint that a dialogue was last served by.

    Attributes:
        endpoint: Its id.
        cached_tok: Prompt tokens that its cache is believed to hold.
        hard: It alone can read the state in the history; only the breaker may overrule it.
    """

    endpoint: str
    cached_tok: int = 0
    hard: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What will be tried, in order; a permutation of the eligible endpoints.

    Attributes:
        basis: What the order is by.
        seed: With it and the same health the same plan can be made again.
        stuck: Whether a dialogue's own endpoint was put first.
        warm: That endpoint, whether it was put first or not; None where none is known.
        routed: What a router picked and why; None where the caller named models.
        refusal: Why there are no steps; None where there are.
    """

    steps: tuple[Step, ...]
    dropped: tuple[Dropped, ...]
    basis: Basis
    seed: int
    stuck: bool = False
    warm: Sticky | None = None
    routed: Stage | None = None
    refusal: Refusal | None = None
