"""From a parsed request and the snapshot to its plan."""

from turnout.dialects.adapter import Inbound
from turnout.flow.gateway import Snapshot
from turnout.flow.plan.candidates import resolve
from turnout.flow.plan.filters import House
from turnout.flow.plan.make import make_plan
from turnout.flow.plan.refuse import no_endpoint
from turnout.flow.plan.terms import Terms
from turnout.flow.planned import Plan
from turnout.metrics.health import HealthView


def terms_of(inbound: Inbound, snapshot: Snapshot) -> Terms:
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
    )


def plan_for(inbound: Inbound, snapshot: Snapshot, health: HealthView, seed: int) -> Plan:
    """The plan, with at least one step.

    Raises:
        Refusal: An unknown model (400), or no endpoint left, with the filters that removed them.
    """
    candidates = resolve(inbound.models, snapshot.routable)
    plan = make_plan(candidates, terms_of(inbound, snapshot), health, seed)
    if not plan.steps:
        raise no_endpoint(candidates, plan, health, snapshot.routable.catalog)
    return plan
