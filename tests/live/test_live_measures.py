"""What is measured of real traffic, as the catalog's routes show it; also after a restart."""

import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.gateway import (
    Gateway,
    Simulator,
    Template,
    gateway_folder,
    open_simulator,
    provider_table,
    serve_in,
)

SCENARIO: Final = """
[providers.good]
answer = { text = "eight tokens are in this answer, no more", cached_tokens = 4 }
pace = { ttft_ms = 60, token_rate_tps = 200 }
[providers.bad]
[[providers.bad.faults]]
kind = "status"
status = 500
[providers.limited]
[[providers.limited.faults]]
kind = "status"
status = 429
retry_after_s = 30
[providers.caller]
answer = { tool_calls = 1 }
"""
MODELS: Final = {name: f"acme/{name}" for name in ("good", "bad", "limited", "caller")}
FACTS: Final = 'parameters = ["tools", "tool_choice", "response_format", "structured_outputs"]'
PATIENCE_S: Final = 8.0


@pytest.fixture(scope="module")
def playing(tmp_path_factory: pytest.TempPathFactory) -> Generator[Simulator]:
    """One provider for each fate."""
    with open_simulator(tmp_path_factory.mktemp("measures"), SCENARIO) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def where(template: Template, playing: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gateway's folder."""
    tables = [provider_table(name, playing, [MODELS[name]], model_facts=FACTS) for name in MODELS]
    return gateway_folder(template, tmp_path_factory.mktemp("measures"), "\n".join(tables))


@pytest.fixture(scope="module")
def serving(template: Template, where: Path) -> Generator[Gateway]:
    """A gateway that nobody else measures with."""
    with serve_in(where, template) as gateway:
        yield gateway


def endpoint(gateway: Gateway, name: str) -> Any:
    """The one row of a model's endpoints."""
    (row,) = gateway.call("GET", f"/api/v1/models/{MODELS[name]}/endpoints").json["data"][
        "endpoints"
    ]
    return row


def eventually(
    look: Callable[[], Any], good: Callable[[Any], bool], patience_s: float = PATIENCE_S
) -> Any:
    """What was seen when it was good; answers of the catalog may be two seconds old."""
    until_s = time.monotonic() + patience_s
    while not good(found := look()) and time.monotonic() < until_s:
        time.sleep(0.1)
    assert good(found), found
    return found


UNMEASURED: Final = (
    "latency_last_30m",
    "throughput_last_30m",
    "uptime_last_5m",
    "uptime_last_30m",
    "uptime_last_1d",
    "perf_last_30m_by_workload",
)


def test_endpoint_without_data_shows_null(serving: Gateway) -> None:
    """Not zero, and status normal."""
    row = endpoint(serving, "caller")
    assert [row[name] for name in UNMEASURED] == [None] * len(UNMEASURED)
    assert row["status"] == 0


def test_endpoint_shows_what_was_measured(serving: Gateway) -> None:
    """Latency is time to the first token, throughput is over the whole attempt."""
    for stream in (True, True, False):
        assert serving.chat(MODELS["good"], stream=stream).status == 200
    row = eventually(lambda: endpoint(serving, "good"), lambda r: r["uptime_last_30m"] is not None)
    assert row["uptime_last_30m"] == 100.0
    assert 50 < row["latency_last_30m"]["p50"] < 1000
    assert 5 < row["throughput_last_30m"]["p50"] < 200
    assert row["uptime_last_5m"] is None, "no minute had ten attempts"
    work = row["perf_last_30m_by_workload"]["text_generation"]
    assert work["request_count"] == 3
    assert work["latency"] == row["latency_last_30m"]
    assert row["status"] == 0


def test_endpoint_that_fails_shows_it(serving: Gateway) -> None:
    """Faults lower the uptime and the status; a rate limit lowers the status only."""
    for _ in range(12):
        serving.chat(MODELS["bad"])
    serving.chat(MODELS["limited"])
    row = eventually(lambda: endpoint(serving, "bad"), lambda r: r["status"] != 0)
    assert (row["uptime_last_30m"], row["latency_last_30m"]) == (0.0, None)
    assert row["status"] == -10
    row = eventually(lambda: endpoint(serving, "limited"), lambda r: r["status"] != 0)
    assert (row["uptime_last_30m"], row["status"]) == (None, -3)


def tool(name: str, **properties: Any) -> Any:
    """A tool that wants these properties."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "parameters": schema}}


@pytest.mark.parametrize("stream", [True, False])
def test_tool_calls_are_judged_in_the_record(serving: Gateway, stream: bool) -> None:  # noqa: FBT001 (a case)
    """The simulator's arguments fit a tool without demands, and not one with."""
    name = MODELS["caller"]
    for given, valid in ((tool("free"), True), (tool("strict", never={"type": "null"}), False)):
        heard = serving.chat(name, f"{valid} {stream}", tools=[given], stream=stream)
        assert heard.status == 200, heard.body
    found = eventually(lambda: serving.records(name), lambda rows: len(rows) % 2 == 0 and rows)
    assert [row["attempts"][-1].get("tools_valid") for row in found[-2:]] == [True, False]


def test_json_answers_are_judged_in_the_record(serving: Gateway) -> None:
    """Words are no JSON."""
    heard = serving.chat(MODELS["good"], "shape", response_format={"type": "json_object"})
    assert heard.status == 200
    wanted = [
        row
        for row in eventually(lambda: serving.records(MODELS["good"]), lambda rows: len(rows) == 4)
        if "shape_valid" in row["attempts"][-1]
    ]
    assert [row["attempts"][-1]["shape_valid"] for row in wanted] == [False]


def test_measures_go_on_after_a_restart(serving: Gateway, template: Template, where: Path) -> None:
    """Windows are saved at the end, too; weekly tokens come from the store."""
    before = endpoint(serving, "good")
    assert before["perf_last_30m_by_workload"] is not None
    serving.process.terminate()
    serving.process.wait(20)
    with serve_in(where, template) as again:
        row = endpoint(again, "good")
        assert row["uptime_last_30m"] == 100.0
        assert row["perf_last_30m_by_workload"]["text_generation"]["request_count"] == 4
        ranked = eventually(
            lambda: again.call("GET", "/api/v1/models?sort=top-weekly").json["data"],
            lambda rows: rows[0]["id"] == MODELS["good"],
        )
        assert len(ranked) == 5  # with the router
        asked = "/api/v1/models?min_tool_success_rate=0.4&max_tool_success_rate=0.6"
        assert [row["id"] for row in again.call("GET", asked).json["data"]] == [MODELS["caller"]]
