"""Why a request went, or would go, where it goes: routes, headers, records and the command."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from tests.api.clients import openrouter_sdk
from tests.gateway import (
    Gateway,
    Heard,
    Simulator,
    Template,
    chat_body,
    open_gateway,
    provider_table,
)
from turnout_command import Turnout

WANTED = {"X-OpenRouter-Metadata": "enabled"}


def explained(gateway: Gateway, **fields: Any) -> Any:
    """The plan of a request that is not sent."""
    heard = gateway.call("POST", "/api/v1/route/explain", chat_body("acme/duo", **fields))
    assert heard.status == 200, heard.body
    return heard.json["data"]


def test_explain_route_plans_and_sends_nothing(gateway: Gateway, simulator: Simulator) -> None:
    """Every endpoint is a step with a share and a reason, or dropped by a filter."""
    before = [simulator.stats(name)["requests"] for name in ("alpha", "beta")]
    told = explained(gateway, provider={"ignore": ["beta"]})
    assert [row["endpoint"] for row in told["steps"]] == ["acme/duo@alpha"]
    assert [(row["endpoint"], row["filter"]) for row in told["dropped"]] == [
        ("acme/duo@beta", "ignored_providers")
    ]
    both = explained(gateway)["steps"]
    assert sum(row["share"] for row in both) == pytest.approx(1)
    assert all(row["reason"] for row in both)
    assert [simulator.stats(name)["requests"] for name in ("alpha", "beta")] == before


def test_explain_route_refuses_as_a_request_would_be(gateway: Gateway) -> None:
    """An unknown model is a 400 with the nearest names; a key is needed."""
    heard = gateway.call("POST", "/api/v1/route/explain", chat_body("acme/du"))
    assert heard.status == 400
    assert "is not a valid model ID" in heard.error["message"]
    refused = gateway.call("POST", "/v1/route/explain", chat_body("acme/duo"), key="sk-or-v1-no")
    assert refused.status == 401


def test_elections_route_lists_none_before_any(gateway: Gateway) -> None:
    """Too little was measured to elect anybody, and nobody is pinned."""
    heard = gateway.call("GET", "/api/v1/route/elections")
    assert (heard.status, heard.json) == (200, {"data": [], "pins": {}})


def last_chunk(heard: Heard) -> Any:
    """The last event of a stream that is not its end mark."""
    events = [line for line in heard.body.decode().splitlines() if line.startswith("data: {")]
    return json.loads(events[-1].removeprefix("data: "))


@pytest.mark.parametrize("stream", [False, True])
def test_metadata_is_on_the_answer_of_who_asks(gateway: Gateway, *, stream: bool) -> None:
    """On the body, or on the last chunk; nobody else gets it."""
    heard = gateway.chat("acme/duo", headers=WANTED, stream=stream)
    told = (last_chunk(heard) if stream else heard.json)["openrouter_metadata"]
    assert (told["requested"], told["attempt"], told["strategy"]) == ("acme/duo", 1, "direct")
    assert told["endpoints"]["total"] == 2
    [chosen] = [row for row in told["endpoints"]["available"] if row["selected"]]
    assert chosen["model"] == "acme/duo"
    assert told["attempts"] == [
        {"model": "acme/duo", "provider": chosen["provider"], "status": 200}
    ]
    assert b"openrouter_metadata" not in gateway.chat("acme/duo", stream=stream).body


def test_metadata_parses_in_the_official_sdk(gateway: Gateway) -> None:
    """OpenRouter's own client finds it where it looks."""
    with openrouter_sdk(gateway) as client:
        send: Any = client.chat.send
        messages: Any = [{"role": "user", "content": "hi"}]
        answer = send(model="acme/duo", messages=messages, http_headers=WANTED)
    assert answer.openrouter_metadata.endpoints.total == 2
    assert answer.openrouter_metadata.attempt == 1


BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/chat/completions": {"messages": [{"role": "user", "content": "hi"}]},
    "/api/v1/messages": {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 9},
    "/api/v1/responses": {"input": "hi"},
    "/api/v1/completions": {"prompt": "hi"},
}


