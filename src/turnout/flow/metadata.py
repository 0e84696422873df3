"""What was done for a request beside routing it, as `openrouter_metadata` tells it. Pure.

Source: contract section 2.1. Ours beside its members: `parameters`, which parameters the serving
endpoint honoured, got translated or emulated, and did not get; `hedging`, where a hedge was
started: whether it "won" or "lost", and what the loser cost; `continuation`, where it was wanted:
how often another endpoint went on with the answer.
"""

import msgspec

from turnout.core.money import usd
from turnout.core.pipeline import Stage
from turnout.flow.generation import Draft


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each parameter at the endpoint that served; names as the caller sent them."""

    honoured: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()
    emulated: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def parameters_of(making: Draft) -> Parameters:
    """Sorts the parameters of a request by what became of them at the endpoint last asked.

    Of a path that was lost or said otherwise ("reasoning.exclude") the whole parameter is not
    honoured.
    """
    sent = making.inbound.needs.parameters if making.inbound is not None else frozenset[str]()
    dropped, translated, emulated = making.dropped, making.translated, making.emulated
    touched = {path.partition(".")[0] for path in (*dropped, *translated, *emulated)}
    return Parameters(
        honoured=tuple(sorted(sent - touched)),
        translated=translated,
        emulated=emulated,
        dropped=dropped,
    )


def stages_of(making: Draft) -> tuple[Stage, ...]:
    """What a router picked, then what was done for the request, in order."""
    routed = () if making.plan is None or making.plan.routed is None else (making.plan.routed,)
    return (*routed, *making.pipeline.values())


def work_of(making: Draft) -> dict[str, object]:
    """Members of the object that tell what was done: `pipeline` and our own `parameters`."""
    told: dict[str, object] = {}
    if stages := stages_of(making):
        told["pipeline"] = [_shown(stage) for stage in stages]
    told["parameters"] = parameters_of(making)
    if making.hedged:
        cost_usd = msgspec.Raw(usd(making.hedge_nusd).encode())
        told["hedging"] = {"hedge": making.hedged, "cost_usd": cost_usd}
    if making.lasting is not None:
        told["continuation"] = {"continued": making.continued}
    return told


def _shown(stage: Stage) -> dict[str, object]:
    fields: dict[str, object] = {"name": stage.name, "type": stage.type}
    if stage.summary is not None:
        fields["summary"] = stage.summary
    if stage.cost_nusd is not None:
        fields["cost_usd"] = msgspec.Raw(usd(stage.cost_nusd).encode())
    if stage.data:
        fields["data"] = stage.data
    return fields
