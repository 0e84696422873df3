"""A second endpoint for a first token that is late: who speaks first wins, the other is cut."""

import re
import time
from collections.abc import Generator
from itertools import count
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from tests.answers import Heard
from tests.gateway import (
    Gateway,
    Simulator,
    Template,
    chat_body,
    gateway_folder,
    open_gateway,
    open_simulator,
    provider_table,
    serve_in,
)

SCENARIO: Final = """
[providers.late]
answer = { tokens = 12 }
[[providers.late.faults]]
kind = "drip"
gap_ms = 2
on_request = true
[providers.spare]
answer = { tokens = 12 }
"""
MODELS: Final = [f"acme/m{number}" for number in range(12)]
FRESH: Final = count()
WARM: Final = 25
"""Answers after which an endpoint's p95 is believed."""
PROMPT: Final = "hello " * 100
"""Of the warm-up, so that 2 % of what it costs pays for a short prompt."""
DEADLINES: Final = "[timeouts]\nfirst_token_s = 1.2\n"
SILENT: Final = "[[fault:late/stall-first-token]]"


class Stage(msgspec.Struct, frozen=True):
    """A gateway and the providers it routes to."""

    gateway: Gateway
    simulator: Simulator

    def ask(self, model: str, content: str, **wishes: Any) -> Heard:
        """A stream of `late`, or of `spare` if that fails or is faster."""
        return self.gateway.chat(model, content, stream=True, provider=routed(**wishes))

    def warm(self) -> str:
        """A model of which `late` is known to answer at once."""
        model = MODELS[next(FRESH)]
        for _ in range(WARM):
            assert self.ask(model, PROMPT).status == 200
        return model


def routed(**wishes: Any) -> dict[str, Any]:
    """First `late`, then `spare`."""
    return {"order": ["late", "spare"], **wishes}


def config(simulator: Simulator, more: str = "") -> str:
    """Both serve every model."""
    tables = [provider_table(name, simulator, MODELS) for name in ("late", "spare")]
    plain = "\n".join([*tables, DEADLINES, more])
    return plain.replace('"openai-compatible"', '"simulator"')


