"""When an answer is what was asked for: calls that the offered tools take, JSON in its shape."""

import json
from typing import Any, Final

import msgspec
import pytest
from tests.unit.flow.routing import inbound

from turnout.core.conversation import Conversation
from turnout.core.types import FinishReason
from turnout.dialects.adapter import CALL_BYTES, Head, Inbound, Tally
from turnout.dialects.bridge import note
from turnout.dialects.events import Event, Finish, TextDelta, ToolCallDelta
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_chat.spliced_stream import SplicedStream
from turnout.metrics.validity import SHAPE_BYTES, TOOLS_BYTES, shape_valid, tools_valid

CITY: Final = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL: Final = {"type": "function", "function": {"name": "weather", "parameters": CITY}}
BARE: Final = {"type": "function", "function": {"name": "now"}}


def told(*events: Event) -> Tally:
    """What a translation would have noted."""
    tally = Tally()
    for event in events:
        note(tally, event)
    return tally


def called(name: str, arguments: str, *more: Event, finish: FinishReason = "tool_calls") -> Tally:
    """One call, its arguments in two pieces, and other events."""
    half = len(arguments) // 2
    return told(
        ToolCallDelta(0, id="call_1", name=name, arguments=arguments[:half]),
        ToolCallDelta(0, arguments=arguments[half:]),
        *more,
        Finish(finish, finish),
    )


def asked(**fields: Any) -> Inbound:
    """A request of a dialect that only its fields tell."""

    def unread() -> Conversation:
        raise AssertionError("nobody needs the conversation here")

    raw = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in fields.items()}
    return Inbound(
        dialect="openai.responses", fields=raw, models=("m",), stream=True, conversation=unread
    )


@pytest.mark.parametrize(
    ("name", "arguments", "valid"),
    [
        ("weather", '{"city": "Ghent"}', True),
        ("weather", '{"city": 5}', False),
        ("weather", "{}", False),
        ("weather", '{"city": "Ghent"', False),
        ("weather", "", False),
        ("wether", '{"city": "Ghent"}', False),
        ("now", "", True),
        ("now", '{"anything": [1]}', True),
        ("now", "what?", False),
    ],
)
def test_call_is_valid_when_its_tool_would_take_it(
    name: str, arguments: str, *, valid: bool
) -> None:
    """Known name, JSON, schema; empty arguments are those of a tool that needs none."""
    assert tools_valid(inbound(tools=[TOOL, BARE]), called(name, arguments)) is valid


def test_one_bad_call_makes_the_answer_bad() -> None:
    """However many good ones stand beside it."""
    bad = ToolCallDelta(1, id="call_2", name="weather", arguments="{}")
    assert tools_valid(inbound(tools=[TOOL]), called("weather", '{"city": "x"}', bad)) is False


@pytest.mark.parametrize("finish", ["length", "stop", "content_filter", "error"])
def test_answers_without_whole_calls_are_not_judged(finish: FinishReason) -> None:
    """Neither plain words nor calls that the caller's own ceiling cut off."""
    assert tools_valid(inbound(tools=[TOOL]), told(Finish(finish, finish))) is None
    assert tools_valid(inbound(tools=[TOOL]), called("weather", "{", finish=finish)) is None


@pytest.mark.parametrize(
    "schema", ["nonsense", {"type": "strange"}, {"$ref": "#/gone"}, {"pattern": "("}, None]
)
def test_calls_of_tools_whose_schema_is_broken_pass(schema: Any) -> None:
    """The model cannot be blamed for it."""
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    assert tools_valid(inbound(tools=[tool]), called("f", '"anything"')) is True


def test_what_is_too_large_to_judge_passes() -> None:
    """Long arguments are not even held."""
    long = called("weather", '{"city": "' + "x" * CALL_BYTES + '"}')
    assert len(long.calls[0, 0].arguments) <= 2 * CALL_BYTES
    assert tools_valid(inbound(tools=[TOOL]), long) is True
    many = [{**TOOL, "description": "x" * TOOLS_BYTES}]
    assert tools_valid(inbound(tools=many), called("strange", "{")) is True


