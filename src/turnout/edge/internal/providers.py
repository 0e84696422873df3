"""`/providers`, `/providers/{slug}`: who hosts models, under which terms, how well."""

import msgspec

from turnout.edge.internal.cards import DayUptime, EndpointCard, ProviderCard
from turnout.edge.internal.rankings import ModelDay


class Providers(msgspec.Struct, frozen=True):
    """Those that are on first, then by name."""

    providers: list[ProviderCard]


class ProvidersAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /providers`."""

    data: Providers


class ProviderPage(ProviderCard, frozen=True, kw_only=True):
    """A provider with its endpoints.

    Attributes:
        days: Tokens of the last 90 days by model, the nine largest and "" for the others.
        uptime_days: The last 90, oldest first.
    """

    endpoints: list[EndpointCard]
    days: list[ModelDay]
    uptime_days: list[DayUptime]


class ProviderAnswer(msgspec.Struct, frozen=True):
    """Answer of `GET /providers/{slug}`."""

    data: ProviderPage
