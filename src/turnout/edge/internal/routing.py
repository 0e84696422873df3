"""`/models/{author}/{slug}/routing`: where a request would go now, and why."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

import msgspec

from turnout.core.money import Rate, plain, usd_per_unit
from turnout.dialects.adapter import Inbound
from turnout.dialects.openai_chat.client import CLIENT
from turnout.edge.ask import Ask, Reply, reply
from turnout.edge.internal.desk import Desk
from turnout.flow.explain import OFF, DropRow, StepRow, explained
from turnout.flow.plan.prices import blended_rate

_SEED: Final = 1
"""By its chance nobody unmeasured goes first: what is shown is the rule, not its exception."""
_MILLION: Final = 1_000_000
Mode = Literal["balanced", "nitro", "exacto", "floor"]


class RoutingQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Query of the routing page: a request of a mode, with tools, of a variant such as "free"."""

    mode: Mode = "balanced"
    tools: bool = False
    variant: str = ""


class RoutedEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint and its place.

    Attributes:
        rank: From 1; None when it may not serve.
        share: Of first tries, 0 to 1; None where the order is fixed.
        reason: For the place, or for having none, in plain words.
        dropped: It may not serve: a filter, or its provider is off.
        price: List price, USD a token, three of a prompt for one of a completion.
        effective: The same of the model's own mix with this endpoint's cache hits; None unmeasured.
        adjusted: That with what waiting, faults and 429s cost; None unmeasured.
        uptime: Percent of attempts in the last 30 minutes.
    """

    tag: str
    provider_name: str
    on: bool
    rank: int | None
    share: float | None
    reason: str
    dropped: bool
    price: str | None
    effective: str | None
    adjusted: str | None
    ttft_ms: float | None
    throughput_tps: float | None
    uptime: float | None


class Routing(msgspec.Struct, frozen=True, kw_only=True):
    """The order of a model's endpoints for a plain chat request; policy: one sentence."""

    mode: Mode
    policy: str
    endpoints: list[RoutedEndpoint]


class RoutingAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /models/{author}/{slug}/routing`."""

    data: Routing


async def get_routing(ask: Ask) -> Reply:
    """Tell where a chat request to a model would go now in a mode, and why."""
    desk, query = Desk(ask), ask.asked(RoutingQuery)
    return reply(RoutingAnswer(routing_of(desk, desk.model().slug, query)))


def routing_of(desk: Desk, slug: str, query: RoutingQuery) -> Routing:
    """The plan of a request of this kind, as `/route/explain` makes it.

    Where the order is drawn it is shown by share, so that it does not change with every look.
    """
    gateway = desk.ask.gateway
    told = explained(
        _request(slug, query),
        gateway.snapshot,
        gateway.health.view(gateway.clock.now_s(), gateway.snapshot.policy.outage_window_s),
        _SEED,
        lambda provider: desk.shelf.off_reason(provider) or "off",
    )
    steps = sorted(told.steps, key=lambda step: -(step.share or 0.0))
    kept = [_kept(desk, rank, step) for rank, step in enumerate(steps, start=1)]
    shown = {e.id for e in desk.shelf.endpoints(slug)}
    dropped = [drop for drop in told.dropped if drop.filter != OFF or drop.endpoint in shown]
    return Routing(
        mode=query.mode,
        policy=f"{told.order[:1].upper()}{told.order[1:]}.",
        endpoints=[*kept, *_left_out(desk, dropped)],
    )


def _request(slug: str, query: RoutingQuery) -> Inbound:
    """A plain chat request: a question that fits everywhere, with a tool where one is wanted."""
    mode = "" if query.mode == "balanced" else f":{query.mode}"
    base = f"{slug.partition(':')[0]}:{query.variant.removeprefix(':')}" if query.variant else slug
    body: dict[str, object] = {
        "model": base + mode,
        "messages": [{"role": "user", "content": "Hello"}],
    }
    if query.tools:
        body["tools"] = [{"type": "function", "function": {"name": "example"}}]
    return CLIENT.read(msgspec.json.encode(body), {})


def _kept(desk: Desk, rank: int, step: StepRow) -> RoutedEndpoint:
    lived = desk.live.endpoint(step.endpoint)
    return RoutedEndpoint(
        tag=desk.shelf.tag(step.endpoint),
        provider_name=desk.shelf.provider_name(step.provider),
        on=True,
        rank=rank,
        share=step.share,
        reason=step.reason,
        dropped=False,
        price=_a_token(step.blended),
        effective=_a_token(step.effective),
        adjusted=_a_token(step.adjusted),
        ttft_ms=None if lived.ttft_ms is None else lived.ttft_ms.p50,
        throughput_tps=None if lived.throughput_tps is None else lived.throughput_tps.p50,
        uptime=lived.uptime.last_30m,
    )


def _left_out(desk: Desk, dropped: Sequence[DropRow]) -> list[RoutedEndpoint]:
    """Those that a filter or a missing key leaves out, once each."""
    rows: dict[str, RoutedEndpoint] = {}
    for drop in dropped:
        endpoint, lived = desk.shelf.endpoint(drop.endpoint), desk.live.endpoint(drop.endpoint)
        rate = None if endpoint is None else blended_rate(endpoint)
        rows.setdefault(
            drop.endpoint,
            RoutedEndpoint(
                tag=desk.shelf.tag(drop.endpoint),
                provider_name=desk.shelf.provider_name(drop.provider),
                on=drop.filter != OFF,
                rank=None,
                share=None,
                reason=drop.reason,
                dropped=True,
                price=None if rate is None else usd_per_unit(Rate(rate)),
                effective=None,
                adjusted=None,
                ttft_ms=None if lived.ttft_ms is None else lived.ttft_ms.p50,
                throughput_tps=None if lived.throughput_tps is None else lived.throughput_tps.p50,
                uptime=lived.uptime.last_30m,
            ),
        )
    return list(rows.values())


def _a_token(per_million: str | None) -> str | None:
    return None if per_million is None else plain(Decimal(per_million) / _MILLION)
