"""Clients that leave, and clients that stop reading: the upstream must not work for nobody."""

import json
import resource
import socket
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.gateway import (
    CHAT,
    Asking,
    Gateway,
    Simulator,
    Template,
    chat_body,
    open_gateway,
    open_simulator,
    provider_table,
)

SCENARIO = """
[providers.paced]
answer = { tokens = 2000 }
pace = { ttft_ms = 10, token_rate_tps = 100 }
[providers.mute]
faults = [{ kind = "stall-first-token" }]
[providers.deaf]
faults = [{ kind = "stall-head" }]
[providers.crowd]
answer = { tokens = 2000 }
pace = { ttft_ms = 10, token_rate_tps = 20 }
[providers.flood]
answer = { tokens = 400000 }
"""
NAMES = ("paced", "mute", "deaf", "crowd", "flood")
WITHIN_MS = 100
ANSWER_BYTES = 400_000 * 200


class Leaving(msgspec.Struct, frozen=True):
    """A gateway, and providers that are slow or never done."""

    gateway: Gateway
    simulator: Simulator

    def wait(self, provider: str, settled: Callable[[Any], bool]) -> Any:
        """The provider's counts once they are as they should be."""
        until_s = time.monotonic() + 5
        while not settled(stats := self.simulator.stats(provider)):
            assert time.monotonic() < until_s, stats
            time.sleep(0.01)
        return stats

    def record(self, generation_id: str) -> Any:
        """The record of one who has left; it may take a moment."""
        until_s = time.monotonic() + 5
        while True:
            heard = self.gateway.call("GET", f"/api/v1/generation?id={generation_id}")
            if heard.status == 200 and heard.json["data"]["turnout"]["state"] != "interrupted":
                return heard.json["data"]
            assert time.monotonic() < until_s, heard.body
            time.sleep(0.02)

    def stored(self, model: str, count: int) -> Any:
        """The newest of so many records of a model, once there are that many, and no more."""
        until_s = time.monotonic() + 5
        while len(records := self.gateway.records(model)) < count:
            assert time.monotonic() < until_s, records
            time.sleep(0.02)
        assert len(records) == count
        return records[-1]

    def leave(self, provider: str, *asked: Asking) -> Any:
        """All hang up at once; the provider's counts when it has seen that."""
        before = self.simulator.stats(provider)["cancelled"]
        left_ms = time.time() * 1000
        for asking in asked:
            asking.hang_up()
        stats = self.wait(provider, lambda now: now["cancelled"] == before + len(asked))
        late = [hangup["at_ms"] - left_ms for hangup in stats["hangups"][-len(asked) :]]
        assert max(late) <= WITHIN_MS, late
        assert stats["open"] == 0
        return stats


@pytest.fixture(scope="module")
def leaving(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Leaving]:
    """Model `l/NAME` at each provider of the scenario."""
    folder = tmp_path_factory.mktemp("leaving")
    with open_simulator(folder, SCENARIO) as simulator:
        tables = [provider_table(name, simulator, [f"l/{name}"]) for name in NAMES]
        with open_gateway(template, folder, "\n".join(tables)) as gateway:
            yield Leaving(gateway, simulator)


def test_leaving_in_the_middle_of_a_stream_ends_its_upstream(leaving: Leaving) -> None:
    """The provider sees the hang-up at once; what was said until then is recorded and charged."""
    with leaving.gateway.asking("l/paced", stream=True) as asking:
        response = asking.response()
        generation_id = response.headers["x-generation-id"]
        words = 0
        while words < 10:
            words += response.read1(1 << 16).count(b'"content"')
        response.close()
        leaving.leave("paced", asking)
    record = leaving.record(generation_id)
    assert (record["turnout"]["state"], record["cancelled"]) == ("cancelled", True)
    assert record["turnout"]["estimated_usage"] is True
    assert 10 <= record["tokens_completion"] < 60
    assert record["total_cost"] > 0
    (attempt,) = record["provider_responses"]
    assert (attempt["outcome"], attempt["status"]) == ("cancelled", 200)
    assert attempt["ttft"] < attempt["latency"] < 1000


