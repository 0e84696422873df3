"""Properties of the upstream dialects that clients do not speak: any bytes, any conversation."""

import json
from itertools import pairwise
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.aws_frames import event, exception
from tests.wire.bedrock_heard import faults
from tests.wire.cases.wire_case import Fields

from turnout.core.errors import FailureKind, Refusal, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Adapter
from turnout.dialects.bedrock_converse.adapter import BedrockConverse
from turnout.dialects.bridge import Translation
from turnout.dialects.cohere_chat.adapter import CohereChat
from turnout.dialects.ollama_chat.adapter import OllamaChat
from turnout.dialects.openai_chat.client import CLIENT

ADAPTERS: Final[tuple[Adapter, ...]] = (BedrockConverse(), CohereChat(), OllamaChat())
every_adapter = pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda one: one.dialect)

WORDS: Final = st.sampled_from(
    """
    output message content text toolUse toolUseId name input reasoningContent reasoningText type
    signature redactedContent citationsContent citations location web url image format source bytes
    usage inputTokens outputTokens totalTokens cacheReadInputTokens stopReason start delta citation
    contentBlockIndex finish_reason tool_plan tool_calls function arguments id index tokens error
    content-start content-delta tool-call-start tool-call-delta citation-start message-end thinking
    message-start done done_reason eval_count prompt_eval_count logprobs sources end
    """.split()  # noqa: SIM905 (a list of that length would be a page)
)
LEAVES: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 9),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    WORDS,
)
VALUES: Final[st.SearchStrategy[Any]] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=12,
)
OBJECTS: Final = st.dictionaries(WORDS, VALUES, max_size=5)
EVENTS: Final = st.sampled_from(
    ["contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata", "x"]
)


def failure_of(adapter: Adapter, parts: list[bytes]) -> FailureKind | None:
    """How reading a stream in these pieces fails; anything but our own error passes through."""
    decoder = adapter.decoder()
    try:
        for part in parts:
            decoder.feed(part)
        decoder.end()
    except UpstreamError as error:
        return error.kind
    return None


def failure_of_whole(adapter: Adapter, body: bytes) -> FailureKind | None:
    """The same for a whole answer."""
    try:
        adapter.decode(body)
    except UpstreamError as error:
        return error.kind
    return None


@every_adapter
@given(st.binary(max_size=200), st.integers(0, 200))
def test_no_bytes_raise_anything_but_a_typed_error(adapter: Adapter, data: bytes, cut: int) -> None:
    """Streams, answers and errors of any bytes."""
    assert failure_of(adapter, [data[:cut], data[cut:]]) in (None, FailureKind.DECODE)
    assert failure_of_whole(adapter, data) is FailureKind.DECODE
    assert adapter.decode_error(500, {}, data).message


@every_adapter
@given(OBJECTS)
def test_no_json_raises_anything_but_a_typed_error(adapter: Adapter, value: Any) -> None:
    """JSON of the dialect's own words in any order and of any type."""
    body = json.dumps(value).encode()
    failure_of_whole(adapter, body)
    assert failure_of(adapter, [b"data: " + body + b"\n\n"]) in (None, FailureKind.DECODE)
    assert failure_of(adapter, [body + b"\n"]) in (None, FailureKind.DECODE)
    assert adapter.decode_error(400, {}, body).message


@given(st.lists(st.tuples(EVENTS, OBJECTS), max_size=4), OBJECTS)
def test_no_event_of_bedrock_raises_anything_but_a_typed_error(
    events: list[tuple[str, dict[str, Any]]], trouble: dict[str, Any]
) -> None:
    """Messages that are framed well and say anything."""
    body = b"".join(event(kind, payload) for kind, payload in events)
    assert failure_of(ADAPTERS[0], [body]) in (None, FailureKind.DECODE)
    assert failure_of(ADAPTERS[0], [exception("throttlingException", trouble)]) is None


TXT: Final = "data:text/plain;base64,YQ=="
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
IDS: Final = st.sampled_from(["a", "b", "a b", "functions.look:0", "é" * 70])
NAMES: Final = st.sampled_from(["look", "9.x", "mcp__" + "a" * 80])
ARGUMENTS: Final = st.sampled_from(
    ["", "{}", '{"a":[1,{"b":null}]}', "nonsense", '"{}"', "null", "[1]"]
)


def call(id_: str, name: str, arguments: str) -> Fields:
    """An earlier call."""
    function = {"name": name, "arguments": arguments}
    return {"id": id_, "type": "function", "function": function}


def words(text: str) -> Fields:
    """A part."""
    return {"type": "text", "text": text}


def marked(text: str) -> Fields:
    """A part with a cache mark."""
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


def told(text: str) -> Fields:
    """Instructions."""
    return {"role": "system", "content": text}


def user(parts: list[Fields]) -> Fields:
    """The user's turn."""
    return {"role": "user", "content": parts}


