"""`/route/…`: why requests go where they go."""

import secrets
from typing import Any

import msgspec

from turnout.core.errors import Refusal
from turnout.dialects.openai_chat.client import CLIENT
from turnout.edge.ask import LARGEST_BODY, Ask, Reply, reply
from turnout.edge.shapes import iso
from turnout.flow.dialogue import known, name_of
from turnout.flow.explain import Explanation, explained
from turnout.flow.parse import read
from turnout.metrics.election import Election
from turnout.presets.apply import applied


class Explained(msgspec.Struct, frozen=True):
    """Answer of `POST /route/explain`."""

    data: Explanation


class ElectionsQuery(msgspec.Struct, frozen=True):
    """Query of `GET /route/elections`: those of one model, else all that are kept."""

    model: str | None = None


async def explain_route(ask: Ask) -> Reply:
    """Plan a chat request without sending it: each endpoint's numbers, share and reason."""
    gateway = ask.gateway
    snapshot = gateway.snapshot
    raw = await ask.request.body()
    if len(raw) > LARGEST_BODY:
        raise Refusal("payload_too_large", f"The body is over {LARGEST_BODY} bytes.")
    raw = applied(raw, CLIENT.dialect, gateway.presets.known)
    inbound = read(CLIENT, raw, dict(ask.request.headers), snapshot)
    health = gateway.health.view(gateway.clock.now_s(), snapshot.policy.outage_window_s)
    warm = known(gateway, name_of(ask.caller.hash, inbound))
    told = explained(inbound, snapshot, health, secrets.randbits(64), warm=warm)
    return reply(Explained(told))


async def elections(ask: Ask) -> Reply:
    """List the elections of the exacto mode, newest first, with their evidence."""
    model = ask.asked(ElectionsQuery).model
    found = [e for e in reversed(ask.gateway.health.elections) if model in (None, e.model)]
    pins = ask.gateway.snapshot.policy.exacto.pins
    return reply({"data": [_shown(election) for election in found], "pins": dict(pins)})


def _shown(election: Election) -> dict[str, Any]:
    return {
        "model": election.model,
        "endpoint": election.endpoint,
        "elected_at": iso(election.at_ms),
        "why": election.why,
        "instead_of": election.instead_of,
        "evidence": election.evidence,
    }
