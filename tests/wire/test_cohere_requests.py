"""What Cohere gets, by a table written from its documents, and what is told of what it does not."""

from base64 import b64encode
from typing import Final

import msgspec
import pytest
from tests.wire.cases.bedrock_words import (
    ASKED_SCHEMA,
    CACHE,
    PNG,
    called,
    file,
    image,
    result,
    tool,
    user,
)
from tests.wire.cases.wire_case import Fields, patched

from turnout.core.errors import Refusal
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Outgoing
from turnout.dialects.bridge import Translation
from turnout.dialects.cohere_chat.adapter import CohereChat
from turnout.dialects.openai_chat.client import CLIENT

BRIDGE: Final = Translation(CLIENT, CohereChat())
PLAIN: Final[Fields] = {
    "model": "command-a",
    "messages": [{"role": "user", "content": "hi"}],
    "stream": False,
}
LOOK: Final[Fields] = {"type": "function", "function": tool()["function"]}
SCHEMA: Final[Fields] = {"type": "object", "properties": {"a": {"type": "integer"}}}


def sent(request: Fields, parameters: frozenset[str] | None = None) -> Outgoing:
    """What goes up for a client's request."""
    asked = {"model": "author/model", "messages": [user("hi")], **request}
    endpoint = Endpoint(
        id="author/model@cohere",
        model="author/model",
        provider="cohere",
        tag="cohere",
        upstream_model="command-a",
        price=Unpriced(),
        context_tok=128_000,
        parameters=parameters,
    )
    return BRIDGE.request(CLIENT.read(msgspec.json.encode(asked), {}), endpoint)


Told = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
NOTHING: Final[Told] = ((), (), ())

