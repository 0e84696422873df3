"""A gateway with known traffic and its records, for tests that look at pages of it."""

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from tests.gateway import (
    PATIENCE_S,
    Gateway,
    Heard,
    Template,
    open_gateway,
    open_simulator,
    provider_table,
)

SCENARIO: Final = """
[providers.good]
answer = { tokens = 40, reasoning_tokens = 5, cached_tokens = 3 }
[providers.other]
answer = { tokens = 20 }
[providers.dead]
faults = [{ kind = "status", status = 503 }]
"""
APP: Final = {"HTTP-Referer": "https://app.example/some/page", "X-Title": "The App"}
NO_QUERY: Final[Mapping[str, str]] = {}
CHEAP: Final = '{ prompt = "0.1", completion = "0.1" }'
TOOL: Final = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


class Traffic(msgspec.Struct, frozen=True):
    """A gateway, and every record that it has kept."""

    gateway: Gateway
    records: list[dict[str, Any]]

    def page(self, path: str, **query: str) -> Any:
        """The data of a page, asked for as the operator."""
        heard = self.get(path, query)
        assert heard.status == 200, heard.body
        return heard.json["data"]

    def get(self, path: str, query: Mapping[str, str] = NO_QUERY, key: str | None = None) -> Heard:
        """An answer below /api/internal."""
        tail = "&".join(f"{name}={value}" for name, value in query.items())
        full = f"/api/internal{path}?{tail}" if tail else f"/api/internal{path}"
        return self.gateway.call("GET", full, key=key or self.gateway.management_key)

    def served(self, model: str | None = None, **facts: Any) -> list[dict[str, Any]]:
        """Records of requests that an endpoint answered."""
        found = [r for r in self.records if r.get("endpoint")]
        if model is not None:
            found = [r for r in found if r["model"] == model]
        return [r for r in found if all(r.get(name) == value for name, value in facts.items())]


def tokens(records: list[dict[str, Any]]) -> int:
    """In and out."""
    names = ("text_in", "cache_read", "cache_write", "cache_write_1h", "image_in", "audio_in")
    out = ("video_in", "text_out", "reasoning", "audio_out", "image_out")
    return sum(r["usage"].get(name, 0) for r in records for name in (*names, *out))


def spend_nusd(records: list[dict[str, Any]]) -> int:
    """What was charged."""
    return sum(r.get("cost_nusd", 0) for r in records)


@contextmanager
def open_traffic(template: Template, folder: Path) -> Generator[Traffic]:
    """`acme/solo` is at good, `acme/duo` at good and dead, `acme/lost` at dead alone."""
    with open_simulator(folder, SCENARIO) as simulator:
        config = "\n".join(
            [
                provider_table("good", simulator, ["acme/solo", "acme/duo"]),
                provider_table("other", simulator, ["other/one"], price=None),
                provider_table("dead", simulator, ["acme/duo", "acme/lost"], price=CHEAP),
            ]
        )
        with open_gateway(template, folder, config) as gateway:
            count = _send(gateway)
            yield Traffic(gateway, _records(gateway, count))


def _send(gateway: Gateway) -> int:
    """Twenty requests of every kind; how many."""
    for number in range(6):
        assert gateway.chat("acme/solo", f"hello {number}", headers=APP).status == 200
    for _ in range(4):
        assert gateway.chat("acme/duo", "hello", stream=True).status == 200
    for _ in range(3):
        assert gateway.chat("other/one", "hello", headers=APP).status == 200
    assert gateway.chat("acme/solo", "hello", tools=[TOOL]).status == 200
    for _ in range(2):
        assert gateway.chat("acme/lost", "hello").status >= 500
    return 6 + 4 + 3 + 1 + 2


def _records(gateway: Gateway, count: int) -> list[dict[str, Any]]:
    """All of them, once the store has them."""
    until_s = time.monotonic() + PATIENCE_S
    models = ("acme/solo", "acme/duo", "other/one", "acme/lost")
    while True:
        found = [record for model in models for record in gateway.records(model)]
        if len(found) == count:
            return found
        assert time.monotonic() < until_s, f"{len(found)} of {count} records are in the store"
        time.sleep(0.05)
