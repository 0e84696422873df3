"""From a plan to the decision that its record keeps."""

import math
from typing import Final

from turnout.core.decision import MOST_ROWS, Decision, Out, Weight
from turnout.flow.planned import Plan, Step

_ATTO_PER_NANO: Final = 1e9


def decision_of(plan: Plan) -> Decision | None:
    """What a record keeps of a plan; None where there was nothing to decide."""
    if len(plan.steps) < 2 and not plan.dropped:
        return None
    warm = plan.warm
    kept, dropped = plan.steps[:MOST_ROWS], plan.dropped[:MOST_ROWS]
    return Decision(
        basis=plan.basis,
        stuck=plan.stuck,
        warm="" if warm is None else warm.endpoint,
        warm_tok=0 if warm is None else warm.cached_tok,
        kept=tuple([weight_of(step) for step in kept]),
        dropped=tuple([Out(drop.endpoint.id, drop.filter) for drop in dropped]),
        more=len(plan.steps) - len(kept) + len(plan.dropped) - len(dropped),
    )


def weight_of(step: Step) -> Weight:
    """One step with the numbers that mattered, rounded to what can be told apart."""
    place = step.place
    row = place.weighed
    if row is None:
        figure = place.figure if math.isfinite(place.figure) else None
        return Weight(
            endpoint=step.endpoint.id,
            state=place.state,
            held_back=place.held_back,
            figure=figure and float(f"{figure:.6g}"),
        )
    return Weight(
        endpoint=step.endpoint.id,
        state=place.state,
        why=row.note,
        held_back=place.held_back,
        share=round(row.share, 4),
        price_nusd=round(row.price / _ATTO_PER_NANO),
        adjusted_nusd=round(row.adjusted / _ATTO_PER_NANO),
        ttft_ms=None if row.ttft_s is None else round(row.ttft_s * 1000),
        speed_tps=None if row.ttft_s is None else round(row.speed_tps, 1),
        fault_share=round(row.fault_share, 4),
        limited_share=round(row.limited_share, 4),
        cap_rps=None if row.cap_rps is None else round(row.cap_rps, 2),
    )