@pytest.fixture(scope="module")
def stage(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """One gateway; hedging is off in its configuration."""
    folder = tmp_path_factory.mktemp("hedging")
    with (
        open_simulator(folder, SCENARIO) as simulator,
        open_gateway(template, folder, config(simulator)) as gateway,
    ):
        yield Stage(gateway, simulator)


def attempts(stage: Stage, heard: Heard) -> list[tuple[str, str, str]]:
    """Who was asked, for what, and what became of it."""
    rows = stage.gateway.generation(heard.generation_id)["provider_responses"]
    return [(row["provider_name"], row["purpose"], row["outcome"]) for row in rows]


def test_rival_wins_over_a_silent_first(stage: Stage) -> None:
    """The answer is there long before the deadline; the silent one is cut and paid for."""
    model = stage.warm()
    hung_up = stage.simulator.stats("late")["cancelled"]
    began_s = time.monotonic()
    heard = stage.ask(model, f"hello {SILENT}", hedging=True)
    assert time.monotonic() - began_s < 1.0
    assert (heard.status, heard.done, len(heard.text.split())) == (200, True, 12)
    assert heard.headers["x-turnout-hedged"] == "won"
    assert attempts(stage, heard) == [
        ("late", "answer", "outpaced"),
        ("spare", "hedge", "served"),
    ]
    assert stage.simulator.stats("late")["cancelled"] == hung_up + 1
    record = stage.gateway.generation(heard.generation_id)
    lost, served = record["provider_responses"]
    assert 0 < lost["cost"] < served["cost"]
    assert record["turnout"]["hedge_cost"] == lost["cost"]
    assert record["total_cost"] == pytest.approx(lost["cost"] + served["cost"])
    assert heard.events[-1]["usage"]["cost"] == pytest.approx(record["total_cost"])


def test_first_wins_over_its_rival(stage: Stage) -> None:
    """It was late and spoke before the rival did, which is cut and paid for."""
    model = stage.warm()
    content = "hello [[fault:late/drip]] [[fault:spare/stall-first-token]]"
    heard = stage.ask(model, content, hedging=True)
    assert (heard.status, heard.done, len(heard.text.split())) == (200, True, 12)
    assert heard.headers["x-turnout-hedged"] == "lost"
    assert attempts(stage, heard) == [
        ("spare", "hedge", "outpaced"),
        ("late", "answer", "served"),
    ]


def test_hedging_is_off_unless_wanted(stage: Stage) -> None:
    """Then a silent endpoint is waited for until its deadline."""
    model = stage.warm()
    for wishes in ({}, {"hedging": False}):
        heard = stage.ask(model, f"hello {SILENT}", **wishes)
        assert "x-turnout-hedged" not in heard.headers
        assert attempts(stage, heard)[0] == ("late", "answer", "first_token_timeout")


def test_hedging_is_for_streams(stage: Stage) -> None:
    """A whole answer's first token is nowhere to be seen."""
    model = stage.warm()
    provider = routed(hedging=True)
    heard = stage.gateway.chat(model, "hello [[fault:late/drip]]", provider=provider)
    assert [row[0] for row in attempts(stage, heard)] == ["late"]


def test_race_of_two_that_fail_goes_on_as_ever(stage: Stage) -> None:
    """Both failures are told; nobody is left, so the client gets a refusal with both."""
    model = stage.warm()
    content = f"hello {SILENT} [[fault:spare/status:500]]"
    heard = stage.ask(model, content, hedging=True)
    assert heard.status >= 500
    assert {row[2] for row in attempts(stage, heard)} >= {"server", "first_token_timeout"}


def test_client_that_leaves_a_race_cancels_both(stage: Stage) -> None:
    """Nobody's fault: two cancelled attempts in one record."""
    model = stage.warm()
    content = f"hello {SILENT} [[fault:spare/stall-first-token]]"
    body = {"stream": True, "provider": routed(hedging=True)}
    with stage.gateway.asking(model, content, **body):
        time.sleep(0.6)
    until_s = time.monotonic() + 5
    cancelled: list[Any] = []
    while not cancelled and time.monotonic() < until_s:
        time.sleep(0.05)
        found = stage.gateway.records(model)
        cancelled = [record for record in found if record["state"] == "cancelled"]
    [record] = cancelled
    assert [one["outcome"] for one in record["attempts"]] == ["cancelled", "cancelled"]


def test_rival_that_breaks_off_is_gone_on_from(stage: Stage) -> None:
    """Both at once: the rival won, broke off twice, and the answer is whole."""
    model = stage.warm()
    content = f"hello {SILENT} [[fault:spare/close:5]]"
    heard = stage.ask(model, content, hedging=True, continuation=True)
    assert (heard.status, heard.done, len(heard.text.split())) == (200, True, 12)
    record = stage.gateway.generation(heard.generation_id)
    assert record["turnout"]["state"] == "succeeded"
    purposes = [row["purpose"] for row in record["provider_responses"]]
    assert purposes[:2] == ["answer", "hedge"]
    assert set(purposes[2:]) == {"continuation"}
    lines = [row["cost"] for row in record["provider_responses"] if "cost" in row]
    assert record["total_cost"] == pytest.approx(sum(lines))
    assert len(lines) == 4  # the loser, two parts that broke off, and the last


def test_metadata_and_metrics_tell_of_it(stage: Stage) -> None:
    """For the caller who asks, and for the operator."""
    model = stage.warm()
    body = chat_body(model, f"hello {SILENT}", stream=True, provider=routed(hedging=True))
    heard = stage.gateway.call(
        "POST", "/api/v1/chat/completions", body, headers={"x-openrouter-metadata": "enabled"}
    )
    told = heard.events[-1]["openrouter_metadata"]["hedging"]
    assert told["hedge"] == "won"
    assert told["cost_usd"] > 0
    assert metric(stage.gateway, 'turnout_hedges_total{result="won"}') >= 1
    spent = metric(stage.gateway, "turnout_spend_today_usd")
    assert 0 < metric(stage.gateway, "turnout_hedge_spend_today_usd") <= 0.02 * spent


def metric(gateway: Gateway, name: str) -> float:
    """One number of the page for Prometheus."""
    page = gateway.call("GET", "/metrics").body.decode()
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    assert found, name
    return float(found[1])


def test_hedges_stay_within_their_share_and_its_sum_survives_a_kill(
    template: Template, tmp_path: Path
) -> None:
    """A prompt of more than 2 % of the spend gets no rival; a restart forgets no sum."""
    with open_simulator(tmp_path, SCENARIO) as simulator:
        on = config(simulator, "[routing.hedging]\nenabled = true\n")
        where = gateway_folder(template, tmp_path, on)
        with serve_in(where, template) as gateway:
            stage = Stage(gateway, simulator)
            model = MODELS[0]
            for _ in range(WARM):
                stage.ask(model, PROMPT)
            dear = stage.ask(model, f"{PROMPT * 20} {SILENT}")
            assert "x-turnout-hedged" not in dear.headers
            cheap = stage.ask(model, f"hello {SILENT}")
            assert cheap.headers["x-turnout-hedged"] == "won"
            before = [metric(gateway, f"turnout_{name}_today_usd") for name in SUMS]
            gateway.process.kill()
            gateway.process.wait()
        with serve_in(where, template) as gateway:
            after = [metric(gateway, f"turnout_{name}_today_usd") for name in SUMS]
            assert after == pytest.approx(before)
            assert after[1] > 0


SUMS: Final = ("spend", "hedge_spend")