@pytest.mark.parametrize("path", BODIES)
def test_metadata_is_on_the_error_of_who_asks(gateway: Gateway, path: str) -> None:
    """Beside `error`, in every dialect: what was considered, and that nobody was reached."""
    body = {"model": "acme/duo", "provider": {"only": ["nobody"]}, **BODIES[path]}
    heard = gateway.call("POST", path, body, headers=WANTED)
    assert heard.status == 404
    told = heard.json["openrouter_metadata"]
    assert (told["requested"], told["attempt"], told["attempts"]) == ("acme/duo", 0, [])
    assert told["endpoints"] == {"total": 2, "available": []}
    assert b"openrouter_metadata" not in gateway.call("POST", path, body).body
    kept = gateway.generation(heard.generation_id)["turnout"]["decision"]
    assert {row[0] for row in kept["dropped"]} == {"acme/duo@alpha", "acme/duo@beta"}


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("stream", [False, True])
def test_metadata_on_an_error_tells_the_attempts(
    gateway: Gateway, path: str, *, stream: bool
) -> None:
    """With each provider's status, and the provider's own words as `raw` beside the message."""
    body = BODIES[path] | {"model": "acme/beta", "stream": stream}
    text = "hi [[fault:status:400]]"
    for field in ("prompt", "input"):
        if field in body:
            body[field] = text
    if "messages" in body:
        body["messages"] = [{"role": "user", "content": text}]
    heard = gateway.call("POST", path, body, headers=WANTED)
    assert heard.status == 400
    told = heard.json["openrouter_metadata"]
    assert told["attempt"] == 1
    assert [row["status"] for row in told["attempts"]] == [400]
    error = heard.json["error"]
    facts = heard.json.get("metadata") or error["metadata"]
    assert facts["raw"]
    assert facts["raw"] in error["message"]


def test_record_keeps_its_decision_and_the_command_replays_it(gateway: Gateway) -> None:
    """The endpoints with their places, the draw, and what was tried, without asking a gateway."""
    heard = gateway.chat("acme/duo")
    ours = gateway.generation(heard.generation_id)["turnout"]
    assert [row[0] for row in ours["decision"]["kept"]] != []
    turnout = Turnout(gateway.folder)
    words = ("explain", heard.generation_id, "--data-dir", str(gateway.data_dir))
    told = _when_stored(turnout, *words, "--json")
    assert told["seed"] == ours["seed"]
    assert told["requested"] == "acme/duo"
    assert told["attempts"] == [[told["served"], "served"]]
    assert {row[0] for row in told["decision"]["kept"]} == {"acme/duo@alpha", "acme/duo@beta"}
    printed = turnout(*words).out
    assert "acme/duo@alpha" in printed
    assert "Attempts:" in printed
    missing = turnout("explain", "gen-1-nobody", "--data-dir", str(gateway.data_dir))
    assert missing.code == 1
    assert "no record" in missing.err


def _when_stored(turnout: Turnout, *words: str) -> Any:
    """The journal comes first, the store a moment later."""
    done = turnout(*words)
    for _ in range(20):
        if done.code == 0:
            break
        time.sleep(0.2)
        done = turnout(*words)
    return done.json


def test_exacto_serves_all_callers_from_the_pinned_endpoint(
    template: Template, simulator: Simulator, tmp_path: Path
) -> None:
    """Whatever the price says: the operator chose."""
    config = "\n".join(
        [
            '[routing.exacto.pins]\n"acme/duo" = "beta"',
            provider_table("alpha", simulator, ["acme/duo"], keys=["sk-alpha-1234"]),
            provider_table("beta", simulator, ["acme/duo"]),
        ]
    )
    with open_gateway(template, tmp_path, config) as gateway:
        served = {gateway.chat("acme/duo:exacto").json["provider"] for _ in range(5)}
        assert len(served) == 1
        assert gateway.call("GET", "/v1/route/elections").json["pins"] == {"acme/duo": "beta"}
        told = gateway.call("POST", "/v1/route/explain", chat_body("acme/duo:exacto")).json
    assert told["data"]["steps"][0]["endpoint"] == "acme/duo@beta"
