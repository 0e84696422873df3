"""The policies that are compared: how each asks the planner, or what it does instead."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from turnout.core.preferences import NO_PREFERENCES, Preferences
from turnout.core.rules import BALANCED, Balanced, Hedging
from turnout.flow.plan.scores import uniform
from turnout.flow.planned import Step

PolicyName: TypeAlias = Literal[
    "balanced", "hedged", "classic", "floor", "nitro", "exacto", "random", "round-robin"
]

Reorder: TypeAlias = Callable[[Sequence[Step], int, int], list[Step]]
"""Steps, a seed and the request's number to the steps in another order."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One policy.

    Attributes:
        reorder: What a policy that Turnout does not have makes of the steps.
        elects: The exacto mode's elections are held.
    """

    summary: str
    preferences: Preferences = NO_PREFERENCES
    rules: Balanced = BALANCED
    hedging: Hedging = Hedging()
    reorder: Reorder | None = None
    elects: bool = False


def _shuffled(steps: Sequence[Step], seed: int, _number: int) -> list[Step]:
    keyed = sorted((uniform(seed ^ 0x5555, index), index) for index in range(len(steps)))
    return [steps[index] for _, index in keyed]


def _in_turn(steps: Sequence[Step], _seed: int, number: int) -> list[Step]:
    by_name = sorted(steps, key=lambda step: step.endpoint.id)
    turn = number % len(by_name)
    return by_name[turn:] + by_name[:turn]


POLICIES: Final[Mapping[PolicyName, Way]] = {
    "balanced": Way(summary="price against speed, measured: the default"),
    "hedged": Way(summary="balanced, with hedging on", hedging=Hedging(enabled=True)),
    "classic": Way(
        summary="healthy first, then by chance weighted with 1/price²",
        rules=Balanced(enabled=False),
    ),
    "floor": Way(summary="always the cheapest", preferences=Preferences(sort="price")),
    "nitro": Way(summary="always the fastest", preferences=Preferences(sort="throughput")),
    "exacto": Way(
        summary="one endpoint, elected", preferences=Preferences(sort="exacto"), elects=True
    ),
    "random": Way(summary="by chance, evenly", reorder=_shuffled),
    "round-robin": Way(summary="each in turn", reorder=_in_turn),
}
