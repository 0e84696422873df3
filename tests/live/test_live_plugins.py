"""What the gateway itself does for a request: search, length, healing; and that it tells."""

import json
from collections.abc import Generator
from typing import Any, Final

import pytest
from tests.gateway import Template, open_gateway
from tests.live.plugin_stage import ASKS, BROKEN_JSON, Stage, chat, open_stage, pipeline
from tests.live.scripted_upstream import scripted_upstream


@pytest.fixture(scope="module")
def stage(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """The gateway, its provider and a file server."""
    with open_stage(template, tmp_path_factory.mktemp("plugins")) as opened:
        yield opened


# ── web search ──────────────────────────────────────────────────────────────────────────────────

SEARCHES: Final[dict[str, Any]] = {
    "plugin": {"plugins": [{"id": "web", "max_results": 1}]},
    "online": {},
    "options": {"web_search_options": {"search_context_size": "low"}},
    "server tool": {"tools": [{"type": "openrouter:web_search"}]},
    "shorthand": {"tools": [{"type": "web_search", "max_results": 2}]},
}


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "unary"])
@pytest.mark.parametrize("way", SEARCHES)
def test_web_search_puts_results_in_and_cites_them(
    stage: Stage,
    way: str,
    stream: bool,  # noqa: FBT001 (a parameter)
) -> None:
    """However it is asked for: the results go up behind the question, and come back cited."""
    model = "acme/blind:online" if way == "online" else "acme/blind"
    heard = stage.gateway.chat(model, "search this", stream=stream, headers=ASKS, **SEARCHES[way])
    assert heard.status == 200, heard.body
    sent = stage.sent
    assert not {"plugins", "tools", "web_search_options"} & sent.keys()
    assert sent["messages"][-1]["content"][0]["text"] == "search this"
    assert "https://example.com/a" in sent["messages"][-1]["content"][1]["text"]
    assert stage.files.paths[-1] == "/search?q=search+this&format=json"
    if stream:
        deltas = [c["delta"] for event in heard.events for c in event["choices"]]
        found = [one for delta in deltas for one in delta.get("annotations") or ()]
        usage, metadata = heard.events[-1]["usage"], heard.events[-1]["openrouter_metadata"]
    else:
        found = heard.json["choices"][0]["message"]["annotations"]
        usage, metadata = heard.json["usage"], heard.json["openrouter_metadata"]
    first = found[0]["url_citation"]
    assert (first["url"], first["title"]) == ("https://example.com/a", "A")
    assert heard.text[first["start_index"] : first["end_index"]] == (
        "[example.com](https://example.com/a)"
    )
    assert usage["cost"] == pytest.approx(0.005 + 13e-6)
    assert usage["server_tool_use_details"] == {"web_search_requests": 1}
    (stage_told,) = metadata["pipeline"]
    assert (stage_told["name"], stage_told["cost_usd"]) == ("web", 0.005)
    record = stage.gateway.generation(heard.generation_id)
    assert record["web_search_engine"] == "searxng"
    assert record["total_cost"] == usage["cost"]


def test_web_search_by_an_engine_that_is_not_set_up_is_refused(stage: Stage) -> None:
    """It says which ones there are."""
    plugin = {"id": "web", "engine": "exa"}
    heard = stage.gateway.chat("acme/blind", "search", plugins=[plugin])
    assert heard.status == 400
    assert "searxng" in heard.error["message"]


