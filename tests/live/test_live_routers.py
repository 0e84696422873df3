"""`turnout/auto`, `turnout/free` and the `latest` names, in front of simulated hosts."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.api.clients import openrouter_sdk
from tests.api.turnout_command import Turnout
from tests.gateway import (
    Gateway,
    Simulator,
    Template,
    chat_body,
    open_gateway,
    open_simulator,
    provider_table,
)

from turnout.local.fetch import find_weights

SCENARIO: Final = """
[providers.open]
record = 20
[providers.house]
record = 20
[providers.anthropic]
"""
WANTED: Final = {"X-OpenRouter-Metadata": "enabled"}
TOOLS: Final = 'parameters = ["tools", "tool_choice", "response_format", "structured_outputs"]'
NOTHING: Final = '{ prompt = "0", completion = "0" }'
HARD: Final = "Prove the theorem step by step: derive the integral ```def f(): ...``` and why."


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[Simulator]:
    """A host of small models, one of large ones, and Anthropic."""
    with open_simulator(tmp_path_factory.mktemp("routers"), SCENARIO) as playing:
        yield playing


@pytest.fixture(scope="module")
def gateway(
    template: Template, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """Free, small and large models, Claude by its maker; one model is not for `auto`."""
    config = "\n".join(
        [
            '[routing.auto]\nexcluded = ["*/secret-*"]',
            provider_table("open", simulator, ["acme/gift-8b"], keys=["sk"], price=NOTHING),
            provider_table(
                "house",
                simulator,
                ["acme/small-8b", "acme/large", "acme/secret-large"],
                keys=["sk"],
                model_facts=TOOLS,
            ),
            f'[providers.anthropic]\nbase_url = "{simulator.url}/anthropic/v1"\napi_key = "sk"',
        ]
    )
    with open_gateway(template, tmp_path_factory.mktemp("routers"), config) as serving:
        yield serving


def plugin(**members: Any) -> list[dict[str, Any]]:
    """The field `plugins` for the router."""
    return [{"id": "auto-router", **members}]


def test_auto_answers_with_the_model_it_picked_and_says_why(gateway: Gateway) -> None:
    """`model` is the concrete one; the metadata and the record carry the reason."""
    heard = gateway.chat(
        "turnout/auto",
        headers=WANTED,
        plugins=plugin(allowed_models=["acme/*"], cost_quality_tradeoff=5),
    )
    assert heard.status == 200
    assert heard.json["model"].startswith("acme/")
    told = heard.json["openrouter_metadata"]
    assert (told["requested"], told["strategy"]) == ("turnout/auto", "auto")
    [stage] = told["pipeline"]
    assert (stage["name"], stage["type"]) == ("auto-router", "plugin")
    assert stage["data"]["picked"] == heard.json["model"]
    assert stage["data"]["task_type"] == "chat"
    record = gateway.generation(heard.generation_id)
    assert (record["model"], record["router"]) == (heard.json["model"], "turnout/auto")
    assert record["turnout"]["requested"] == "turnout/auto"
    assert record["turnout"]["pipeline"][0]["data"]["picked"] == heard.json["model"]


def test_auto_sends_its_plugin_to_nobody(gateway: Gateway, simulator: Simulator) -> None:
    """It is served here, so no host sees it, and nothing is reported as dropped."""
    heard = gateway.chat("openrouter/auto", plugins=plugin(allowed_models=["acme/small-8b"]))
    assert heard.status == 200
    assert "x-turnout-dropped" not in heard.headers
    sent = json.dumps(simulator.requests("house")[-1])
    assert "auto-router" not in sent
    assert "small-8b" in sent


@pytest.mark.parametrize("path", ["/api/v1/messages", "/api/v1/responses"])
def test_auto_serves_the_other_dialects(gateway: Gateway, path: str) -> None:
    """The same plugin, the same pick."""
    body: dict[str, Any] = {
        "model": "openrouter/auto",
        "plugins": plugin(allowed_models=["acme/small-8b"]),
    }
    if path.endswith("messages"):
        body |= {"max_tokens": 32, "messages": [{"role": "user", "content": "hello"}]}
    else:
        body |= {"input": "hello"}
    heard = gateway.call("POST", path, body)
    assert (heard.status, heard.json["model"]) == (200, "acme/small-8b")


def test_auto_never_picks_what_the_house_excludes(gateway: Gateway) -> None:
    """The configuration is the ceiling; a named request still gets the model."""
    refused = gateway.chat("turnout/auto", plugins=plugin(allowed_models=["acme/secret-*"]))
    assert refused.status == 404
    assert refused.error["message"].startswith(
        "No models match your request and model restrictions"
    )
    assert gateway.chat("acme/secret-large").status == 200


def test_auto_refuses_a_tradeoff_that_is_none(gateway: Gateway) -> None:
    """0 to 10, by name."""
    refused = gateway.chat("turnout/auto", plugins=plugin(cost_quality_tradeoff=11))
    assert refused.status == 400
    assert "cost_quality_tradeoff" in refused.error["message"]


def test_auto_streams_and_parses_in_the_official_sdk(gateway: Gateway) -> None:
    """OpenRouter's own client sends the plugin and reads the pick."""
    with openrouter_sdk(gateway) as client:
        send: Any = client.chat.send
        answer = send(
            model="openrouter/auto",
            messages=[{"role": "user", "content": HARD}],
            plugins=plugin(allowed_models=["acme/*"], cost_quality_tradeoff=0),
        )
    assert answer.model.startswith("acme/")
    streamed = gateway.chat("turnout/auto", HARD, stream=True)
    assert streamed.done
    assert all(event["model"] != "turnout/auto" for event in streamed.events)


