"""Random conversations from each client's dialect to each upstream's and back: nothing is lost.

A conversation is drawn as a tale of turns. Each client writes it in its own JSON, the gateway reads
it and writes the upstream's request, and readers of the tests' own (or the gateway's reading of
that dialect, where clients speak it too) tell the tale again. Left out, because not every dialect
has it: ids of calls, which are renamed; where instructions stand; whether turns of one speaker are
one or two; the words of thinking, which go to who made them alone.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire import bedrock_heard, cohere_asked, gemini_asked, ollama_asked
from tests.wire.heard import Fields

from turnout.core.conversation import Conversation, Text, ToolCall, ToolResult
from turnout.core.types import Dialect, Endpoint, Unpriced
from turnout.dialects.adapter import Adapter, ClientDialect
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.client import CLIENT as MESSAGES
from turnout.dialects.bedrock_converse.adapter import BedrockConverse
from turnout.dialects.bridge import Translation
from turnout.dialects.cohere_chat.adapter import CohereChat
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.ollama_chat.adapter import OllamaChat
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.client import CLIENT as RESPONSES

pytestmark = pytest.mark.timeout(600)
"""The deep profile draws hundreds of conversations for each upstream."""

Turn = tuple[str, str, list[tuple[str, Fields, str]]]
"""The user's words, the answer's, and calls with their arguments and what came of them."""

WORDS: Final = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12
)
# No blanks: some upstreams take no text that is or ends in white space.
NAMES: Final = st.sampled_from(["look", "find_all", "add_up"])
ARGUMENTS: Final = st.dictionaries(
    st.sampled_from(["a", "b", "long_name"]), st.one_of(st.integers(-9, 9), WORDS), max_size=2
)
CALLS: Final = st.lists(st.tuples(NAMES, ARGUMENTS, WORDS), max_size=3)
TURNS: Final = st.lists(st.tuples(WORDS, WORDS, CALLS), min_size=1, max_size=3)
KNOBS: Final = st.fixed_dictionaries(
    {"limit": st.integers(16, 4000)},
    optional={"temperature": st.sampled_from([0.0, 0.25, 0.5, 1.0])},
)
SCHEMA: Final = {"type": "object", "properties": {"a": {"type": "string"}}}
TOOLS: Final = ("look", "find_all", "add_up")


# ── the tale in each client's words ─────────────────────────────────────────────────────────────


def in_chat(system: str, turns: list[Turn], last: str, knobs: Fields) -> Fields:
    """As Chat Completions has it."""
    messages: list[Fields] = [{"role": "system", "content": system}]
    for number, (asked, answered, calls) in enumerate(turns):
        told: list[Fields] = [
            {
                "id": f"call_{number}_{place}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for place, (name, arguments, _) in enumerate(calls)
        ]
        messages += [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": answered, **({"tool_calls": told} if told else {})},
        ]
        messages += [
            {"role": "tool", "tool_call_id": call["id"], "content": came}
            for call, (_, _, came) in zip(told, calls, strict=True)
        ]
    function: Fields = {"parameters": SCHEMA}
    return {
        "messages": [*messages, {"role": "user", "content": last}],
        "max_tokens": knobs["limit"],
        **{name: value for name, value in knobs.items() if name != "limit"},
        "tools": [{"type": "function", "function": {"name": n, **function}} for n in TOOLS],
    }


def in_messages(system: str, turns: list[Turn], last: str, knobs: Fields) -> Fields:
    """As Anthropic's Messages has it."""
    messages: list[Fields] = []
    came: list[Fields] = []
    for number, (asked, answered, calls) in enumerate(turns):
        messages.append({"role": "user", "content": [*came, {"type": "text", "text": asked}]})
        blocks: list[Fields] = [{"type": "text", "text": answered}]
        came = []
        for place, (name, arguments, told) in enumerate(calls):
            id_ = f"call_{number}_{place}"
            blocks.append({"type": "tool_use", "id": id_, "name": name, "input": arguments})
            came.append({"type": "tool_result", "tool_use_id": id_, "content": told})
        messages.append({"role": "assistant", "content": blocks})
    messages.append({"role": "user", "content": [*came, {"type": "text", "text": last}]})
    return {
        "system": system,
        "messages": messages,
        "max_tokens": knobs["limit"],
        **{name: value for name, value in knobs.items() if name != "limit"},
        "tools": [{"name": name, "input_schema": SCHEMA} for name in TOOLS],
    }


