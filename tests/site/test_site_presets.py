"""Presets: made from a request, changed in versions, named by a request whose own fields win."""

import json
from collections.abc import Generator
from typing import Any

import pytest
from openrouter import OpenRouter
from tests.answers import Heard
from tests.gateway import (
    Gateway,
    Simulator,
    Template,
    chat_body,
    gateway_folder,
    open_gateway,
    provider_table,
    serve_in,
)
from tests.site.visitor import signed_in

HELLO = [{"role": "user", "content": "hello"}]


@pytest.fixture(scope="module")
def serving(
    template: Template, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Gateway]:
    """A gateway of this file, whose provider remembers what it was sent."""
    config = provider_table("alpha", simulator, ["acme/echo"], keys=["sk-alpha-1234"])
    with open_gateway(template, tmp_path_factory.mktemp("presets"), config) as serving:
        yield serving


def make(serving: Gateway, slug: str, body: Any, path: str = "chat/completions") -> Heard:
    """Makes a preset as the contract says."""
    return serving.call("POST", f"/api/v1/presets/{slug}/{path}", body, key=serving.management_key)


def sent(simulator: Simulator) -> Any:
    """What the provider was sent last."""
    return json.loads(simulator.requests("alpha")[-1]["body"])


def test_preset_fills_a_request_in(serving: Gateway, simulator: Simulator) -> None:
    """By `model: "@preset/…"`, by `preset`, or behind a model; the request's own fields win."""
    body = chat_body("acme/echo", temperature=0.25, max_tokens=77, stream=True)
    body["messages"] = [{"role": "system", "content": "Be brief."}, *HELLO]
    assert make(serving, "brief", body).status == 200
    asked: list[dict[str, Any]] = [
        {"model": "@preset/brief"},
        {"preset": "brief"},
        {"preset": "@preset/brief", "model": None},
        {"model": "acme/echo@preset/brief"},
    ]
    for named in asked:
        heard = serving.call("POST", "/api/v1/chat/completions", {**named, "messages": HELLO})
        assert heard.status == 200, heard.body
        assert heard.headers["content-type"] == "application/json"
        got = sent(simulator)
        assert got["temperature"] == 0.25
        assert got.get("max_tokens", got.get("max_completion_tokens")) == 77
        assert got["messages"] == [{"role": "system", "content": "Be brief."}, *HELLO]
        assert "preset" not in got
    own = {"preset": "brief", "temperature": 1, "max_completion_tokens": 5}
    own_prompt = [{"role": "system", "content": "Be long."}, *HELLO]
    serving.call("POST", "/api/v1/chat/completions", {**own, "messages": own_prompt})
    got = sent(simulator)
    assert (got["temperature"], got["messages"]) == (1, own_prompt)
    assert got.get("max_tokens", got.get("max_completion_tokens")) == 5


def test_preset_speaks_every_dialect(serving: Gateway, simulator: Simulator) -> None:
    """Made in one dialect, it fills in requests of the others, in their words."""
    made = make(
        serving,
        "said",
        {"model": "acme/echo", "input": "hi", "instructions": "Be kind.", "max_output_tokens": 33},
        "responses",
    )
    version = made.json["data"]["designated_version"]
    assert version["config"] == {"model": "acme/echo", "max_tokens": 33}
    assert version["system_prompt"] == "Be kind."
    for path, body in (
        ("chat/completions", {"messages": HELLO}),
        ("messages", {"messages": HELLO}),
        ("responses", {"input": "hello"}),
    ):
        heard = serving.call("POST", f"/api/v1/{path}", {"model": "@preset/said", **body})
        assert heard.status == 200, (path, heard.body)
        got = sent(simulator)
        assert got["messages"][0] == {"role": "system", "content": "Be kind."}, path
        assert got.get("max_tokens", got.get("max_completion_tokens")) == 33
    counted = serving.call(
        "POST", "/api/v1/messages/count_tokens", {"model": "@preset/said", "messages": HELLO}
    )
    assert counted.status == 200
    explained = serving.call(
        "POST", "/api/v1/route/explain", {"model": "@preset/said", "messages": HELLO}
    )
    assert explained.json["data"]["models"] == ["acme/echo"]