def test_free_takes_only_what_costs_nothing(gateway: Gateway) -> None:
    """And costs nothing."""
    heard = gateway.chat("openrouter/free", headers=WANTED)
    assert (heard.status, heard.json["model"]) == (200, "acme/gift-8b")
    assert heard.json["usage"]["cost"] == 0
    assert heard.json["openrouter_metadata"]["strategy"] == "free"


def test_session_keeps_the_model_that_auto_picked(gateway: Gateway) -> None:
    """An easy first turn and a hard second one are answered by the same model."""
    more: dict[str, Any] = {"session_id": "one-model"}
    first = gateway.chat("turnout/auto", **more).json["model"]
    alone = gateway.chat("turnout/auto", HARD, reasoning_effort="high").json["model"]
    assert (
        gateway.chat("turnout/auto", HARD, reasoning_effort="high", **more).json["model"] == first
    )
    assert alone != first


def test_pinned_model_is_kept_without_a_session(gateway: Gateway) -> None:
    """`pin_model`: from the first answer on, known by the opening."""
    opening = [{"role": "user", "content": "an opening that is pinned"}]
    later = [*opening, {"role": "assistant", "content": "yes?"}, {"role": "user", "content": HARD}]

    def served(messages: Any, **members: Any) -> str:
        body = {"model": "turnout/auto", "messages": messages, "reasoning_effort": "high"}
        plugins = plugin(allowed_models=["acme/*-8b", "acme/large"], **members)
        heard = gateway.call("POST", "/api/v1/chat/completions", body | {"plugins": plugins})
        name: str = heard.json["model"]
        return name

    first = served(opening, pin_model=True, cost_quality_tradeoff=10)
    assert served(later, pin_model=True, cost_quality_tradeoff=0) == first
    assert served(later, pin_model=False, cost_quality_tradeoff=0) != first


def test_routers_are_listed_and_found(gateway: Gateway) -> None:
    """As models with the union of what they may pick; they have no endpoints of their own."""
    rows = {r["id"]: r for r in gateway.call("GET", "/api/v1/models").json["data"]}
    assert rows["turnout/auto"]["pricing"]["prompt"] == "-1"
    assert rows["turnout/free"]["pricing"] == rows["turnout/free"]["pricing"] | {
        "prompt": "0",
        "completion": "0",
    }
    assert "tools" in rows["turnout/auto"]["supported_parameters"]
    for name in ("turnout/auto", "openrouter/auto", "openrouter/free"):
        found = gateway.call("GET", f"/api/v1/model/{name}")
        assert (found.status, found.json["data"]["id"]) == (
            200,
            f"turnout/{name.partition('/')[2]}",
        )
        hosts = gateway.call("GET", f"/api/v1/models/{name}/endpoints")
        assert (hosts.status, hosts.json["data"]["endpoints"]) == (200, [])
    with openrouter_sdk(gateway) as client:
        listed: Any = client.models.list()
    assert "turnout/auto" in {row.id for row in listed.result.data}


def test_latest_is_the_newest_of_its_family_that_can_be_reached(gateway: Gateway) -> None:
    """Listed with its target; the answer says which model it was."""
    name = "~anthropic/claude-haiku-latest"
    row = gateway.call("GET", f"/api/v1/model/{name}").json["data"]
    heard = gateway.chat(name, headers=WANTED)
    assert heard.status == 200
    assert heard.json["model"] == row["alias_target"]["slug"]
    assert heard.json["openrouter_metadata"]["strategy"] == "latest"


def test_explain_tells_the_pick_before_and_after(gateway: Gateway) -> None:
    """The route with the request's plugin, the command from the record."""
    body = chat_body("turnout/auto", plugins=plugin(allowed_models=["acme/small-8b"]))
    told = gateway.call("POST", "/api/v1/route/explain", body).json["data"]
    assert told["steps"][0]["endpoint"] == "acme/small-8b@house"
    assert told["routed"]["data"]["picked"] == "acme/small-8b"
    turnout = Turnout(gateway.folder)
    offline = turnout(
        "explain", "turnout/auto", "--data-dir", str(gateway.data_dir), "--config",
        str(gateway.config_file),
    )  # fmt: skip
    assert offline.code == 0
    assert "Picked: " in offline.out
    request = gateway.folder / "request.json"
    request.write_text(json.dumps(body))
    with_plugin = turnout(
        "explain", "--body", str(request), "--data-dir", str(gateway.data_dir), "--config",
        str(gateway.config_file), "--json",
    )  # fmt: skip
    assert with_plugin.json["routed"]["data"]["picked"] == "acme/small-8b"
    assert with_plugin.json["routed"]["data"]["considered"] == 1


@pytest.mark.local_model
def test_free_serves_the_embedded_model_where_nothing_else_is_on(
    template: Template, tmp_path: Path
) -> None:
    """So a fresh installation answers `turnout/free` and `turnout/auto` without any key."""
    found = find_weights(Path(__file__).parents[2] / "data")
    if found is None:
        pytest.skip("local_model: the embedded model's weights are not here: run make setup")
    config = f'[local]\nmodel_file = "{found.path}"\n'
    with open_gateway(template, tmp_path, config) as gateway:
        for name in ("turnout/free", "openrouter/auto"):
            heard = gateway.chat(name, max_tokens=4)
            assert (heard.status, heard.json["model"]) == (
                200,
                "huggingfacetb/smollm2-135m-instruct",
            )