CASES: Final[dict[str, tuple[Fields, Fields, Told]]] = {
    "plain": ({}, {}, NOTHING),
    "stream": ({"stream": True}, {"stream": True}, NOTHING),
    "sampling-by-its-names": (
        {
            "max_tokens": 9,
            "temperature": 0.5,
            "top_p": 0.5,
            "top_k": 5,
            "seed": 7,
            "stop": "x",
            "frequency_penalty": 0.5,
            "presence_penalty": 0.25,
            "logprobs": True,
        },
        {
            "max_tokens": 9,
            "temperature": 0.5,
            "p": 0.5,
            "k": 5,
            "seed": 7,
            "stop_sequences": ["x"],
            "frequency_penalty": 0.5,
            "presence_penalty": 0.25,
            "logprobs": True,
        },
        NOTHING,
    ),
    "sampling-out-of-range": (
        {"top_p": 1, "top_k": 900, "frequency_penalty": -1, "presence_penalty": 1.5},
        {"p": 0.99, "k": 500, "frequency_penalty": 0, "presence_penalty": 1},
        ((), ("top_p", "top_k", "frequency_penalty", "presence_penalty"), ()),
    ),
    "no-words-for-it": (
        {
            "min_p": 0.1,
            "logit_bias": {"1": 1},
            "n": 2,
            "user": "u",
            "verbosity": "low",
            "parallel_tool_calls": False,
        },
        {},
        (("user", "verbosity", "parallel_tool_calls", "min_p", "logit_bias", "n"), (), ()),
    ),
    "own-words-pass": (
        {"documents": ["a"], "safety_mode": "STRICT", "citation_options": {"mode": "FAST"}},
        {"documents": ["a"], "safety_mode": "STRICT", "citation_options": {"mode": "FAST"}},
        NOTHING,
    ),
    "file-becomes-a-document": (
        {
            "messages": [user("read", file("a.md", "text/markdown", b64encode(b"# A").decode()))],
            "documents": [{"id": "d", "data": {"text": "b"}}],
        },
        {
            "messages": [{"role": "user", "content": "read"}],
            "documents": [
                {"id": "d", "data": {"text": "b"}},
                {"id": "file-0", "data": {"text": "# A", "title": "a.md"}},
            ],
        },
        ((), ("messages.file",), ()),
    ),
    "picture": (
        {"messages": [user("see", image(PNG))]},
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "see"},
                        {
                            "type": "image_url",
                            "image_url": {"url": f"data:image/png;base64,{PNG}"},
                        },
                    ],
                }
            ]
        },
        NOTHING,
    ),
    "tool-loop-with-a-plan": (
        {"messages": [user("hi"), called(text="Let me."), result(), user("on")], "tools": [tool()]},
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "tool_calls": called()["tool_calls"],
                    "tool_plan": "Let me.",
                },
                {"role": "tool", "tool_call_id": "t1", "content": "found"},
                {"role": "user", "content": "on"},
            ],
            "tools": [LOOK],
        },
        NOTHING,
    ),
    "plan-goes-back": (
        {
            "messages": [
                user("hi"),
                {**called(), "reasoning_details": [{"type": "reasoning.summary", "summary": "p"}]},
                result(),
            ],
            "tools": [tool()],
        },
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "tool_calls": called()["tool_calls"], "tool_plan": "p"},
                {"role": "tool", "tool_call_id": "t1", "content": "found"},
            ],
            "tools": [LOOK],
        },
        NOTHING,
    ),
    "thinking-goes-back": (
        {"messages": [user("hi"), {**called(), "reasoning": "hm"}, result()], "tools": [tool()]},
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "content": [{"type": "thinking", "thinking": "hm"}],
                    "tool_calls": called()["tool_calls"],
                },
                {"role": "tool", "tool_call_id": "t1", "content": "found"},
            ],
            "tools": [LOOK],
        },
        NOTHING,
    ),
    "choice-required": (
        {"tools": [tool()], "tool_choice": "required"},
        {"tools": [LOOK], "tool_choice": "REQUIRED"},
        NOTHING,
    ),
    "choice-none": (
        {"tools": [tool()], "tool_choice": "none"},
        {"tools": [LOOK], "tool_choice": "NONE"},
        NOTHING,
    ),
    "choice-of-one-tool": (
        {
            "tools": [tool(), tool("other")],
            "tool_choice": {"type": "function", "function": {"name": "look"}},
        },
        {"tools": [LOOK], "tool_choice": "REQUIRED"},
        ((), (), ("tool_choice",)),
    ),
    "strict": (
        {"tools": [{"type": "function", "function": {**LOOK["function"], "strict": True}}]},
        {"tools": [LOOK], "strict_tools": True},
        NOTHING,
    ),
    "cache-marks": (
        {
            "messages": [user({"type": "text", "text": "hi", **CACHE})],
            "tools": [{**tool(), **CACHE}],
        },
        {"tools": [LOOK]},
        (("messages.cache_control", "tools.cache_control"), (), ()),
    ),
    "json": (
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "json_object"}},
        NOTHING,
    ),
    "schema": (
        {"response_format": ASKED_SCHEMA},
        {"response_format": {"type": "json_object", "schema": SCHEMA}},
        NOTHING,
    ),
    "budget": (
        {"reasoning": {"max_tokens": 500}},
        {"thinking": {"type": "enabled", "token_budget": 500}},
        NOTHING,
    ),
    "effort": (
        {"reasoning_effort": "low", "max_tokens": 1000},
        {"max_tokens": 1000, "thinking": {"type": "enabled", "token_budget": 200}},
        ((), ("reasoning",), ()),
    ),
    "thinking-off": (
        {"reasoning": {"enabled": False, "exclude": True}},
        {"thinking": {"type": "disabled"}},
        (("reasoning.exclude",), (), ()),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cohere_gets_what_it_documents(name: str) -> None:
    """The body is the one of the table, and what was lost is told."""
    request, expected, told = CASES[name]
    outgoing = sent(request)
    assert msgspec.json.decode(outgoing.request.body) == patched(PLAIN, expected)
    assert (outgoing.dropped, outgoing.translated, outgoing.emulated) == told
    assert outgoing.request.path == "/v2/chat"


def test_schema_beside_tools_is_a_tool() -> None:
    """Cohere takes a response format or tools, not both."""
    outgoing = sent({"response_format": ASKED_SCHEMA, "tools": [tool()]})
    body: Fields = msgspec.json.decode(outgoing.request.body)
    assert [one["function"]["name"] for one in body["tools"]] == ["look", "structured_answer"]
    assert body["tool_choice"] == "REQUIRED"
    assert "response_format" not in body
    assert outgoing.emulated == ("response_format",)
    assert outgoing.undo


def test_names_that_do_not_fit_come_back_whole() -> None:
    """Hyphens and dots are none of Cohere's letters."""
    outgoing = sent({"tools": [tool("my-tool.v2")]})
    (name,) = (t["function"]["name"] for t in msgspec.json.decode(outgoing.request.body)["tools"])
    assert name.isidentifier()
    assert outgoing.translated == ("tools",)
    assert outgoing.undo


def test_model_that_does_not_think_is_not_asked_to() -> None:
    """The catalog knows which do."""
    outgoing = sent({"reasoning_effort": "high"}, frozenset({"temperature"}))
    assert "thinking" not in msgspec.json.decode(outgoing.request.body)
    assert outgoing.dropped == ("reasoning",)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (file("a.pdf", "application/pdf", "JVBERi0="), "messages.file"),
        (
            {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
            "messages.content",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(part: Fields, field: str) -> None:
    """The field, and what is taken instead."""
    with pytest.raises(Refusal) as caught:
        sent({"messages": [user("see", part)]})
    assert caught.value.param == field