@pytest.mark.parametrize(
    ("provider", "stream"),
    [("mute", True), ("deaf", True), ("deaf", False), ("mute", False)],
    ids=["before-the-first-token", "before-the-head", "unary", "in-a-whole-body"],
)
def test_leaving_before_anything_came_ends_its_upstream(
    leaving: Leaving,
    provider: str,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Nobody waits for the first token of an answer that nobody will read."""
    before = leaving.simulator.stats(provider)["requests"]
    with leaving.gateway.asking(f"l/{provider}", stream=stream) as asking:
        leaving.wait(provider, lambda now: now["requests"] == before + 1)
        recorded = len(leaving.gateway.records(f"l/{provider}"))
        leaving.leave(provider, asking)
    record = leaving.stored(f"l/{provider}", recorded + 1)
    (attempt,) = record["attempts"]
    assert (record["state"], attempt["outcome"]) == ("cancelled", "cancelled")
    assert "cost_nusd" not in record  # nothing was said, so nothing is charged


def test_leaving_counts_against_nobody(leaving: Leaving) -> None:
    """Ten clients that left in a row do not open the breaker of a provider that did no wrong."""
    for _ in range(10):
        with leaving.gateway.asking("l/paced", stream=True) as asking:
            leaving.wait("paced", lambda now: now["open"] == 1)
            leaving.leave("paced", asking)
    with leaving.gateway.asking("l/paced", stream=True) as asking:
        assert asking.response().read1(64)
        leaving.wait("paced", lambda now: now["open"] == 1)
        asking.hang_up()
    leaving.wait("paced", lambda now: now["open"] == 0)


def test_leaving_of_fifty_at_once_leaves_nothing_open(leaving: Leaving) -> None:
    """Fifty streams end within 100 ms of the moment their clients left, each with its record."""
    with ExitStack() as all_of_them:
        asked = [
            all_of_them.enter_context(leaving.gateway.asking("l/crowd", stream=True))
            for _ in range(50)
        ]
        responses = [asking.response() for asking in asked]
        ids = [response.headers["x-generation-id"] for response in responses]
        for response in responses:
            assert response.read1(64)
            response.close()
        leaving.leave("crowd", *asked)
    states = {leaving.record(generation_id)["turnout"]["state"] for generation_id in ids}
    assert states == {"cancelled"}


STOPPED = 16


def test_stopping_to_read_stops_the_upstream_within_a_mebibyte(leaving: Leaving) -> None:
    """What a client does not take is not fetched; the gateway itself holds less than 1 MiB of it.

    More of it lies in the kernel's socket buffers, which grow to megabytes on their own.
    """
    with ExitStack() as stopped:
        for _ in range(STOPPED):  # these pay for what is allocated once
            stop_reading(leaving, stopped)
        settled(leaving)
        before = resident_bytes(leaving)
        for _ in range(STOPPED):
            stop_reading(leaving, stopped)
        sent = settled(leaving)
        assert sent < 2 * STOPPED * ANSWER_BYTES // 3
        assert resident_bytes(leaving) - before < STOPPED << 20
        assert leaving.simulator.stats("flood")["open"] == 2 * STOPPED
    leaving.wait("flood", lambda now: now["open"] == 0)


def stop_reading(leaving: Leaving, until: ExitStack) -> None:
    """A client that takes 200 KB of a stream of 80 MB and then no more."""
    client = until.enter_context(socket.socket())
    # Fixed before connecting, or the kernel would grow it by itself.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    client.connect((leaving.gateway.host, leaving.gateway.port))
    body = json.dumps(chat_body("l/flood", stream=True)).encode()
    named = {**leaving.gateway.headers(), "host": "x", "content-length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    client.sendall(f"POST {CHAT} HTTP/1.1\r\n{head}\r\n".encode() + body)
    taken = 0
    while taken < 200_000:
        taken += len(client.recv(16384))


def settled(leaving: Leaving) -> int:
    """What the upstream got rid of, once that does not grow any more."""
    sizes = [0, 1]
    while sizes[-1] != sizes[-2]:
        assert len(sizes) < 30, sizes
        time.sleep(0.2)
        sizes.append(leaving.simulator.stats("flood")["bytes_out"])
    return sizes[-1]


def resident_bytes(leaving: Leaving) -> int:
    """Memory of the gateway's process."""
    pages = Path(f"/proc/{leaving.gateway.process.pid}/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize()