@pytest.mark.parametrize(
    "tools",
    [
        [{"type": "function", "name": "weather", "parameters": CITY}],
        [{"name": "weather", "input_schema": CITY}],
        [{"type": "custom", "name": "weather", "input_schema": CITY}],
        [{"functionDeclarations": [{"name": "weather", "parameters": CITY}]}],
    ],
)
def test_tools_are_read_in_every_dialect(tools: Any) -> None:
    """Responses, Messages and Gemini say the same in other places."""
    assert tools_valid(asked(tools=tools), called("weather", '{"city": "x"}')) is True
    assert tools_valid(asked(tools=tools), called("weather", '{"town": "x"}')) is False
    assert tools_valid(asked(tools=tools), called("unknown", "{}")) is False


def test_calls_of_the_providers_own_tools_are_nobodys_fault() -> None:
    """Their names and arguments are not told."""
    tools = [{"type": "web_search"}, {"type": "custom", "name": "patch"}, TOOL]
    assert tools_valid(asked(tools=tools), called("web_search_call", "free text")) is True
    assert tools_valid(asked(tools=tools), called("weather", "free text")) is False


JSON_SCHEMA: Final = {"type": "json_schema", "json_schema": {"name": "c", "schema": CITY}}


def words(text: str, finish: FinishReason = "stop") -> Tally:
    """Plain text."""
    return told(TextDelta(text), Finish(finish, finish))


@pytest.mark.parametrize(
    ("wanted", "text", "valid"),
    [
        ({"type": "json_object"}, '{"a": 1}', True),
        ({"type": "json_object"}, "[1]", False),
        ({"type": "json_object"}, "Sure! Here it is: {}", False),
        (JSON_SCHEMA, '{"city": "Ghent"}', True),
        (JSON_SCHEMA, '{"city": "naïve \\"🙂\\""}', True),
        (JSON_SCHEMA, '{"town": "Ghent"}', False),
        ({"type": "json_schema", "json_schema": {"name": "any"}}, "5", True),
        ({"type": "text"}, "hello", None),
        (None, "hello", None),
    ],
)
def test_shape_is_valid_when_the_text_is_the_json_that_was_asked_for(
    wanted: Any, text: str, *, valid: bool | None
) -> None:
    """By schema where there is one; only when JSON was asked for at all."""
    fields = {} if wanted is None else {"response_format": wanted}
    assert shape_valid(inbound(**fields), words(text)) is valid


def test_shape_is_read_from_spliced_streams_too() -> None:
    """There the text is held with the escapes of the upstream's JSON string."""
    stream = SplicedStream(Quirks(), Head("gen-1", 1, "m", "p"))
    for piece in ('{"city":', ' "Ghent \\"old\\" town\\n', '"}'):
        delta = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}}]}
        stream.feed(b"data: " + json.dumps(delta).encode() + b"\n\n")
    nothing: dict[str, Any] = {}
    ended = {"choices": [{"index": 0, "delta": nothing, "finish_reason": "stop"}]}
    stream.feed(b"data: " + json.dumps(ended).encode() + b"\n\ndata: [DONE]\n\n")
    assert shape_valid(inbound(response_format=JSON_SCHEMA), stream.tally) is True


def test_shape_of_the_responses_dialect_is_read() -> None:
    """It stands under `text.format`."""
    wanted = {"format": {"type": "json_schema", "name": "c", "schema": CITY}}
    assert shape_valid(asked(text=wanted), words('{"city": "x"}')) is True
    assert shape_valid(asked(text=wanted), words("{}")) is False


def test_shape_is_not_judged_where_it_cannot_be() -> None:
    """Cut by a ceiling, a call instead of words, several choices, or too long to hold."""
    want = inbound(response_format={"type": "json_object"})
    assert shape_valid(want, words("{", "length")) is None
    assert shape_valid(want, called("f", "{}")) is None
    assert shape_valid(want, words(" " * SHAPE_BYTES + "x")) is None
    several = inbound(response_format={"type": "json_object"}, n=2)
    assert shape_valid(several, words("{}{}")) is None
