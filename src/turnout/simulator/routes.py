"""Which provider or control route a request reaches, and what all connections add up to."""

from collections.abc import Iterator
from typing import Final, Protocol

import msgspec

from turnout.simulator import others, replies
from turnout.simulator.playing import HEADER, Playing
from turnout.simulator.replies import Reply, Step
from turnout.simulator.requests import Head
from turnout.simulator.scenario import Scenario
from turnout.simulator.shapes import shape_of
from turnout.simulator.stats import Totals

MAX_HEADS: Final = 512

_ROUTE_PARTS: Final = 2
_CHAT: Final = "/chat/completions"
"""Below any prefix: providers put it under "v1", "openai/v1", "endpoints/openapi", …"""


class Client(Protocol):
    """A connection, as far as its counts go."""

    provider: Playing | None

    def unsent_bytes(self) -> int:
        """Written but not yet taken by the kernel."""
        ...

    def drop(self) -> None:
        """Leave at once."""
        ...


class Simulator:
    """The providers of one scenario, and what is known of its connections.

    Attributes:
        port: The shared port, once serving.
        providers: By name.
        quick: Raw heads that were seen before, to the provider they reach, when its replies may
            come from memory.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.port = 0
        self.providers = {
            name: Playing(name, provider, scenario.seed)
            for name, provider in scenario.providers.items()
        }
        self.connections: set[Client] = set()
        self.accepted = 0
        self.quick: dict[bytes, Playing] = {}

    def steps(self, head: Head, raw: bytes, body: bytes, own: Playing | None) -> Iterator[Step]:
        """The reply to any request; `own` is the provider whose own port it came to."""
        provider, route = self._route(head.path, own)
        if provider is None:
            return replies.steps(self._control(head))
        provider.stats.requests += 1
        provider.stats.bytes_in += len(body)
        if route.endswith(_CHAT) and head.method == "POST":
            if provider.constant and head.keep_alive and HEADER not in head.headers:
                if len(self.quick) >= MAX_HEADS:
                    self.quick.clear()
                self.quick[raw] = provider
            return provider.chat(head, body)
        if route in others.ROUTES and head.method == "POST":
            return provider.other(head, body, route)
        if route == "v1/models" and head.method == "GET":
            return replies.steps(provider.models_reply(head))
        shape = shape_of(route)
        if shape is not None and head.method == "POST":
            return provider.chat(head, body, route, shape)
        return replies.steps(replies.error_reply(404, f"no route {head.method} {head.path}"))

    def provider_at(self, path: str, own: Playing | None) -> Playing | None:
        """Whose route a path is, None for a control route."""
        return self._route(path, own)[0]

    def _route(self, path: str, own: Playing | None) -> tuple[Playing | None, str]:
        parts = path.lstrip("/").split("/", 1)
        if len(parts) == _ROUTE_PARTS and parts[0] in self.providers:
            return self.providers[parts[0]], parts[1]
        if own is not None and not path.startswith(("/_simulator/", "/health")):
            return own, path.lstrip("/")
        return None, ""

    def _control(self, head: Head) -> Reply:
        match head.method, head.path:
            case "GET", "/health":
                return Reply(pieces=(b'{"status":"ok"}',))
            case "GET", "/_simulator/stats":
                return Reply(pieces=(msgspec.json.encode(self.totals()),))
            case "GET", "/_simulator/requests":
                names = head.query.get("provider") or list(self.providers)
                unknown = [name for name in names if name not in self.providers]
                if unknown:
                    known = ", ".join(self.providers)
                    return replies.error_reply(404, f"no provider '{unknown[0]}'; known: {known}")
                rows = [row for name in names for row in self.providers[name].stats.recorded]
                return Reply(pieces=(msgspec.json.encode(rows),))
            case "POST", "/_simulator/reset":
                for provider in self.providers.values():
                    provider.stats.clear()
                return Reply(pieces=(b"{}",))
            case _:
                known = ", ".join(f"/{name}/v1" for name in self.providers)
                return replies.error_reply(404, f"no route {head.path}; providers: {known}")

    def totals(self) -> Totals:
        """All counts, now."""
        unsent: dict[str, int] = {}
        for connection in self.connections:
            if connection.provider is not None:
                name = connection.provider.name
                unsent[name] = unsent.get(name, 0) + connection.unsent_bytes()
        return Totals(
            connections=len(self.connections),
            accepted=self.accepted,
            providers={
                name: provider.stats.snapshot(unsent.get(name, 0), provider.port)
                for name, provider in self.providers.items()
            },
        )
