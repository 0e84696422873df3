"""What Bedrock gets: a table by hand, and AWS's own model of Converse as judge of every body."""

from base64 import b64decode
from typing import Final

import msgspec
import pytest
from tests.wire.bedrock_heard import faults
from tests.wire.cases.bedrock_requests import REQUESTS
from tests.wire.cases.bedrock_words import (
    HAIKU,
    NOVA,
    PNG,
    Bedrock,
    called,
    result,
    user,
)
from tests.wire.cases.wire_case import Fields, patched

from turnout.core.errors import Refusal
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Outgoing
from turnout.dialects.bedrock_converse.adapter import BedrockConverse
from turnout.dialects.bedrock_converse.families import family
from turnout.dialects.bridge import Translation
from turnout.dialects.openai_chat.client import CLIENT
from turnout.flow.attempt import with_options

BRIDGE: Final = Translation(CLIENT, BedrockConverse())
PLAIN: Final[Fields] = {"messages": [{"role": "user", "content": [{"text": "hi"}]}]}


def sent(request: Fields, model: str = HAIKU, slug: str = "author/model") -> Outgoing:
    """What goes up for a client's request."""
    asked = {"model": slug, "messages": [user("hi")], **request}
    endpoint = Endpoint(
        id=f"{slug}@amazon-bedrock",
        model=slug,
        provider="amazon-bedrock",
        tag="amazon-bedrock",
        upstream_model=model,
        price=Unpriced(),
        context_tok=200_000,
    )
    return BRIDGE.request(CLIENT.read(msgspec.json.encode(asked), {}), endpoint)


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case.id)
def test_bedrock_gets_what_it_documents(case: Bedrock) -> None:
    """The body is the one of the table, what was lost is told, and AWS's model has no objection."""
    outgoing = sent(case.request, case.model)
    body: Fields = msgspec.json.decode(outgoing.request.body)
    assert body == patched(PLAIN, case.sent)
    assert faults(outgoing.request.body) == ""
    told = (outgoing.dropped, outgoing.translated, outgoing.emulated)
    assert told == (case.dropped, case.translated, case.emulated)
    if case.path is not None:
        assert outgoing.request.path == case.path


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"type": "image_url", "image_url": {"url": "https://x/a.png"}}, "messages.image_url"),
        (
            {"type": "image_url", "image_url": {"url": "data:image/bmp;base64,Qk0="}},
            "messages.image_url",
        ),
        ({"type": "file", "file": {"file_id": "file-1", "filename": "a.pdf"}}, "messages.file"),
        (
            {"type": "file", "file": {"file_data": "data:application/zip;base64,UEsDBBQAAAA="}},
            "messages.file",
        ),
        ({"type": "video_url", "video_url": {"url": "https://x/a.avi"}}, "messages.video"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(part: Fields, field: str) -> None:
    """The field, what was wrong and what is allowed."""
    with pytest.raises(Refusal) as caught:
        sent({"messages": [user("see", part)]})
    assert caught.value.param == field
    assert "here" in caught.value.message or "s3://" in caught.value.message


def test_names_and_ids_that_do_not_fit_are_made_to_fit() -> None:
    """Long names come back whole; an id that is used twice is used once on the wire."""
    long = "mcp__" + "server.tool/" * 8
    tool = {"type": "function", "function": {"name": long, "parameters": {"type": "object"}}}
    messages = [
        user("hi"),
        called("id with spaces", long),
        result(id_="id with spaces"),
        called("same", long),
        result("one", "same"),
        called("same", long),
        result("two", "same"),
    ]
    outgoing = sent({"messages": messages, "tools": [tool]}, NOVA)
    assert faults(outgoing.request.body) == ""
    body: Fields = msgspec.json.decode(outgoing.request.body)
    uses = [b["toolUse"] for m in body["messages"] for b in m["content"] if "toolUse" in b]
    results = [b["toolResult"] for m in body["messages"] for b in m["content"] if "toolResult" in b]
    ids = [one["toolUseId"] for one in uses]
    assert ids == [one["toolUseId"] for one in results]
    assert len(set(ids)) == 3
    assert [one["content"][0]["text"] for one in results] == ["found", "one", "two"]
    assert {one["name"] for one in uses} == {body["toolConfig"]["tools"][0]["toolSpec"]["name"]}
    assert outgoing.translated == ("tools",)
    assert outgoing.undo


def test_same_request_has_the_same_bytes() -> None:
    """Prompt caches keep hitting: nothing of time or chance is in a body."""
    request = {"messages": [user("hi"), called("x y"), result(id_="x y")]}
    assert sent(request).request.body == sent(request).request.body


def test_own_fields_of_bedrock_go_up_by_options() -> None:
    """Guardrails, latency and whatever comes tomorrow: `provider.options` is merged as it is."""
    options = {
        "guardrailConfig": {
            "guardrailIdentifier": "g1",
            "guardrailVersion": "1",
            "trace": "enabled",
        },
        "performanceConfig": {"latency": "optimized"},
    }
    raw = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in options.items()}
    request = with_options(sent({}, NOVA).request, raw)
    assert msgspec.json.decode(request.body) == {**PLAIN, **options}
    assert faults(request.body) == ""


@pytest.mark.parametrize(
    ("model", "slug", "like"),
    [
        (
            "us.anthropic.claude-sonnet-4-20250514-v1:0",
            "x/y",
            "anthropic.claude-sonnet-4-20250514-v1:0",
        ),
        (
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-2-lite-v1:0",
            "x/y",
            NOVA.replace("pro", "2-lite"),
        ),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "x/y", NOVA),
        (
            "arn:aws:bedrock:us-east-1:1:application-inference-profile/a1",
            "anthropic/claude-sonnet-4.6",
            "anthropic.claude-sonnet-4-6",
        ),
        (
            "arn:aws:bedrock:us-east-1:1:provisioned-model/a1",
            "meta-llama/llama-3.3-70b",
            "meta.llama3-3-70b-instruct-v1:0",
        ),
    ],
)
def test_family_is_known_by_id_profile_arn_or_slug(model: str, slug: str, like: str) -> None:
    """However a model is named, its quirks are its own."""
    assert family(model, slug) == family(like, "x/y")
    assert family(model, slug) != family("unknown.model", "x/y")


def test_picture_of_the_table_is_one() -> None:
    """The label is read off the bytes."""
    assert b64decode(PNG).startswith(b"\x89PNG")
