"""The numbers that a catalog shows but does not hold: measured or scored elsewhere, asked here.

What each of them means is in docs/explain/measures.md.
"""

from typing import Final, Literal, Protocol

import msgspec

from turnout.core.histogram import Percentiles

EndpointStatus = Literal[0, -1, -2, -3, -5, -10]
"""0 is normal, negatives are degraded to disabled (contract section 8)."""


class EndpointMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of an endpoint; None without data.

    Attributes:
        latency_last_30m: Milliseconds to the first token.
        round_trip_last_30m: Milliseconds of whole attempts.
        throughput_last_30m: Completion tokens per second.
        requests_last_30m: Attempts that callers asked for.
        uptime_last_5m: Percent of judged minutes that were good, 0 to 100.
        uptime_last_30m: Percent of attempts, 0 to 100.
        uptime_last_1d: Percent of judged minutes that were good, 0 to 100.
    """

    latency_last_30m: Percentiles | None = None
    round_trip_last_30m: Percentiles | None = None
    throughput_last_30m: Percentiles | None = None
    requests_last_30m: int = 0
    uptime_last_5m: float | None = None
    uptime_last_30m: float | None = None
    uptime_last_1d: float | None = None
    status: EndpointStatus = 0


class ModelMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured or scored of a model over all its endpoints; None without data.

    Attributes:
        weekly_tok: Tokens of the last seven days (UTC), today included.
        requests: Requests of the last thirty days, likewise.
        tool_success_rate: Fraction in [0, 1], over the last thirty days.
        categories: Use cases that it is used for, in the contract's words.
    """

    weekly_tok: int | None = None
    requests: int | None = None
    tool_success_rate: float | None = None
    intelligence_index: float | None = None
    coding_index: float | None = None
    agentic_index: float | None = None
    design_arena_elo: float | None = None
    categories: frozenset[str] = frozenset()


class Measures(Protocol):
    """Whoever measures."""

    @property
    def epoch(self) -> int:
        """Changes whenever a number changes, so that nobody shows bytes of old ones."""
        ...

    def endpoint(self, endpoint_id: str) -> EndpointMeasures:
        """The numbers of an endpoint, by `Endpoint.id`."""
        ...

    def model(self, canonical_slug: str) -> ModelMeasures:
        """The numbers of a model, by its permanent slug."""
        ...


class Unmeasured:
    """Measures of a gateway that has none: everything is None."""

    __slots__ = ()

    @property
    def epoch(self) -> int:
        """Always the same: nothing changes."""
        return 0

    def endpoint(self, endpoint_id: str) -> EndpointMeasures:  # noqa: ARG002 (the protocol's)
        """No numbers."""
        return EndpointMeasures()

    def model(self, canonical_slug: str) -> ModelMeasures:  # noqa: ARG002 (the protocol's)
        """No numbers."""
        return ModelMeasures()


UNMEASURED: Final = Unmeasured()
