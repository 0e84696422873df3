"""Where thinking of earlier turns is to be read: its maker first."""

import msgspec

from turnout.flow.planned import Plan, Step
from turnout.vault.vault import Maker, Recalled


def pinned(plan: Plan, recalled: Recalled | None) -> Plan:
    """The plan with who thought the last turn in front; a permutation of it.

    Within an open tool loop the maker goes first whatever its price and model, then its provider
    with the same model: elsewhere the loop would lose its thoughts. Outside of one it goes first
    only among healthy endpoints of the first model, and never against the caller's own order.
    """
    if recalled is None or len(plan.steps) < 2:
        return plan
    maker = recalled.maker
    if recalled.open_loop:
        steps = sorted(plan.steps, key=lambda step: _distance(step, maker))
        return msgspec.structs.replace(plan, steps=tuple(steps))
    if plan.basis == "order":
        return plan
    home = next((step for step in plan.steps if _is_home(step, plan, maker)), None)
    if home is None:
        return plan
    others = [step for step in plan.steps if step is not home]
    return msgspec.structs.replace(plan, steps=(home, *others))


def _distance(step: Step, maker: Maker) -> int:
    endpoint = step.endpoint
    if endpoint.id == maker.endpoint:
        return 0
    return 1 if (endpoint.provider, endpoint.model) == (maker.provider, maker.model) else 2


def _is_home(step: Step, plan: Plan, maker: Maker) -> bool:
    healthy = step.place.state == "healthy"
    return healthy and step.asked == plan.steps[0].asked and _distance(step, maker) < 2
