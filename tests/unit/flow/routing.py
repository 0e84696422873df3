"""A small world to plan in: endpoints made by hand, requests as the JSON that clients send."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from turnout.catalog.index import Catalog
from turnout.core.money import rate_per_million
from turnout.core.types import Endpoint, Model, Outcome, Unpriced
from turnout.core.usage import Price, Rates
from turnout.dialects.adapter import Inbound
from turnout.dialects.openai_chat.reading import read
from turnout.flow.gateway import Policy, Snapshot
from turnout.flow.plan import plan_for
from turnout.flow.planned import Plan
from turnout.metrics.health import Health, HealthView

MODEL: Final = "acme/one"
NOW_S: Final = 1_000.0
OUTAGE_S: Final = 30.0


def price(usd_per_million: str | Decimal, **more: str) -> Price:
    """The same for prompt and completion."""
    rate = rate_per_million(Decimal(usd_per_million))
    rates = Rates(
        prompt=rate,
        completion=rate,
        **{name: rate_per_million(value) for name, value in more.items()},
    )
    return Price(rates=rates, source="a test", as_of="2026-11-23")


def endpoint(tag: str, usd: str | None = "1", *, model: str = MODEL, **facts: Any) -> Endpoint:
    """An endpoint by its tag; without a price when `usd` is None."""
    facts.setdefault("context_tok", 128_000)
    return Endpoint(
        id=f"{model}@{tag}",
        model=model,
        provider=tag.partition("/")[0],
        tag=tag,
        upstream_model=model,
        price=Unpriced() if usd is None else price(usd),
        **facts,
    )


def world(*endpoints: Endpoint, policy: Policy | None = None, **catalog: Any) -> Snapshot:
    """A snapshot in which the providers of these endpoints are on."""
    slugs = dict.fromkeys(e.model for e in endpoints)
    models = {
        slug: Model(
            slug=slug,
            canonical_slug=slug,
            name=slug,
            author=slug.partition("/")[0],
            endpoints=tuple(e for e in endpoints if e.model == slug),
        )
        for slug in slugs
    }
    known = Catalog(
        version="test",
        models=models,
        resold={},
        aliases={},
        families=(),
        providers={},
        distillable=catalog.get("distillable", frozenset()),
    )
    on = frozenset(e.provider for e in endpoints)
    return Snapshot(
        version=1,
        routable=known.routable(on),
        provider_names={"displayname": "b"},
        connections={},
        policy=policy or Policy(),
    )


def inbound(**fields: Any) -> Inbound:
    """A request as the chat dialect reads it."""
    messages = [{"role": "user", "content": "hello"}]
    return read(msgspec.json.encode({"model": MODEL, "messages": messages, **fields}))


def plan(
    snapshot: Snapshot, *, health: HealthView | None = None, seed: int = 7, **fields: Any
) -> Plan:
    """The plan of a request in that world."""
    view = health if health is not None else Health().view(NOW_S, OUTAGE_S)
    return plan_for(inbound(**fields), snapshot, view, seed)


def tags(made: Plan) -> list[str]:
    """Whom the plan tries, in order."""
    return [step.endpoint.tag for step in made.steps]


def reasons(made: Plan) -> dict[str, str]:
    """Which filter dropped whom."""
    return {dropped.endpoint.tag: dropped.filter for dropped in made.dropped}


def served(
    health: Health,
    tag: str,
    *,
    ttft_ms: Sequence[int] = (),
    throughput_tps: Sequence[float] = (),
    model: str = MODEL,
    at_s: float = NOW_S - 1,
) -> None:
    """Successes, a moment ago unless said otherwise, one for each measure."""
    for index in range(max(len(ttft_ms), len(throughput_tps))):
        health.record(
            Outcome(
                endpoint=f"{model}@{tag}",
                at_s=at_s,
                ttft_ms=ttft_ms[index] if ttft_ms else None,
                throughput_tps=throughput_tps[index] if throughput_tps else None,
            )
        )


def failed(health: Health, tag: str, times: int = 1, *, ago_s: float = 1.0) -> None:
    """Faults in a row that hurt."""
    for _ in range(times):
        health.record(
            Outcome(
                endpoint=f"{MODEL}@{tag}",
                at_s=NOW_S - ago_s,
                failure="server",
                hurts_health=True,
            )
        )
