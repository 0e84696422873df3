"""Prompts and answers: kept where the operator says so, shown to whom they belong, then deleted."""

import asyncio
import json
from pathlib import Path

import msgspec
import pytest
from openrouter import OpenRouter
from tests.gateway import Gateway, Simulator, Template, chat_body, open_gateway, provider_table
from tests.site.visitor import signed_in

from turnout.core.clock import SYSTEM_CLOCK
from turnout.ledger.contents import PROMPT_BYTES, WAITING_BYTES, Contents, Said
from turnout.store.database import Database

SECRET = "the eagle lands at nine"


def test_nothing_is_kept_unless_it_is_wanted(
    template: Template, simulator: Simulator, tmp_path: Path
) -> None:
    """By default no prompt reaches the data folder, and the log says null."""
    config = provider_table("beta", simulator, ["acme/beta"])
    with open_gateway(template, tmp_path, config) as serving:
        heard = serving.chat("acme/beta", SECRET)
        detail = signed_in(serving).internal("GET", f"/generations/{heard.generation_id}")
        assert detail["content"] is None
        asked = serving.call("GET", f"/api/v1/generation/content?id={heard.generation_id}")
        assert (asked.status, asked.error["param"]) == (404, "id")
        data_dir = serving.data_dir
    for file in data_dir.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("stream", [False, True])
def test_log_shows_what_was_said(gateway: Gateway, *, stream: bool) -> None:
    """The prompt as it was sent, the answer as it was read, streamed or not; at once."""
    heard = gateway.chat("acme/beta", SECRET, stream=stream)
    detail = signed_in(gateway).internal("GET", f"/generations/{heard.generation_id}")
    content = detail["content"]
    messages = [{"role": "user", "content": SECRET}]
    assert json.loads(content["prompt"]) == {"messages": messages}
    assert heard.text in content["completion"]
    assert content["cut"] is False


def test_content_is_for_the_key_that_asked(gateway: Gateway) -> None:
    """By the contract's route and its official client; another key learns nothing."""
    heard = gateway.chat("acme/echo", SECRET)
    with OpenRouter(api_key=gateway.key, server_url=gateway.base_url) as client:
        data = client.generations.list_generation_content(id=heard.generation_id).data
    assert data.output.completion == heard.text
    assert msgspec.to_builtins(data.input.model_dump())["messages"][0]["content"] == SECRET
    made = gateway.call("POST", "/api/v1/keys", {"name": "curious"}, key=gateway.management_key)
    path = f"/api/v1/generation/content?id={heard.generation_id}"
    assert gateway.call("GET", path, key=made.json["key"]).status == 404
    assert gateway.call("GET", path, key=gateway.management_key).status == 200


def test_failed_requests_keep_their_prompt(gateway: Gateway) -> None:
    """And say what went wrong."""
    heard = gateway.call("POST", "/api/v1/chat/completions", chat_body("acme/none", SECRET))
    assert heard.status == 400
    visitor = signed_in(gateway)
    [row, *_] = visitor.internal("GET", "/generations?status=error&limit=1")["generations"]
    detail = visitor.internal("GET", f"/generations/{row['id']}")
    assert SECRET in detail["content"]["prompt"]
    assert detail["content"]["completion"] == ""


def test_contents_are_bounded_and_pruned(tmp_path: Path) -> None:
    """Long prompts are cut, media left out, a flood dropped, and old ones deleted."""

    async def scenario(contents: Contents) -> None:
        long = {"prompt": msgspec.Raw(json.dumps("x" * PROMPT_BYTES).encode())}
        contents.add("long", 1, long, Said(spoken=b"a\\nb", escaped=True))
        url = "data:image/png;base64," + "A" * 5000
        media = {"messages": msgspec.Raw(json.dumps([{"url": url}]).encode())}
        contents.add("media", 2, media, Said(spoken=b"half \\u12", thought=b"hm", escaped=True))
        kept = await contents.get("long")
        assert kept is not None
        assert (len(kept.prompt), kept.completion, kept.cut) == (PROMPT_BYTES, "a\nb", True)
        await contents.flush()
        stored = await contents.get("media")
        assert stored is not None
        assert json.loads(stored.prompt)["messages"] == [{"url": "data:image/png (left out)"}]
        assert (stored.completion, stored.reasoning, stored.cut) == ("half \\u12", "hm", False)
        assert await contents.get("long") == kept
        for number in range(2 * WAITING_BYTES // PROMPT_BYTES):
            contents.add(f"flood-{number}", 9, long, Said())
        assert await contents.get(f"flood-{WAITING_BYTES // PROMPT_BYTES - 1}") is not None
        assert await contents.get(f"flood-{WAITING_BYTES // PROMPT_BYTES + 1}") is None
        await contents.flush()
        assert await contents.prune(9) == 2
        assert await contents.get("media") is None
        contents.add("after", 9, long, Said())
        assert await contents.get("after") is not None

    async def play() -> None:
        database = Database.open(tmp_path / "data", SYSTEM_CLOCK)
        try:
            await scenario(Contents(database, on=True))
        finally:
            database.close()

    asyncio.run(play())
