"""What Anthropic receives of a client that speaks another dialect, and what is told of it."""

import json
from typing import Any, Final

import msgspec
import pytest
from tests.wire.cases.lowering import HAIKU_35, HI, OPUS_47, SONNET_45, Lowering
from tests.wire.cases.messages_settings import CACHING, MEDIA, REFUSED_THERE, SETTINGS, part
from tests.wire.cases.messages_thinking import THINKING
from tests.wire.cases.messages_turns import MESSAGES, TOOLS
from tests.wire.cases.wire_case import Fields
from tests.wire.fold import fold_stream
from tests.wire.messages_streams import BILL, HEAD, end, run, start, tool

from turnout.core.errors import Refusal
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Outgoing
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.quirks import COMPATIBLE, VERTEX, Quirks
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT as CHAT

OWN: Final = AnthropicMessages()
LOWERINGS: Final = (*MESSAGES, *TOOLS, *THINKING, *MEDIA, *CACHING, *SETTINGS)


def endpoint(model: str, max_output_tok: int | None = 1000, context_tok: int = 200_000) -> Endpoint:
    """Some model at Anthropic."""
    return Endpoint(
        id="a/m@p",
        model="a/m",
        provider="p",
        tag="p",
        upstream_model=model,
        price=Unpriced(),
        context_tok=context_tok,
        max_output_tok=max_output_tok,
    )


def outgoing(asked: Fields, where: Endpoint, adapter: AnthropicMessages = OWN) -> Outgoing:
    """What goes up for a client of chat."""
    inbound = CHAT.read(msgspec.json.encode({"model": "a/m", "messages": HI, **asked}), {})
    return Translation(CHAT, adapter).request(inbound, where)


def body(sent: Outgoing) -> Fields:
    """As the upstream reads it."""
    return json.loads(sent.request.body)


@pytest.mark.parametrize("case", LOWERINGS, ids=lambda case: case.id)
def test_anthropic_receives_what_it_documents(case: Lowering) -> None:
    """The request in the dialect's words; all that was lost or said otherwise is told."""
    sent = outgoing(case.asked, endpoint(case.model))
    expected = {"model": case.model, "messages": HI, "max_tokens": 1000, **case.sent}
    assert body(sent) == expected
    assert set(sent.dropped) == case.dropped
    assert set(sent.translated) == case.translated
    assert set(sent.emulated) == case.emulated
    assert sent.request.path == "/messages"
    assert sent.request.headers == (("anthropic-version", "2023-06-01"),)


@pytest.mark.parametrize(("what", "messages", "word"), REFUSED_THERE)
def test_what_the_dialect_cannot_say_is_refused(
    what: str, messages: list[Fields], word: str
) -> None:
    """Media it has no block for is this endpoint's no, in words that say what it lacks."""
    assert what
    with pytest.raises(Refusal, match=word):
        outgoing({"messages": messages}, endpoint(SONNET_45))


def test_prefill_is_refused_by_models_that_continue_nothing() -> None:
    """Newer models answer such a request with a 400; so the next endpoint may try."""
    with pytest.raises(Refusal, match="continues no assistant message"):
        outgoing({"messages": [*HI, {"role": "assistant", "content": "It"}]}, endpoint(OPUS_47))


def test_long_names_are_shortened_and_made_whole_again() -> None:
    """A tool's name that does not fit goes up shortened, everywhere alike, and comes back whole."""
    long = "mcp." + "x" * 140
    tool = {"type": "function", "function": {"name": long}}
    call = {"id": "c", "type": "function", "function": {"name": long, "arguments": "{}"}}
    sent = outgoing(
        {
            "tools": [tool],
            "tool_choice": {"type": "function", "function": {"name": long}},
            "messages": [
                *HI,
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c", "content": "ok"},
            ],
        },
        endpoint(SONNET_45),
    )
    said = body(sent)
    short = said["tools"][0]["name"]
    assert len(short) <= 128
    assert said["tool_choice"]["name"] == short
    assert said["messages"][1]["content"][0]["name"] == short
    assert "tools.name" in sent.translated
    assert len(sent.undo) == 1


def test_limit_left_unsaid_is_what_the_model_and_its_context_leave() -> None:
    """The dialect wants a limit: the model's own, a usual one, or the room behind a long prompt."""
    assert body(outgoing({}, endpoint(SONNET_45, 64_000)))["max_tokens"] == 64_000
    assert body(outgoing({}, endpoint(SONNET_45, None)))["max_tokens"] == 8_192
    long = {"messages": [{"role": "user", "content": "x" * 30_000}]}
    assert body(outgoing(long, endpoint(SONNET_45, 8_000, 12_000)))["max_tokens"] < 2_500
    assert body(outgoing(long, endpoint(SONNET_45, 8_000, 5_000)))["max_tokens"] == 1_024