def test_web_search_without_any_engine_names_the_setting(
    template: Template, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A clear no, and what would change it."""
    with scripted_upstream(chat) as upstream:
        config = f"""
[providers.vllm]
base_url = "{upstream.url}/v1"
[[providers.vllm.models]]
id = "acme/one"
"""
        with open_gateway(template, tmp_path_factory.mktemp("nosearch"), config) as gateway:
            heard = gateway.chat("acme/one:online", "news?")
    assert heard.status == 404
    assert "search.engine" in heard.error["message"]
    assert upstream.asked == []


# ── length, healing, unknown plugins ────────────────────────────────────────────────────────────


def long_messages() -> list[Any]:
    """Some 20,000 tokens in turns."""
    words = "many words about nothing in particular " * 60
    turns: list[Any] = [{"role": "system", "content": "Be brief."}]
    for n in range(30):
        turns.append({"role": "user", "content": f"question {n} {words}"})
        turns.append({"role": "assistant", "content": f"answer {n}"})
    return [*turns, {"role": "user", "content": "the last question"}]


def test_context_compression_shortens_for_a_small_model_in_the_middle(stage: Stage) -> None:
    """Instructions, the first turn and the last one stay; the metadata says what was left out."""
    heard = stage.gateway.chat("acme/small", messages=long_messages(), headers=ASKS)
    assert heard.status == 200, heard.body
    sent = [message["content"] for message in stage.sent["messages"]]
    assert sent[0] == "Be brief."
    assert sent[1].startswith("question 0 ")
    assert sent[-1] == "the last question"
    assert len(sent) < 62
    told = pipeline(heard)["context-compression"]
    assert told["type"] == "context_compression"
    assert told["data"]["left_out"] == 62 - len(sent)


def test_context_compression_can_be_refused(stage: Stage) -> None:
    """Then a conversation that is too long has no endpoint."""
    off = [{"id": "context-compression", "enabled": False}]
    heard = stage.gateway.chat("acme/small", messages=long_messages(), plugins=off)
    assert heard.status == 404
    assert heard.error["availability"]["excluded_by"] == ["context_length"]


@pytest.mark.parametrize("kind", ["json_object", "json_schema"])
def test_response_healing_mends_json(stage: Stage, kind: str) -> None:
    """Fences, bare names, single quotes and trailing commas are gone, and it is told."""
    shape: dict[str, Any] = {"type": kind}
    if kind == "json_schema":
        shape["json_schema"] = {"name": "x", "schema": {"type": "object"}}
    fields = {"plugins": [{"id": "response-healing"}], "response_format": shape}
    heard = stage.gateway.chat("acme/blind", "heal", headers=ASKS, **fields)
    assert heard.status == 200, heard.body
    assert json.loads(heard.text) == {"name": "x", "list": [1, 2]}
    assert pipeline(heard)["response-healing"]["type"] == "response_healing"
    assert "plugins" not in stage.sent


@pytest.mark.parametrize(
    "fields",
    [
        {"response_format": {"type": "json_object"}},
        {"plugins": [{"id": "response-healing"}]},
        {"plugins": [{"id": "response-healing"}], "stream": True,
         "response_format": {"type": "json_object"}},
    ],
    ids=["not asked", "no json", "streamed"],
)  # fmt: skip
def test_response_healing_touches_nothing_else(stage: Stage, fields: dict[str, Any]) -> None:
    """Only a whole answer that shall be JSON, and only when asked."""
    heard = stage.gateway.chat("acme/blind", "heal", **fields)
    assert heard.text == BROKEN_JSON


def test_plugins_that_nobody_knows_are_refused(stage: Stage) -> None:
    """With the place and those that are served."""
    heard = stage.gateway.chat("acme/blind", "x", plugins=[{"id": "teleport"}])
    assert heard.status == 400
    assert heard.error["param"] == "plugins[0].id"
    assert "file-parser" in heard.error["message"]


def test_plugins_of_the_contract_that_are_not_served_are_told(stage: Stage) -> None:
    """The request is served, and the answer says what nobody did."""
    heard = stage.gateway.chat("acme/blind", "x", plugins=[{"id": "fusion"}])
    assert heard.status == 200
    assert "plugins.fusion" in heard.headers["x-turnout-dropped"]


# ── honesty ─────────────────────────────────────────────────────────────────────────────────────


def test_metadata_says_what_became_of_each_parameter(stage: Stage) -> None:
    """Honoured and dropped, in the answer and in the record."""
    fields = {"temperature": 0.5, "logit_bias": {"1": 2}}
    heard = stage.gateway.chat("acme/blind", "x", headers=ASKS, **fields)
    parameters = heard.json["openrouter_metadata"]["parameters"]
    assert parameters["honoured"] == ["temperature"]
    assert parameters["dropped"] == ["logit_bias"]
    record = stage.gateway.generation(heard.generation_id)["turnout"]
    assert record["honoured_parameters"] == ["temperature"]
    assert record["dropped_parameters"] == ["logit_bias"]


@pytest.mark.parametrize("value", [None, "disabled", "yes"])
def test_metadata_is_for_those_who_ask(stage: Stage, value: str | None) -> None:
    """Any value but "enabled" is a no."""
    headers = {} if value is None else {"x-openrouter-metadata": value}
    assert "openrouter_metadata" not in stage.gateway.chat("acme/blind", headers=headers).json


def test_require_parameters_refuses_what_an_adapter_would_drop(stage: Stage) -> None:
    """The catalog says that the endpoint takes it, its dialect cannot say it: nobody is asked."""
    asked = len(stage.upstream.asked)
    wish = {"require_parameters": True}
    assert stage.gateway.chat("acme/claims", "x", provider=wish, temperature=1).status == 200
    heard = stage.gateway.chat("acme/claims", "x", provider=wish, logit_bias={"1": 2})
    assert heard.status == 404
    assert "logit_bias" in heard.error["message"]
    assert heard.error["availability"]["code"] == "constraint_filtered"
    assert len(stage.upstream.asked) == asked + 1


@pytest.mark.parametrize("way", ["options", "server tool", "shorthand"])
def test_require_parameters_counts_a_search_by_an_engine_as_supported(
    stage: Stage, way: str
) -> None:
    """It is done here, so the endpoint need know nothing of it; a tool of the caller's it must."""
    wish = {"require_parameters": True}
    heard = stage.gateway.chat("acme/claims", "search this", provider=wish, **SEARCHES[way])
    assert heard.status == 200, heard.body
    function = {"type": "function", "function": {"name": "f"}}
    tools = [*SEARCHES[way].get("tools", []), function]
    fields = SEARCHES[way] | {"tools": tools}
    refused = stage.gateway.chat("acme/claims", "search this", provider=wish, **fields)
    assert refused.status == 404
    assert "tools" in refused.error["message"]
