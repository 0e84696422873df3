"""Probes of a running gateway: sent to idle endpoints, seen in the measures, on nobody's bill."""

import json
import sqlite3
from pathlib import Path
from typing import Any, Final

from tests.gateway import Gateway, Template, open_gateway, open_simulator, provider_table
from tests.live.test_live_measures import eventually

SCENARIO: Final = """
[providers.free]
record = 20
[providers.paid]
[providers.poor]
"""
NOTHING: Final = '{ prompt = "0", completion = "0" }'
PATIENCE_S: Final = 20.0
LONG_S: Final = 60.0


def sums(gateway: Gateway) -> dict[str, Any]:
    """Probes and use by endpoint, as the roll-ups have them."""
    store = sqlite3.connect(f"file:{gateway.data_dir / 'turnout.sqlite'}?mode=ro", uri=True)
    try:
        rows = store.execute(
            "SELECT endpoint, sum(probes), sum(attempts), sum(requests), sum(text_out)"
            " FROM endpoint_hours GROUP BY endpoint"
        ).fetchall()
    finally:
        store.close()
    return {row[0]: row[1:] for row in rows}


def exams(gateway: Gateway) -> dict[str, Any]:
    """What exams said by endpoint: calls and bad ones, JSON answers and bad ones."""
    store = sqlite3.connect(f"file:{gateway.data_dir / 'turnout.sqlite'}?mode=ro", uri=True)
    try:
        rows = store.execute(
            "SELECT endpoint, sum(tool_answers), sum(tool_faults), sum(shaped_answers),"
            " sum(shape_faults) FROM endpoint_hours GROUP BY endpoint"
        ).fetchall()
    finally:
        store.close()
    return {row[0]: row[1:] for row in rows}


def test_probes_take_turns_at_exams_whose_verdicts_are_measured(
    template: Template, tmp_path: Path
) -> None:
    """Who calls the tool as it should passes, who makes up an argument fails; no record of it."""
    right = json.dumps(json.dumps({"city": "Oslo", "days": 3}))
    scenario = f"[providers.able]\nanswer = {{ text = {right} }}\n[providers.wordy]\n"
    facts = 'parameters = ["tools", "tool_choice", "response_format"]'
    with open_simulator(tmp_path, scenario) as simulator:
        config = "\n".join(
            [
                provider_table(name, simulator, [f"acme/{name}"], price=NOTHING, model_facts=facts)
                for name in ("able", "wordy")
            ]
            + ["[probes]\nidle_s = 1"]
        )
        with open_gateway(template, tmp_path, config) as gateway:
            for name in ("able", "wordy"):
                assert gateway.chat(f"acme/{name}").status == 200
            found = eventually(
                lambda: exams(gateway),
                lambda rows: all(rows.get(f"acme/{n}@{n}", (0,))[0] for n in ("able", "wordy")),
                LONG_S,
            )
            records = [len(gateway.records(f"acme/{name}")) for name in ("able", "wordy")]
    assert found["acme/wordy@wordy"][:2] == (1, 1)
    assert found["acme/able@able"][:2] == (1, 0)
    assert records == [1, 1]


def test_probes_keep_idle_endpoints_measured(template: Template, tmp_path: Path) -> None:
    """Free ones at once, paid ones within the budget, and no caller pays or sees a record."""
    with open_simulator(tmp_path, SCENARIO) as simulator:
        config = "\n".join(
            [
                provider_table("free", simulator, ["acme/free"], price=NOTHING, keys=["sk-1"]),
                provider_table("paid", simulator, ["acme/paid"], keys=["sk-2"]),
                provider_table("poor", simulator, ["acme/poor"], price=None, keys=["sk-3"]),
                '[probes]\nidle_s = 1\ndaily_usd = "0.001"\nmax_tokens = 8',
            ]
        )
        with open_gateway(template, tmp_path, config) as gateway:
            for model in ("acme/free", "acme/paid", "acme/poor"):
                assert gateway.chat(model).status == 200
            spent = gateway.call("GET", "/api/v1/key").json["data"]["usage"]
            found = eventually(
                lambda: sums(gateway),
                lambda rows: all(rows.get(f"acme/{n}@{n}", (0,))[0] for n in ("free", "paid")),
                PATIENCE_S,
            )
            for name in ("free", "paid"):
                probes, attempts, requests, text_out = found[f"acme/{name}@{name}"]
                assert (attempts, requests, text_out) == (probes + 1, 1, 16)
            assert found["acme/poor@poor"][0] == 0, "nobody states its price"
            assert gateway.call("GET", "/api/v1/key").json["data"]["usage"] == spent
            assert len(gateway.records("acme/free")) == len(gateway.records("acme/paid")) == 1
            metrics = gateway.request("GET", "/metrics").body.decode()
            assert 'turnout_probes_total{endpoint="free",model="acme/free"' in metrics
            asked = simulator.requests("free")[-1]
            assert '"max_tokens"' in str(asked).replace("'", '"')
