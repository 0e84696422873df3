"""Configuration is swapped under load without one request noticing."""

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from typing import Any

import pytest
from tests.gateway import (
    Gateway,
    Simulator,
    Template,
    open_gateway,
    open_simulator,
    provider_table,
)
from tests.live.load import eventually, loading

STREAMS = 50
RELOADS = 20

SCENARIO = """
[providers.quick]
answer = { tokens = 8 }
[providers.paced]
answer = { tokens = 60 }
pace = { ttft_ms = 5, token_rate_tps = 20 }
"""


def config(simulator: Simulator, price: int) -> str:
    """Both providers at so many dollars per million tokens."""
    rate = f'{{ prompt = "{price}", completion = "{price}" }}'
    return "\n".join(
        provider_table(name, simulator, [f"acme/{name}"], price=rate) for name in ("quick", "paced")
    )


@contextmanager
def serving(template: Template, folder: Any) -> Generator[tuple[Gateway, Simulator]]:
    """A gateway with everything at a dollar."""
    with (
        open_simulator(folder, SCENARIO) as simulator,
        open_gateway(template, folder, config(simulator, 1)) as gateway,
    ):
        yield gateway, simulator


def snapshot(gateway: Gateway) -> int:
    """The version of the configuration that is in force."""
    version: int = gateway.call("GET", "/health").json["snapshot"]
    return version


def tell_to_reload(gateway: Gateway) -> None:
    """As an operator does it."""
    subprocess.run(
        [sys.executable, "-m", "turnout", "config", "reload", "--data-dir", str(gateway.data_dir)],
        check=True,
        capture_output=True,
        timeout=30,
    )


def reload_often(gateway: Gateway, simulator: Simulator) -> None:
    """A new price each time, by signal and by command, each seen in force before the next."""
    for turn in range(RELOADS):
        version = snapshot(gateway)
        gateway.reload(config(simulator, turn + 2))
        if turn % 5 == 4:
            eventually(lambda at=version: snapshot(gateway) > at)
            version = snapshot(gateway)
            tell_to_reload(gateway)
        eventually(lambda at=version: snapshot(gateway) > at)


def last_usage(response: HTTPResponse) -> Any:
    """The usage in a stream that must be whole."""
    body = response.read()
    assert body.endswith(b"data: [DONE]\n\n")
    assert b'"error"' not in body
    return json.loads(body.split(b"\n\n")[-3].removeprefix(b"data: "))["usage"]


@pytest.mark.timeout(120)
def test_reload_drops_no_request(template: Template, tmp_path: Any) -> None:
    """Fifty streams and eight busy clients live through twenty reloads; old streams, old price."""
    with serving(template, tmp_path) as (gateway, simulator), ExitStack() as open_streams:
        asked = [
            open_streams.enter_context(gateway.asking("acme/paced", f"{n}", stream=True))
            for n in range(STREAMS)
        ]
        responses = [one.response() for one in asked]
        assert {response.status for response in responses} == {200}
        with loading(gateway, ["acme/quick"], clients=8) as load:
            reload_often(gateway, simulator)
        for response in responses:
            usage = last_usage(response)
            assert usage["cost"] == pytest.approx(usage["total_tokens"] / 1e6)
        assert {(note.status, note.whole, note.trouble) for note in load.notes} == {(200, True, "")}
        costs = {note.cost_nusd for note in load.notes}
        assert len(costs) > RELOADS // 2
        print(f"\n{len(load.notes)} answers at {len(costs)} prices, {STREAMS} streams at one")  # noqa: T201 (a figure to read)
        assert "traceback" not in gateway.log().lower()


BROKEN = {
    "[server]\nprot = 1\n": 'turnout.toml:2: server.prot: unknown key; did you mean "port"?',
    "not toml": "turnout.toml:1",
    '[providers.quick]\nbase_url = "ftp:"\n': "turnout.toml:2: providers.quick.base_url",
}


def test_broken_file_changes_nothing(template: Template, tmp_path: Any) -> None:
    """A configuration that is wrong is refused with its place; the one in force stays."""
    with serving(template, tmp_path) as (gateway, simulator):
        before = snapshot(gateway)
        for count, broken in enumerate(BROKEN, 1):
            gateway.reload(broken)
            eventually(lambda at=count: gateway.log().count("reload refused") == at)
            assert BROKEN[broken] in gateway.log()
        assert snapshot(gateway) == before
        assert gateway.chat("acme/quick").status == 200
        gateway.reload(config(simulator, 9))
        eventually(lambda: snapshot(gateway) > before)
        usage = gateway.chat("acme/quick").json["usage"]
        assert usage["cost"] == pytest.approx(usage["total_tokens"] * 9 / 1e6)


def test_removed_provider_ends_its_streams_well(template: Template, tmp_path: Any) -> None:
    """A stream goes on at a provider that the new configuration does not have any more."""
    with (
        serving(template, tmp_path) as (gateway, simulator),
        gateway.asking("acme/paced", stream=True) as asked,
    ):
        response = asked.response()
        before = snapshot(gateway)
        rest = provider_table("quick", simulator, ["acme/quick"])
        gateway.reload(rest)
        eventually(lambda: snapshot(gateway) > before)
        assert gateway.chat("acme/paced").status == 400
        assert gateway.chat("acme/quick").status == 200
        assert last_usage(response)["completion_tokens"] == 60
