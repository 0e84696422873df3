"""What a plan is: the nouns that planning makes and the later stages walk through."""

from typing import Final, Literal

import msgspec

from turnout.core.types import Endpoint
from turnout.metrics.health import State

Basis = Literal["weighted", "order", "price", "throughput", "latency", "exacto"]
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
    "allow_fallbacks",
]
"""The hard filters, in the order in which they are asked; contract section 3.1."""


SMALL_TOK: Final = 8192
"""Endpoints with no more context are shortened for unless the caller says no (contract, 3.6)."""


class Place(msgspec.Struct, frozen=True):
    """One endpoint's place and what put it there.

    Attributes:
        figure: By `basis`: the weight (1/price², "weighted"), atto-USD a token ("price"), negative
            tokens/s ("throughput"), ms ("latency"), rank ("exacto", "order"). Infinite = no data.
    """

    endpoint: Endpoint
    state: State
    figure: float


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


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What will be tried, in order; a permutation of the eligible endpoints.

    Attributes:
        basis: What the order is by.
        seed: With it and the same health the same plan can be made again.
    """

    steps: tuple[Step, ...]
    dropped: tuple[Dropped, ...]
    basis: Basis
    seed: int
