"""From a parsed request and the snapshot to its plan."""

import msgspec

from turnout.dialects.adapter import Inbound
from turnout.flow.gateway import Snapshot
from turnout.flow.plan.choose import choose
from turnout.flow.plan.filters import House
from turnout.flow.plan.make import make_plan
from turnout.flow.plan.refuse import no_endpoint
from turnout.flow.plan.terms import Terms
from turnout.flow.planned import Plan, Sticky
from turnout.metrics.health import HealthView


def terms_of(inbound: Inbound, snapshot: Snapshot, warm: Sticky | None = None) -> Terms:
    """What the request and the operator say about routing."""
    policy = snapshot.policy
    return Terms(
        preferences=inbound.preferences,
        needs=inbound.needs,
        names=snapshot.provider_name,
        house=House(
            block_unpriced=policy.block_unpriced,
            deny_training=policy.default_data_collection == "deny",
            distillable=snapshot.routable.catalog.distillable,
        ),
        tools_hard=policy.tool_support_hard,
        tools_first=policy.tools_first,
        pins=policy.exacto.pins,
        sticky=warm,
        worth=policy.sticky.worth,
    )


def plan_for(inbound: Inbound, snapshot: Snapshot, health: HealthView, seed: int) -> Plan:
    """The plan, with at least one step.

    Raises:
        Refusal: As `plan_of`, or no endpoint is left: with the filters that removed them.
    """
    plan = plan_of(inbound, snapshot, health, seed)
    if plan.refusal is not None:
        raise plan.refusal
    return plan


def plan_of(
    inbound: Inbound,
    snapshot: Snapshot,
    health: HealthView,
    seed: int,
    warm: Sticky | None = None,
) -> Plan:
    """The plan; one without steps says in `refusal` which filters removed all endpoints.

    Args:
        warm: Where the request's dialogue was last served.

    Raises:
        Refusal: An unknown model (400), or a router that finds none that fits (404).
    """
    terms = terms_of(inbound, snapshot, warm)
    chosen = choose(inbound, snapshot, terms, health, seed)
    plan = make_plan(chosen.candidates, terms, health, seed)
    if not plan.steps:
        refusal = no_endpoint(chosen.candidates, plan, health, snapshot.routable.catalog)
        return msgspec.structs.replace(plan, routed=chosen.stage, refusal=refusal)
    return plan if chosen.stage is None else msgspec.structs.replace(plan, routed=chosen.stage)
