"""What would happen to a request, endpoint by endpoint, with reasons; nothing is sent."""

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from turnout.core.decision import Decision, Weight
from turnout.core.money import ATTO_PER_USD, plain
from turnout.core.pipeline import Stage
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Inbound
from turnout.flow.decision import weight_of
from turnout.flow.gateway import Snapshot
from turnout.flow.plan import Candidate, choose, make_plan, terms_of
from turnout.flow.plan.prices import blended_rate
from turnout.flow.plan.scores import weight_of as classic_weight
from turnout.flow.planned import Plan, Step, Sticky
from turnout.metrics.health import HealthView

ORDERS: Final[Mapping[str, str]] = {
    "balanced": "balanced by price against speed: each next one drawn by its share",
    "weighted": "balanced by price: each next one drawn with a weight of 1/price²",
    "order": "as provider.order lists them, the others after",
    "price": "the cheapest first, by what it really costs",
    "throughput": "the fastest first",
    "latency": "the shortest wait first",
    "exacto": "the pinned or elected endpoint, then the author's own, then by precision",
}
_NOTES: Final[Mapping[str, str]] = {
    "edge": "on the best edge of price and speed",
    "near": "a little behind the best",
    "explored": "behind the best, tried now and then to stay measured",
    "newcomer": "not measured enough, so its share is bounded",
    "trial": "the breaker lets single trials through",
    "open": "the breaker is open",
}
_HELD_BACK: Final[Mapping[str, str]] = {
    "at_cap": "behind: it has reached its learned cap",
    "healing": "behind: it healed a moment ago",
    "tools": "behind: its tool calls are worse than its peers'",
    "cutoff": "behind: it misses a preferred cut-off",
}
_WARM: Final = "its prompt cache is warm for this dialogue"
_MILLION: Final = 1_000_000
OFF: Final = "provider_off"


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is kept. What is None is unmeasured, or means nothing in this order.

    Attributes:
        blended: List price, USD per million tokens, three prompt tokens for one of completion.
        effective: USD per million tokens of the model's own mix, with the endpoint's cache hits.
        adjusted: The same with what waiting, faults and 429s cost on top.
        share: Of first tries that go here.
        reason: For its place, in words.
    """

    place: int
    endpoint: str
    asked: str
    provider: str
    state: str
    blended: str | None
    effective: str | None = None
    adjusted: str | None = None
    ttft_ms: int | None = None
    speed_tps: float | None = None
    fault_share: float | None = None
    rate_limited_share: float | None = None
    cap_rps: float | None = None
    share: float | None = None
    reason: str


class DropRow(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that may not serve; `filter` is what dropped it."""

    endpoint: str
    provider: str
    filter: str
    reason: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """The plan of a request; the same seed and health give the same order again.

    Attributes:
        seed: As text, because JSON numbers lose its last digits in many clients.
        warm: The endpoint that served the request's dialogue last, with the tokens that its prompt
            cache is believed to hold; `stuck` when it is first for that reason.
        routed: What a router picked, and why.
    """

    models: tuple[str, ...]
    basis: str
    order: str
    seed: str
    max_attempts: int
    steps: tuple[StepRow, ...]
    dropped: tuple[DropRow, ...]
    warm: str | None = None
    warm_tok: int = 0
    stuck: bool = False
    routed: Stage | None = None


def explained(
    inbound: Inbound,
    snapshot: Snapshot,
    health: HealthView,
    seed: int,
    why_off: Callable[[str], str] | None = None,
    warm: Sticky | None = None,
) -> Explanation:
    """The plan of a request with a reason for each endpoint that is known.

    Args:
        why_off: Why a provider is off and what would turn it on; without it such endpoints are
            left out.
        warm: Where the request's dialogue was last served.

    Raises:
        Refusal: A model that nobody knows, or a preference that makes no sense.
    """
    terms = terms_of(inbound, snapshot, warm)
    choice = choose(inbound, snapshot, terms, health, seed)
    plan = make_plan(choice.candidates, terms, health, seed)
    off = [] if why_off is None else _switched_off(choice.candidates, snapshot, why_off)
    return Explanation(
        models=inbound.models,
        basis=plan.basis,
        order=ORDERS[plan.basis],
        seed=str(seed),
        max_attempts=snapshot.policy.max_attempts,
        steps=_steps(plan),
        dropped=(*_dropped(plan), *off),
        warm=None if warm is None else warm.endpoint,
        warm_tok=0 if warm is None else warm.cached_tok,
        stuck=plan.stuck,
        routed=choice.stage,
    )