def test_messages_request_makes_a_preset(serving: Gateway) -> None:
    """Its system blocks and stop sequences are kept in the words of chat."""
    body = {
        "model": "acme/echo",
        "messages": HELLO,
        "max_tokens": 12,
        "system": [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}],
        "stop_sequences": ["END"],
    }
    version = make(serving, "blocks", body, "messages").json["data"]["designated_version"]
    assert version["system_prompt"] == "One.\n\nTwo."
    assert version["config"] == {"model": "acme/echo", "max_tokens": 12, "stop": ["END"]}


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"model": "@preset/gone"}, 404, "model"),
        ({"preset": "gone"}, 404, "preset"),
        ({"preset": "gone", "model": "@preset/other"}, 400, "preset"),
        ({"preset": 7}, 400, "preset"),
    ],
)
def test_preset_that_is_not_there_is_told(
    serving: Gateway, body: dict[str, Any], status: int, param: str
) -> None:
    """A name that means nothing is refused before any provider is asked."""
    heard = serving.call("POST", "/api/v1/chat/completions", {"messages": HELLO, **body})
    assert (heard.status, heard.error["param"]) == (status, param), heard.body


def test_talking_of_presets_names_none(serving: Gateway, simulator: Simulator) -> None:
    """The word in a message is a word."""
    words = [{"role": "user", "content": "what is a @preset/thing?"}]
    body = {"model": "acme/echo", "messages": words}
    assert serving.call("POST", "/api/v1/chat/completions", body).status == 200
    assert sent(simulator)["messages"] == words


def test_versions_are_kept_and_the_last_is_in_force(serving: Gateway) -> None:
    """Each change is a version; the official client reads them all."""
    for temperature in (0.1, 0.2, 0.3):
        make(serving, "versioned", chat_body("acme/echo", temperature=temperature))
    with OpenRouter(api_key=serving.management_key, server_url=serving.base_url) as client:
        preset = client.presets.get(slug="versioned").data
        assert preset.designated_version is not None
        assert preset.designated_version.config["temperature"] == 0.3
        assert preset.designated_version_id == preset.designated_version.id
        listed = client.presets.list_versions(slug="versioned")
        assert listed is not None
        versions = listed.result.data
        assert [one.version for one in versions if one is not None] == [3, 2, 1]
        first = client.presets.get_version(slug="versioned", version="1").data
        assert first is not None
        assert first.config["temperature"] == 0.1
        page = client.presets.list(limit=1)
        assert page is not None
        assert len(page.result.data) == 1
        assert page.result.total_count >= 1


@pytest.mark.parametrize(
    ("slug", "body", "param"),
    [
        ("Upper", {"messages": HELLO}, "slug"),
        ("hot", {"messages": HELLO, "temperature": 9}, "temperature"),
        ("-x", {}, "slug"),
    ],
)
def test_preset_is_checked_when_it_is_made(
    serving: Gateway, slug: str, body: dict[str, Any], param: str
) -> None:
    """A preset that could serve no request is refused."""
    heard = make(serving, slug, body)
    assert (heard.status, heard.error["param"]) == (400, param)


def test_inference_keys_read_presets_and_make_none(serving: Gateway) -> None:
    """A preset changes what other people's requests mean."""
    path = "/api/v1/presets/mine/chat/completions"
    assert serving.call("POST", path, chat_body("acme/echo")).status == 403
    assert serving.call("GET", "/api/v1/presets").status == 200


def test_site_edits_presets(serving: Gateway) -> None:
    """Who is signed in makes, renames and forgets them; an unknown field is named."""
    visitor = signed_in(serving)
    place = "/presets/edited"
    body = {"body": {"model": "acme/echo", "top_p": 0.5}, "name": "Edited", "description": "One"}
    assert visitor.internal("PUT", place, body)["version"] == 1
    made = visitor.internal("PUT", place, {"body": {"model": "acme/echo"}, "system_prompt": "Hi"})
    assert (made["name"], made["description"], made["version"]) == ("Edited", "One", 2)
    assert (made["body"], made["system_prompt"]) == ({"model": "acme/echo"}, "Hi")
    wrong = visitor.call("PUT", f"/api/internal{place}", {"body": {"messages": HELLO}})
    assert (wrong.status, wrong.error["param"]) == (400, "body.messages")
    listed = visitor.internal("GET", "/presets")["presets"]
    assert "edited" in [preset["slug"] for preset in listed]
    left = visitor.internal("DELETE", place)["presets"]
    assert "edited" not in [preset["slug"] for preset in left]
    assert visitor.call("DELETE", f"/api/internal{place}").status == 404


def test_presets_outlive_the_process(
    template: Template, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """They are there again after a restart."""
    config = provider_table("alpha", simulator, ["acme/echo"], keys=["sk-alpha-1234"])
    where = gateway_folder(template, tmp_path_factory.mktemp("again"), config)
    with serve_in(where, template) as serving:
        make(serving, "kept", chat_body("acme/echo", seed=3))
    with serve_in(where, template) as serving:
        body = {"preset": "kept", "messages": HELLO}
        assert serving.call("POST", "/api/v1/chat/completions", body).status == 200
        assert sent(simulator)["seed"] == 3