def test_vertex_names_the_model_in_the_path_and_the_version_in_the_body() -> None:
    """No model in the body, another path for streams, nothing that it would have to fetch."""
    adapter = AnthropicMessages(VERTEX)
    model = "claude-3-7-sonnet@20250219"
    sent = outgoing({}, endpoint(model), adapter)
    assert sent.request.path == f"/publishers/anthropic/models/{model}:rawPredict"
    assert body(sent) == {
        "messages": HI,
        "max_tokens": 1000,
        "anthropic_version": "vertex-2023-10-16",
    }
    streamed = outgoing({"stream": True}, endpoint(model), adapter)
    assert streamed.request.path.endswith(":streamRawPredict")
    assert body(streamed)["stream"] is True
    picture = part(type="image_url", image_url={"url": "https://x.test/a.png"})
    with pytest.raises(Refusal, match="by value"):
        outgoing({"messages": picture}, endpoint(model), adapter)


def test_compatible_host_gets_the_oldest_words() -> None:
    """Thoughts need no seal there; automatic caching and eager streaming are left out."""
    adapter = AnthropicMessages(COMPATIBLE)
    asked: Fields = {
        "stream": True,
        "cache_control": {"type": "ephemeral"},
        "reasoning": {"max_tokens": 1024},
        "max_tokens": 4096,
        "temperature": 0.5,
        "top_p": 0.9,
        "messages": [*HI, {"role": "assistant", "content": "4", "reasoning": "2+2"}, *HI],
        "tools": [{"type": "function", "function": {"name": "now"}}],
    }
    sent = outgoing(asked, endpoint("deepseek-v4"), adapter)
    said = body(sent)
    assert said["messages"][1]["content"] == [
        {"type": "thinking", "thinking": "2+2", "signature": ""},
        {"type": "text", "text": "4"},
    ]
    assert "eager_input_streaming" not in said["tools"][0]
    assert "cache_control" not in said
    assert said["thinking"] == {"type": "enabled", "budget_tokens": 1024}
    assert set(sent.dropped) == {"cache_control", "temperature", "top_p"}


def test_schema_by_a_forced_tool_comes_back_as_text() -> None:
    """Where the model has no schemas, the call of our tool is the answer that was asked for."""
    schema = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
    sent = outgoing({"response_format": schema, "stream": True}, endpoint(HAIKU_35))
    stream = Translation(CHAT, OWN).stream(HEAD, sent)
    body_ = start() + tool(0, '{"a":', "1}", name="structured_answer") + end("tool_use")
    voice = fold_stream(run(stream, body_) + stream.close(BILL))["choices"][0]
    assert (voice["content"], voice["calls"]) == ('{"a":1}', [])
    assert voice["finish"] == ("stop", "tool_use")


def test_betas_of_a_client_of_chat_reach_anthropic() -> None:
    """By the contract's own header, as the upstream wants them, and nobody else gets them."""
    headers = {"x-anthropic-beta": "a-2025,b-2025", "anthropic-beta": "not-here"}
    body_ = msgspec.json.encode({"model": "a/m", "messages": HI})
    inbound = CHAT.read(body_, headers)
    where = endpoint(SONNET_45)
    sent = Translation(CHAT, OWN).request(inbound, where)
    assert dict(sent.request.headers)["anthropic-beta"] == "a-2025,b-2025"
    in_body = AnthropicMessages(Quirks(betas="body", version="bedrock-2023-05-31"))
    sent = Translation(CHAT, in_body).request(inbound, where)
    assert body(sent)["anthropic_beta"] == ["a-2025", "b-2025"]
    assert sent.request.headers == ()
    sent = Translation(CHAT, AnthropicMessages(COMPATIBLE)).request(inbound, where)
    assert sent.dropped == ("anthropic-beta",)
    assert bridge(CHAT, OpenAIChat()).request(inbound, where).request.headers == ()
    assert CHAT.read(body_, {"x-anthropic-beta": "a b\x00"}).headers == ()


def test_defaults_of_an_upstream_yield_to_the_caller() -> None:
    """What every request to it needs goes along, unless the caller said otherwise."""
    quirks = Quirks(defaults={"x": msgspec.Raw(b"1"), "max_tokens": msgspec.Raw(b"5")})
    said = body(outgoing({"max_tokens": 9}, endpoint(SONNET_45), AnthropicMessages(quirks)))
    assert (said["x"], said["max_tokens"]) == (1, 9)


def test_same_conversation_is_the_same_bytes() -> None:
    """Prompt caches hit only where nothing of the bytes moves."""
    asked: dict[str, Any] = {"tools": [{"type": "function", "function": {"name": "n", "x": 1}}]}
    first, again = (outgoing(asked, endpoint(SONNET_45)).request.body for _ in range(2))
    assert first == again
