"""`/health`: alive (the process answers) and ready (it can serve); `/metrics`."""

from typing import Literal

import msgspec

from turnout.edge.ask import Ask, Reply, reply


class Live(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway serves; counts are of what it can route to."""

    status: Literal["ok"] = "ok"
    version: str
    snapshot: int
    models: int
    providers: tuple[str, ...]
    in_flight: int


async def metrics(ask: Ask) -> Reply:
    """Counters, histograms and gauges of endpoints and of the process, for Prometheus."""
    body, content_type = await ask.scraper.page(ask.request)
    return Reply(body=body, content_type=content_type)


async def live(_ask: Ask) -> Reply:
    """Whether the process answers."""
    return reply(Live())


async def ready(ask: Ask) -> Reply:
    """Whether requests are served: 200 from the moment the socket is open."""
    snapshot = ask.gateway.snapshot
    return reply(
        Ready(
            version=ask.gateway.version,
            snapshot=snapshot.version,
            models=len(snapshot.routable.endpoints),
            providers=tuple(sorted(snapshot.connections)),
            in_flight=ask.gateway.ledger.in_flight,
        )
    )
