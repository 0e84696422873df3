"""The sections `[metrics]`, `[telemetry]` and `[probes]` of turnout.toml."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import msgspec

from turnout.config.secret import Secret
from turnout.core.money import NANO_PER_USD

_Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /metrics`, for Prometheus.

    Attributes:
        access: "loopback" answers callers on this machine and others with a management key, "key"
            only those with a management key, "open" everyone, "off" nobody.
        endpoints: Endpoints with series of their own, the busiest; the others are summed up.
    """

    access: Literal["loopback", "key", "open", "off"] = "loopback"
    endpoints: Annotated[int, msgspec.Meta(ge=1, le=2000)] = 200


class Telemetry(msgspec.Struct, frozen=True, kw_only=True):
    """OpenTelemetry spans, one for each generation and one below it for each attempt; no prompts.

    Attributes:
        traces_url: Where an OTLP/HTTP collector takes traces, with its path ("…/v1/traces");
            without it nothing is traced, and nothing of OpenTelemetry is loaded.
        headers: Extra request headers; values may be "env:NAME".
        service_name: What this gateway is called there.
        sample: The share of generations that is traced.
        queue: Spans that may wait to be sent; when it is full, spans are dropped.
    """

    traces_url: _Text | None = None
    headers: Mapping[str, Secret] = {}
    service_name: _Text = "turnout"
    sample: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    queue: Annotated[int, msgspec.Meta(ge=512, le=100_000)] = 4096


class Probes(msgspec.Struct, frozen=True, kw_only=True):
    """Small requests of our own that keep idle endpoints measured; nobody's use, nobody's spending.

    Attributes:
        enabled: Whether there are any.
        idle_s: Seconds without an attempt after which an endpoint is probed.
        daily_usd: What probes of paid endpoints may cost in a UTC day; 0 leaves those alone. Free
            and local endpoints are probed either way.
        daily_each: Probes of one free provider in a UTC day, since free tiers count requests.
        max_tokens: The longest answer that is asked for.
    """

    enabled: bool = True
    idle_s: Annotated[float, msgspec.Meta(ge=1, le=86_400)] = 900.0
    daily_usd: Decimal = Decimal(0)
    daily_each: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 24
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 32

    @property
    def daily_nusd(self) -> int:
        """The budget in nano-USD."""
        return int(self.daily_usd * NANO_PER_USD)
