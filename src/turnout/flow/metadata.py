"""What the caller is told about how it was served: the contract's `openrouter_metadata`. Pure.

Source: contract section 2.1. Ours beside its members: `parameters`, which parameters the serving
endpoint honoured, got translated or emulated, and did not get.
"""

from typing import Final, TypeAlias

import msgspec

from turnout.core.money import usd
from turnout.core.pipeline import Stage
from turnout.core.types import Endpoint, Headers
from turnout.flow.generation import Draft
from turnout.flow.planned import Plan
from turnout.flow.trial import Try

Json: TypeAlias = str | int | bool | list["Json"] | dict[str, "Json"] | None

_HEADERS: Final = ("x-openrouter-metadata", "x-openrouter-experimental-metadata")


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


def wants_metadata(headers: Headers) -> bool:
    """Whether the caller asked for it; any value but "enabled" is a no."""
    return any(headers.get(name, "").strip().lower() == "enabled" for name in _HEADERS)


def metadata_for(this: Try, took_ms: int | None) -> msgspec.Raw | None:
    """The whole object for an answer; None for callers that did not ask.

    Args:
        took_ms: From dispatch of the serving attempt to the end of its body.
    """
    making = this.making
    if making.plan is None or not wants_metadata(making.headers):
        return None
    pipeline = making.pipeline.values()
    fields: dict[str, object] = {**routing_of(this, making.plan, took_ms)}
    if pipeline:
        fields["pipeline"] = [_shown(stage) for stage in pipeline]
    fields["parameters"] = parameters_of(making)
    return msgspec.Raw(msgspec.json.encode(fields))


def routing_of(this: Try, plan: Plan, took_ms: int | None) -> dict[str, Json]:
    """Its members that tell of the choice and the attempts."""
    served, attempts = this.endpoint, this.making.attempts
    available: list[Json] = [
        {"model": e.model, "provider": _name(this, e), "selected": e.id == served.id}
        for e in (step.endpoint for step in plan.steps)
    ]
    tried: list[Json] = [
        {"model": one.model, "provider": one.provider, "status": one.status or 0}
        for one in attempts
    ]
    requested = this.inbound.models[0]
    fell_back = this.step.asked != requested
    name = _name(this, served)
    return {
        "attempt": len(attempts),
        "attempts": tried,
        "endpoints": {"available": available, "total": len(plan.steps) + len(plan.dropped)},
        "generation_time": took_ms,
        "is_byok": False,
        "region": served.region,
        "requested": requested,
        "strategy": "fallback" if fell_back else "direct",
        "summary": f"{name} served {served.model} at attempt {len(attempts)}.",
    }


def _name(this: Try, endpoint: Endpoint) -> str:
    connection = this.snapshot.connections.get(endpoint.provider)
    return endpoint.provider if connection is None else connection.provider.name


def _shown(stage: Stage) -> dict[str, object]:
    fields: dict[str, object] = {"name": stage.name, "type": stage.type}
    if stage.summary is not None:
        fields["summary"] = stage.summary
    if stage.cost_nusd is not None:
        fields["cost_usd"] = msgspec.Raw(usd(stage.cost_nusd).encode())
    if stage.data:
        fields["data"] = stage.data
    return fields