def why(weight: Weight, place: int) -> str:
    """The reason for a place, from what a decision keeps."""
    said = [_NOTES[weight.why]] if weight.why in _NOTES else []
    if weight.held_back:
        said.append(_HELD_BACK[weight.held_back])
    if weight.state in ("open", "unstable") and weight.why not in ("open", "trial"):
        said.append("the breaker is open" if weight.state == "open" else "a fault a moment ago")
    if weight.share is not None:
        said.insert(0, f"first in {weight.share:.1%} of draws")
    return "; ".join(said) or ("first" if place == 1 else "a fallback")


def dialogue_of(decision: Decision) -> str | None:
    """Where the request's dialogue was before, in words; None for one that was nowhere."""
    if not decision.warm:
        return None
    stayed = "so it went there" if decision.stuck else "and it was not worth going there"
    return f"{decision.warm} served the dialogue before ({decision.warm_tok} tokens), {stayed}"


def order_of(decision: Decision) -> str:
    """What a decision's order was by, in words."""
    return ORDERS.get(decision.basis, decision.basis)


def _steps(plan: Plan) -> tuple[StepRow, ...]:
    first = plan.steps[0].asked if plan.steps else ""
    weights = [_classic(step) for step in plan.steps]
    total = math.fsum(
        weight for weight, step in zip(weights, plan.steps, strict=True) if step.asked == first
    )
    rows: list[StepRow] = []
    for place, (step, weight) in enumerate(zip(plan.steps, weights, strict=True), start=1):
        share = (
            weight / total if plan.basis == "weighted" and step.asked == first and total else None
        )
        row = _step(place, step, share)
        if plan.stuck and plan.warm is not None and step.endpoint.id == plan.warm.endpoint:
            row = msgspec.structs.replace(row, reason=f"{_WARM}; {row.reason}")
        rows.append(row)
    return tuple(rows)


def _classic(step: Step) -> float:
    rate = blended_rate(step.endpoint)
    return 0.0 if rate is None else classic_weight(rate)


def _step(place: int, step: Step, share: float | None) -> StepRow:
    rate, row = blended_rate(step.endpoint), step.place.weighed
    weight = weight_of(step)
    if row is None and share:
        weight = msgspec.structs.replace(weight, share=share)
    reason = why(weight, place)
    if rate is None:
        reason = f"{reason}; unpriced, so after all that are priced"
    return StepRow(
        place=place,
        endpoint=step.endpoint.id,
        asked=step.asked,
        provider=step.endpoint.provider,
        state=step.place.state,
        blended=None if rate is None else _per_million(rate),
        effective=None if row is None else _per_million(row.price / row.request_tok),
        adjusted=None if row is None else _per_million(row.adjusted / row.request_tok),
        ttft_ms=weight.ttft_ms,
        speed_tps=weight.speed_tps,
        fault_share=weight.fault_share,
        rate_limited_share=weight.limited_share,
        cap_rps=weight.cap_rps,
        share=weight.share,
        reason=reason,
    )


def _per_million(rate: float) -> str:
    """Atto-USD a token as USD per million, to four digits that count."""
    usd = Decimal(rate) * _MILLION / ATTO_PER_USD
    return plain(usd if isinstance(rate, int) else Decimal(f"{usd:.4g}"))


def _dropped(plan: Plan) -> Sequence[DropRow]:
    return [
        DropRow(
            endpoint=drop.endpoint.id,
            provider=drop.endpoint.provider,
            filter=drop.filter,
            reason=drop.detail,
        )
        for drop in plan.dropped
    ]


def _switched_off(
    candidates: Sequence[Candidate], snapshot: Snapshot, why_off: Callable[[str], str]
) -> list[DropRow]:
    """Endpoints of providers that are off: the plan never sees them."""

    def is_off(endpoint: Endpoint) -> bool:
        return endpoint.provider not in snapshot.connections

    return [
        DropRow(
            endpoint=endpoint.id,
            provider=endpoint.provider,
            filter=OFF,
            reason=why_off(endpoint.provider),
        )
        for candidate in candidates
        for endpoint in snapshot.routable.catalog.all_endpoints(candidate.model.slug)
        if is_off(endpoint)
    ]
