"""What of an Anthropic client's request goes up: untouched to its own dialect, told to others."""

import json
from typing import Any, Final

import msgspec
from tests.wire.messages_sent import comparable

from turnout.core.conversation import (
    Document,
    Image,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Inbound
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.client import CLIENT
from turnout.dialects.anthropic_messages.quirks import COMPATIBLE, Quirks
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.powers import Rewrites

HI: Final[list[dict[str, Any]]] = [{"role": "user", "content": "hi"}]
ENDPOINT: Final = Endpoint(
    id="a/m@p",
    model="a/m",
    provider="p",
    tag="p",
    upstream_model="their-m",
    price=Unpriced(),
    context_tok=8_192,
    max_output_tok=1_000,
)
OWN: Final = AnthropicMessages()


def read(headers: dict[str, str] | None = None, **fields: Any) -> Inbound:
    """A request of these fields."""
    body: dict[str, Any] = {"model": "a/m", "max_tokens": 9, "messages": HI, **fields}
    return CLIENT.read(msgspec.json.encode(body), headers or {})


def test_version_and_betas_go_up_and_nothing_else() -> None:
    """Of the caller's headers only these, in one line each, and only to the same dialect."""
    inbound = read(
        {
            "anthropic-version": "2024-01-01",
            "anthropic-beta": "a-2025,b-2025",
            "x-anthropic-beta": "c-2025",
            "authorization": "Bearer secret",
            "cookie": "x",
        }
    )
    sent = bridge(CLIENT, OWN).request(inbound, ENDPOINT)
    assert dict(sent.request.headers) == {
        "anthropic-version": "2024-01-01",
        "anthropic-beta": "a-2025,b-2025,c-2025",
    }
    in_body = AnthropicMessages(Quirks(betas="body", version="bedrock-2023-05-31"))
    sent = bridge(CLIENT, in_body).request(inbound, ENDPOINT)
    assert sent.request.headers == ()
    said = json.loads(sent.request.body)
    assert said["anthropic_beta"] == ["a-2025", "b-2025", "c-2025"]
    assert said["anthropic_version"] == "bedrock-2023-05-31"
    sent = bridge(CLIENT, AnthropicMessages(COMPATIBLE)).request(inbound, ENDPOINT)
    assert sent.dropped == ("anthropic-beta",)


def test_body_passes_untouched_but_for_what_is_ours() -> None:
    """Unknown fields keep their very bytes; the gateway's own stay here; the user is hashed."""
    body = (
        b'{"model":"a/m","messages":[{"role":"user","content":[{"type":"brand_new","x": 1.50}]}],'
        b'"x_new": { "b" :1.50,"a":[] },"provider":{"order":["p"]},"models":["a/m"],"route":null,'
        b'"session_id":"s","plugins":[{"id":"web"}],"service_tier":"flex","top_k":null}'
    )
    sent = bridge(CLIENT, OWN).request(CLIENT.read(body, {}), ENDPOINT)
    assert b'"x_new":{ "b" :1.50,"a":[] }' in sent.request.body
    assert b'[{"type":"brand_new","x": 1.50}]' in sent.request.body
    said = json.loads(sent.request.body)
    assert said.keys() == {"model", "messages", "x_new", "max_tokens"}
    assert (said["model"], said["max_tokens"]) == ("their-m", 1_000)
    assert set(sent.dropped) == {"plugins", "service_tier"}
    router = AnthropicMessages(Quirks(router_fields=True))
    said = json.loads(bridge(CLIENT, router).request(CLIENT.read(body, {}), ENDPOINT).request.body)
    assert said["plugins"] == [{"id": "web"}]
    assert said["provider"] == {}


def test_thoughts_of_other_makers_do_not_go_to_anthropic() -> None:
    """A history that another model has served is cleaned of its thoughts, and that is told."""
    thoughts = [
        {"type": "thinking", "thinking": "a", "signature": "turnout.v1.xxx"},
        {"type": "thinking", "thinking": "b", "signature": ""},
        {"type": "redacted_thinking", "data": "turnout.v1.xxx"},
    ]
    own = {"type": "thinking", "thinking": "c", "signature": "sig"}
    said = {"type": "text", "text": "d"}
    messages = [
        *HI,
        {"role": "assistant", "content": [*thoughts, own, said]},
        {"role": "assistant", "content": thoughts},
        *HI,
    ]
    sent = bridge(CLIENT, OWN).request(read(messages=messages), ENDPOINT)
    left = json.loads(sent.request.body)["messages"]
    assert left == [*HI, {"role": "assistant", "content": [own, said]}, *HI]
    assert sent.dropped == ("messages.reasoning",)
    kept = bridge(CLIENT, AnthropicMessages(COMPATIBLE))
    left = json.loads(kept.request(read(messages=messages), ENDPOINT).request.body)["messages"]
    assert left[1]["content"] == [thoughts[1], own, said]


EVERYTHING: Final[dict[str, Any]] = {
    "system": [
        {"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    ],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "look", "cache_control": {"type": "ephemeral"}},
                {"type": "image", "source": {"type": "url", "url": "https://x.test/a.png"}},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"},
                },
                {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
                {
                    "type": "document",
                    "title": "t",
                    "context": "c",
                    "citations": {"enabled": True},
                    "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
                },
                {
                    "type": "document",
                    "source": {"type": "text", "media_type": "text/plain", "data": "é"},
                },
                {
                    "type": "document",
                    "source": {"type": "content", "content": [{"type": "text", "text": "chunk"}]},
                },
                {
                    "type": "search_result",
                    "source": "https://x.test",
                    "title": "t",
                    "content": [{"type": "text", "text": "found"}],
                },
                {"type": "container_upload", "file_id": "file_2"},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "sig"},
                {"type": "redacted_thinking", "data": "xyz"},
                {"type": "text", "text": "see", "citations": [{"type": "char_location"}]},
                {"type": "server_tool_use", "id": "srv", "name": "web_search", "input": {}},
                {"type": "web_search_tool_result", "tool_use_id": "srv", "content": []},
                {"type": "tool_use", "id": "t1", "name": "look", "input": {"a": [1, "é"]}},
                {"type": "tool_use", "id": "t2", "name": "look", "input": {}, "caller": {"x": 1}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "t1", "content": "ok"},
                {
                    "type": "tool_result",
                    "tool_use_id": "t2",
                    "is_error": True,
                    "cache_control": {"type": "ephemeral"},
                    "content": [
                        {"type": "text", "text": "no"},
                        {"type": "image", "source": {"type": "url", "url": "https://x.test/b"}},
                        {"type": "tool_reference", "tool_name": "n"},
                    ],
                },
                {"type": "text", "text": "and?"},
            ],
        },
    ],
    "temperature": 1.0,
    "top_p": 0.97,
    "top_k": 3,
    "stop_sequences": ["END"],
    "stream": True,
    "thinking": {"type": "enabled", "budget_tokens": 1024, "display": "omitted"},
    "output_config": {
        "effort": "high",
        "task_budget": {"total": 5},
        "format": {"type": "json_schema", "schema": {"type": "object"}},
    },
    "tools": [
        {
            "name": "look",
            "description": "Looks",
            "input_schema": {"b": 1, "a": 2},
            "strict": True,
            "defer_loading": True,
            "cache_control": {"type": "ephemeral"},
        },
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 3},
    ],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "metadata": {"tag": "x"},
    "service_tier": "auto",
    "mcp_servers": [{"type": "url", "url": "https://x.test", "name": "n"}],
    "context_management": {"edits": []},
    "max_tokens": 5_000,
}


