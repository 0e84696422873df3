"""Every fault that comes before the first content, with and without another provider."""

import time
from typing import Any
from uuid import uuid4

import pytest
from tests.flow.fault_table import FATAL, FAULTY, HARMLESS, SECRET, STEADY, STEADY_TEXT, Fatal
from tests.flow.stage import Stage, slug
from tests.gateway import Heard

WAYS = pytest.mark.parametrize("stream", [True, False], ids=["stream", "unary"])
ROWS = pytest.mark.parametrize("row", FATAL, ids=lambda row: slug(row.fault))

TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]


def ask(stage: Stage, prefix: str, fault: str, *, stream: bool, **fields: Any) -> Heard:
    """A request that meets the fault at the faulty provider."""
    model = f"{prefix}/{slug(fault)}-{'stream' if stream else 'unary'}"
    prompt = f"a private prompt [[fault:{FAULTY}/{fault}]]"
    heard = stage.gateway.chat(model, prompt, stream=stream, **fields)
    stage.heard.append(heard.body)
    return heard


def first_choice(stage: Stage, prefix: str, fault: str, *, stream: bool) -> str:
    """Who is asked first for the row's model now, without any fault."""
    model = f"{prefix}/{slug(fault)}-{'stream' if stream else 'unary'}"
    record = stage.gateway.generation(stage.gateway.chat(model).generation_id)
    name: str = record["provider_responses"][0]["provider_name"]
    return name


@WAYS
@ROWS
def test_failover_gives_the_whole_answer_of_the_next_provider(
    stage: Stage,
    row: Fatal,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Whatever fails before the first content is silent: one clean answer, one record of both."""
    heard = ask(stage, "both", row.fault, stream=stream)
    assert (heard.status, heard.text) == (200, STEADY_TEXT)
    if stream:
        assert heard.done
        assert heard.events[-1]["usage"]["completion_tokens"] == 8
    record = stage.gateway.generation(heard.generation_id)
    tried = [(a["provider_name"], a["outcome"]) for a in record["provider_responses"]]
    assert tried == [(FAULTY, row.outcome(stream=stream)), (STEADY, "served")]
    assert record["provider_responses"][0]["status"] == row.status
    assert record["provider_responses"][1]["status"] == 200
    assert record["turnout"]["state"] == "succeeded"
    assert record["tokens_completion"] == 8
    shunned = first_choice(stage, "both", row.fault, stream=stream) == STEADY
    assert shunned is row.shunned


@WAYS
@ROWS
def test_failover_without_another_provider_tells_the_client_why(
    stage: Stage,
    row: Fatal,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """The last failure becomes an error of ours, never a 401 or 403, with each attempt in it."""
    heard = ask(stage, "alone", row.fault, stream=stream)
    assert heard.status == row.told.status
    assert heard.headers["content-type"] == "application/json"
    error = heard.error
    assert (error["code"], error["http_status"]) == (row.told.status, row.told.status)
    assert error["error_type"] == error["metadata"]["error_type"] == row.told.error_type
    assert error["metadata"]["provider_name"] == FAULTY
    assert error.get("availability", {}).get("code") == row.told.availability
    kind = row.outcome(stream=stream)
    previous = error["metadata"]["previous_errors"]
    assert [p["status"] for p in previous] == [kind] * row.attempts()
    assert {p["code"] for p in previous} == {row.status if (row.status or 0) >= 400 else 502}
    record = stage.gateway.generation(heard.generation_id)
    outcomes = [a["outcome"] for a in record["provider_responses"]]
    assert outcomes == [kind] * row.attempts()
    assert record["turnout"]["state"] == "failed"
    assert (record["turnout"]["error_type"], record["usage"]) == (row.told.error_type, 0)


@WAYS
@pytest.mark.parametrize("fault", HARMLESS)
def test_failover_is_not_needed_for_what_is_merely_odd(
    stage: Stage,
    fault: str,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Legal oddities and missing trimmings are served as if nothing were the matter."""
    fields = {"tools": TOOLS} if fault.startswith("tool-") else {}
    heard = ask(stage, "both", fault, stream=stream, **fields)
    assert heard.status == 200
    if stream:
        assert heard.done
        assert heard.events[0]["choices"][0]["delta"]["role"] == "assistant"
        assert heard.events[-1]["choices"] == []
        assert heard.events[-1]["usage"]["completion_tokens"] > 0
        finishes = [c["finish_reason"] for e in heard.events for c in e["choices"]]
        assert [f for f in finishes if f] == ["tool_calls" if fields else "stop"]
    record = stage.gateway.generation(heard.generation_id)
    assert [a["outcome"] for a in record["provider_responses"]] == ["served"]
    assert record["provider_name"] == FAULTY
    assert record["turnout"]["estimated_usage"] is (fault == "no-usage")
    assert record["turnout"]["state"] == "succeeded"


@WAYS
@pytest.mark.parametrize("fault", [name for name in HARMLESS if name.startswith("tool-")])
def test_failover_repairs_malformed_tool_calls(
    stage: Stage,
    fault: str,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """Two calls stay two calls, each with an index, an id of its own and whole arguments."""
    heard = ask(stage, "both", fault, stream=stream, tools=TOOLS)
    if not stream:
        calls = heard.json["choices"][0]["message"]["tool_calls"]
        assert len({call["id"] for call in calls}) == len(calls) == 2
        return
    deltas = [c["delta"] for e in heard.events for c in e["choices"]]
    parts = [part for delta in deltas for part in delta.get("tool_calls") or ()]
    assert {part["index"] for part in parts} == {0, 1}
    ids = [part["id"] for part in parts if part.get("id")]
    assert len(ids) == len(set(ids)) == 2


@WAYS
@pytest.mark.parametrize("prefix", ["both", "alone"])
@pytest.mark.parametrize("fault", ["status:500", "reset", "empty"])
def test_failover_leaves_exactly_one_record(
    stage: Stage,
    fault: str,
    prefix: str,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """However many attempts it took, and whether it ended well or not."""
    model = f"{prefix}/{slug(fault)}-{'stream' if stream else 'unary'}"
    mark = uuid4().hex
    prompt = f"[[fault:{FAULTY}/{fault}]]"
    wish = {"order": [FAULTY]}
    heard = stage.gateway.chat(model, prompt, stream=stream, session_id=mark, provider=wish)
    until_s = time.monotonic() + 5
    while not (found := [r for r in stage.gateway.records(model) if r.get("session_id") == mark]):
        assert time.monotonic() < until_s
        time.sleep(0.02)
    assert [record["id"] for record in found] == [heard.generation_id]
    assert len(found[0]["attempts"]) == 2  # the next provider, or the same one once more


def test_failover_leaks_no_key_address_or_prompt(stage: Stage) -> None:
    """Neither what clients hear nor what is logged at debug names a secret or an upstream."""
    ask(stage, "alone", "leaky", stream=False)
    spoken = b"\n".join(stage.heard).decode()
    logged = stage.gateway.log()
    port = str(stage.simulator.port)
    for text in (spoken, logged):
        assert SECRET not in text
        assert f":{port}" not in text
        assert "10.1.2.3" not in text
        assert "127.0.0.1:9" not in text
    assert stage.gateway.key not in spoken + logged
    assert "a private prompt" not in logged