def in_responses(system: str, turns: list[Turn], last: str, knobs: Fields) -> Fields:
    """As OpenAI's Responses has it."""
    items: list[Fields] = []
    for number, (asked, answered, calls) in enumerate(turns):
        items += [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
        items += [
            {
                "type": "function_call",
                "call_id": f"call_{number}_{place}",
                "name": name,
                "arguments": json.dumps(arguments),
            }
            for place, (name, arguments, _) in enumerate(calls)
        ]
        items += [
            {"type": "function_call_output", "call_id": f"call_{number}_{place}", "output": came}
            for place, (_, _, came) in enumerate(calls)
        ]
    return {
        "instructions": system,
        "input": [*items, {"role": "user", "content": last}],
        "max_output_tokens": knobs["limit"],
        **{name: value for name, value in knobs.items() if name != "limit"},
        "tools": [{"type": "function", "name": name, "parameters": SCHEMA} for name in TOOLS],
    }


CLIENTS: Final[Mapping[Dialect, tuple[ClientDialect, Callable[..., Fields]]]] = {
    "openai.chat": (CHAT, in_chat),
    "anthropic.messages": (MESSAGES, in_messages),
    "openai.responses": (RESPONSES, in_responses),
}


# ── the tale told again ─────────────────────────────────────────────────────────────────────────


def read_by(client: ClientDialect) -> Callable[[Fields], Conversation]:
    """The gateway's own reading of a dialect that clients speak."""
    return lambda body: client.read(
        msgspec.json.encode({**body, "model": "a/m"}), {}
    ).conversation()


def in_chat_by(as_chat: Callable[[Fields], Fields]) -> Callable[[Fields], Conversation]:
    """A reader of the tests' own that tells it in chat."""
    return lambda body: read_by(CHAT)(as_chat(body))


def cohere_chat(body: Fields) -> Fields:
    """Words before calls stand in the plan there."""
    messages = [
        {**message, "content": message.pop("tool_plan")} if "tool_plan" in message else message
        for message in body["messages"]
    ]
    return cohere_asked.as_chat({**body, "messages": messages})


UPSTREAMS: Final[tuple[tuple[Adapter, str, Callable[[Fields], Conversation]], ...]] = (
    (OpenAIChat(COMPATIBLE), "m", read_by(CHAT)),
    (AnthropicMessages(), "claude-sonnet-4-5", read_by(MESSAGES)),
    (OpenAIResponses(), "gpt-4.1", read_by(RESPONSES)),
    (Gemini(), "gemini-2.5-pro", lambda body: gemini_asked.conversation_of(body, stream=False)),
    (
        BedrockConverse(),
        "us.amazon.nova-pro-v1:0",
        in_chat_by(lambda body: bedrock_heard.as_chat(body, stream=False)),
    ),
    (CohereChat(), "command-a-03-2025", in_chat_by(cohere_chat)),
    (OllamaChat(), "qwen3", in_chat_by(ollama_asked.as_chat)),
)


def tale(conversation: Conversation) -> list[tuple[str, ...]]:
    """What was said, called and found, in order; words of one speaker in a row are one."""
    told: list[tuple[str, ...]] = []
    for message in conversation.messages:
        for part in message.parts:
            match part:
                case Text(text=text) if told and told[-1][0] == message.role:
                    told[-1] = (message.role, told[-1][1] + text)
                case Text(text=text):
                    told.append((message.role, text))
                case ToolCall(name=name, arguments=arguments):
                    said = json.dumps(json.loads(arguments or "{}"), sort_keys=True)
                    told.append(("call", name, said))
                case ToolResult(parts=parts):
                    found = "".join(one.text for one in parts if isinstance(one, Text))
                    told.append(("result", _found(found)))
                case _:
                    pass
    return told


def _found(text: str) -> str:
    """Gemini takes results as objects: words stand under one name there."""
    try:
        told: Any = json.loads(text)
    except ValueError:
        return text
    if not isinstance(told, dict):
        return text
    (found,) = cast("Fields", told).values()
    return str(found)


def knobs_of(conversation: Conversation) -> tuple[object, ...]:
    """Limits, sampling and the names of tools."""
    names = sorted(tool.name for tool in conversation.tools)
    return conversation.max_output_tok, conversation.sampling.temperature, names


@pytest.mark.parametrize("upstream", UPSTREAMS, ids=lambda one: one[0].dialect)
@settings(max_examples=settings().max_examples // 3, deadline=None)
@given(st.sampled_from(sorted(CLIENTS)), WORDS, TURNS, WORDS, KNOBS)
def test_conversation_survives_the_way_up(
    upstream: tuple[Adapter, str, Callable[[Fields], Conversation]],
    client: Dialect,
    system: str,
    turns: list[Turn],
    last: str,
    knobs: Fields,
) -> None:
    """The upstream is told the whole tale: every word, call, argument, result and setting."""
    dialect, write = CLIENTS[client]
    adapter, model, read = upstream
    body = write(system, turns, last, knobs)
    inbound = dialect.read(msgspec.json.encode({"model": "a/m", **body}), {})
    endpoint = Endpoint(
        id="a/m@p",
        model="a/m",
        provider="p",
        tag="p",
        upstream_model=model,
        price=Unpriced(),
        context_tok=1_000_000,
    )
    sent = Translation(dialect, adapter).request(inbound, endpoint)
    assert sent.dropped == ()
    again = read(json.loads(sent.request.body))
    before = inbound.conversation()
    assert tale(again) == tale(before)
    assert knobs_of(again) == knobs_of(before)