def assistant(text: str, calls: list[Fields], details: list[Fields]) -> Fields:
    """The assistant's turn."""
    called = {"tool_calls": calls} if calls else {}
    return {"role": "assistant", "content": text, **called, "reasoning_details": details}


def came(id_: str, text: str) -> Fields:
    """What came of a call."""
    return {"role": "tool", "tool_call_id": id_, "content": text}


CALLS: Final = st.builds(call, IDS, NAMES, ARGUMENTS)
DETAILS: Final = st.sampled_from(
    [
        {"type": "reasoning.text", "text": "t", "signature": "s", "format": "anthropic-claude-v1"},
        {"type": "reasoning.encrypted", "data": "ZA==", "format": "anthropic-claude-v1"},
        {"type": "reasoning.encrypted", "data": "x", "format": "openai-responses-v1"},
        {"type": "reasoning.summary", "summary": "s", "format": "unknown"},
    ]
)
IMAGE: Final = {"url": "data:image/png;base64,iVBORw0KGgo="}
PARTS: Final = st.one_of(
    st.builds(words, TEXTS),
    st.builds(marked, TEXTS),
    st.just({"type": "image_url", "image_url": IMAGE}),
    st.just({"type": "file", "file": {"filename": "a.txt", "file_data": TXT}}),
)
MESSAGES: Final = st.one_of(
    st.builds(told, TEXTS),
    st.builds(user, st.lists(PARTS, max_size=3)),
    st.builds(assistant, TEXTS, st.lists(CALLS, max_size=2), st.lists(DETAILS, max_size=2)),
    st.builds(came, IDS, TEXTS),
)
SCHEMA: Final = {
    "type": "json_schema",
    "json_schema": {"name": "n", "schema": {"type": "object"}},
}
SETTINGS: Final = st.fixed_dictionaries(
    {},
    optional={
        "max_tokens": st.integers(1, 20_000),
        "temperature": st.floats(0, 2),
        "top_p": st.floats(0.01, 1),
        "top_k": st.integers(0, 900),
        "stop": st.lists(TEXTS, max_size=4),
        "reasoning": st.sampled_from(
            [{"effort": "high"}, {"max_tokens": 3000}, {"enabled": False}, {"exclude": True}]
        ),
        "tools": st.just(
            [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
        ),
        "tool_choice": st.sampled_from(["none", "auto", "required"]),
        "response_format": st.sampled_from(
            [
                {"type": "json_object"},
                SCHEMA,
            ]
        ),
        "service_tier": st.sampled_from(["auto", "flex", "fast", "scale"]),
        "stream": st.booleans(),
    },
)
MODELS: Final = st.sampled_from(
    [
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us.anthropic.claude-opus-4-7",
        "us.amazon.nova-2-lite-v1:0",
        "meta.llama3-1-70b-instruct-v1:0",
        "amazon.titan-text-lite-v1",
        "mistral.mistral-large-2402-v1:0",
        "gpt-oss:20b",
    ]
)


@every_adapter
@given(st.lists(MESSAGES, min_size=1, max_size=6), SETTINGS, MODELS)
def test_any_conversation_goes_up_or_is_refused(
    adapter: Adapter, messages: list[dict[str, Any]], settings: dict[str, Any], model: str
) -> None:
    """A body of the dialect or a refusal; Bedrock's are judged by AWS's model of the operation."""
    request = {"model": "author/model", "messages": messages, **settings}
    inbound = CLIENT.read(msgspec.json.encode(request), {})
    endpoint = Endpoint(
        id="e",
        model="author/model",
        provider="p",
        tag="p",
        upstream_model=model,
        price=Unpriced(),
        context_tok=1,
    )
    try:
        outgoing = Translation(CLIENT, adapter).request(inbound, endpoint)
    except Refusal:
        return
    body = json.loads(outgoing.request.body)
    roles = [message["role"] for message in body["messages"]]
    if adapter.dialect == "bedrock.converse":
        assert faults(outgoing.request.body) == ""
        assert roles[0] == "user"
        assert all(one != other for one, other in pairwise(roles))
    assert_calls_are_answered(adapter, body["messages"])


def assert_calls_are_answered(adapter: Adapter, messages: list[dict[str, Any]]) -> None:
    """Each call has its result and each result its call, where the dialect insists."""
    if adapter.dialect == "ollama.chat":
        return
    if adapter.dialect == "cohere.chat":
        calls = [call["id"] for one in messages for call in one.get("tool_calls", ())]
        results = [one["tool_call_id"] for one in messages if one["role"] == "tool"]
    else:
        blocks = [block for one in messages for block in one["content"]]
        calls = [block["toolUse"]["toolUseId"] for block in blocks if "toolUse" in block]
        results = [block["toolResult"]["toolUseId"] for block in blocks if "toolResult" in block]
        assert len(set(calls)) == len(calls)
    assert calls == results