def test_everything_the_dialect_says_survives_the_internal_form() -> None:
    """Read, and written again for an upstream of the dialect, it is the same request."""
    inbound = read(**EVERYTHING)
    sent = Translation(CLIENT, OWN).request(inbound, ENDPOINT)
    assert comparable(json.loads(sent.request.body)) == comparable(
        {"model": "their-m", **EVERYTHING}
    )
    assert sent.dropped == ()


def test_internal_form_has_a_noun_for_what_others_know() -> None:
    """Pictures, files, thoughts, calls and results are parts; the rest is kept as blocks."""
    conversation = read(**EVERYTHING).conversation()
    roles = [message.role for message in conversation.messages]
    assert roles == ["system", "user", "assistant", "tool", "tool", "user"]
    kinds = [type(part) for part in conversation.messages[1].parts]
    assert kinds == [Text, Image, Image, Image, Document, Document, Text, Text, Text]
    assert [type(part) for part in conversation.messages[2].parts] == [
        Reasoning,
        Reasoning,
        Text,
        Text,
        Text,
        ToolCall,
        ToolCall,
    ]
    result = conversation.messages[4].parts[0]
    assert isinstance(result, ToolResult)
    assert result.is_error
    wish = conversation.reasoning
    assert wish is not None
    assert (wish.max_tok, wish.effort, wish.enabled, wish.exclude) == (1024, "high", True, True)
    assert conversation.parallel_tool_calls is False


def test_other_dialects_get_what_they_know_and_are_told_of_the_rest() -> None:
    """Towards chat: words of search results stay, Anthropic's own blocks and tools are dropped."""
    content = EVERYTHING["messages"][0]["content"]
    sayable = [block for block in content if block["type"] != "image" or "url" in block["source"]]
    first: dict[str, Any] = {"role": "user", "content": sayable}
    messages: Any = [first, *EVERYTHING["messages"][1:]]
    inbound = read(**(EVERYTHING | {"messages": messages}))
    sent = Translation(CLIENT, OpenAIChat()).request(inbound, ENDPOINT)
    said = json.loads(sent.request.body)
    assert said["messages"][0] == {
        "role": "system",
        "content": [{"type": "text", "text": "Be kind."}],
    }
    texts = [part["text"] for part in said["messages"][1]["content"] if part["type"] == "text"]
    assert texts == ["look", "chunk", "found"]
    answered = said["messages"][2]
    assert answered["content"] == "see"
    assert [call["id"] for call in answered["tool_calls"]] == ["t1", "t2"]
    assert [message.get("tool_call_id") for message in said["messages"][3:5]] == ["t1", "t2"]
    assert said["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert {"tools", "mcp_servers", "context_management", "messages.server_tool_use"} <= set(
        sent.dropped
    )


def test_rewritten_request_says_the_changed_conversation() -> None:
    """Messages and tools are replaced, everything else stays as the caller sent it."""
    assert isinstance(CLIENT, Rewrites)
    inbound = read(**EVERYTHING)
    conversation = inbound.conversation()
    shorter = msgspec.structs.replace(conversation, messages=conversation.messages[:2])
    again = CLIENT.rewrite(inbound, shorter)
    assert len(json.loads(bytes(again.fields["messages"]))) == 1
    assert json.loads(bytes(again.fields["system"])) == EVERYTHING["system"]
    assert again.fields["context_management"] == inbound.fields["context_management"]
    assert again.conversation() is shorter
