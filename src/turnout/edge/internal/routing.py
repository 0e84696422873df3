"""`/models/{author}/{slug}/routing`: where a request would go now, and why."""

from typing import Literal

import msgspec

Mode = Literal["balanced", "nitro", "exacto", "floor"]


class RoutingQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Query of the routing page: a request of this mode, with tools, of a variant (":free")."""

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
