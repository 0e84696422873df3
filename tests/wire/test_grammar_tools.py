"""Tools for servers without them: what is asked of the grammar, and how its text becomes calls."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.core.conversation import Conversation as Asked
from turnout.core.conversation import Message, Text, Tool, ToolCall, ToolChoice, ToolResult
from turnout.core.errors import Refusal
from turnout.dialects.events import (
    Event,
    Finish,
    Identity,
    Logprobs,
    TextDelta,
    ToolCallDelta,
)
from turnout.dialects.lowering.grammar_tools.lower import Lowered, by_grammar
from turnout.dialects.lowering.grammar_tools.reading import AsCalls

NAMES = frozenset({"get_weather", "add"})
ONE = '{ "name": "add",\n "arguments": {"a": 1, "b": "}\\"{"} }'


def tool(name: str, schema: Any, description: str = "") -> Tool:
    """A tool with a schema."""
    return Tool(
        name=name, description=description, parameters=msgspec.Raw(json.dumps(schema).encode())
    )


CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = tool("get_weather", CITY, "The weather in a city")


def asked(text: str, *more: Message, **fields: Any) -> Asked:
    """A conversation that begins with a user's words."""
    first = Message(role="user", parts=(Text(text=text),))
    return Asked(dialect="openai.chat", messages=(first, *more), **fields)


def schema_of(lowered: Lowered) -> Any:
    """What the answer is held to."""
    output = lowered.conversation.output
    assert output is not None
    assert output.schema is not None
    return json.loads(bytes(output.schema))


def read(pieces: Sequence[str], finish: Any = "stop") -> list[Event]:
    """The events of an answer in these pieces."""
    filter_ = AsCalls(names=NAMES, seed="s").filter()
    events: list[Event] = [Identity("up-1"), *(TextDelta(piece) for piece in pieces)]
    events.append(Finish(finish, finish))
    return [*(out for event in events for out in filter_.feed(event)), *filter_.end()]


def folded(events: Sequence[Event]) -> tuple[str, list[list[str]], str]:
    """Text, calls as name and arguments, finish."""
    text, calls, finish = "", list[list[str]](), ""
    for event in events:
        match event:
            case TextDelta():
                text += event.text
            case ToolCallDelta(name=str(name)):
                assert event.call == len(calls), "calls are dense"
                assert event.id
                calls.append([name, event.arguments])
            case ToolCallDelta():
                assert event.id is None
                calls[event.call][1] += event.arguments
            case Finish():
                finish = event.reason
            case _:
                pass
    return text, calls, finish


@pytest.mark.parametrize(
    ("answer", "text", "calls", "finish"),
    [
        pytest.param(
            ONE, "", [["add", '{"a": 1, "b": "}\\"{"}']], "tool_calls", id="one call, odd strings"
        ),
        pytest.param(
            '{ "calls": [{"name":"add","arguments":{}}, '
            '{"name":"get_weather","arguments":{"city":"Oslo"}} ] }',
            "",
            [["add", "{}"], ["get_weather", '{"city":"Oslo"}']],
            "tool_calls",
            id="several calls",
        ),
        pytest.param(
            '{"answer": "He said \\"h\\u00e9\\ud83d\\ude00\\n\\""}',
            'He said "hé😀\n"',
            [],
            "stop",
            id="an answer in words",
        ),
        pytest.param('{"answer": {"x": [1, "a"]}}', '{"x": [1, "a"]}', [], "stop", id="JSON"),
        pytest.param('{"calls": "none"}', '{"calls": "none"}', [], "stop", id="calls of its own"),
        pytest.param("Hello {there}.", "Hello {there}.", [], "stop", id="no JSON at all"),
        pytest.param('{"colour": "red"}', '{"colour": "red"}', [], "stop", id="JSON of its own"),
        pytest.param(
            '{"name": "Bob", "age": 3}', '{"name": "Bob", "age": 3}', [], "stop", id="another name"
        ),
        pytest.param('{"name": "a', '{"name": "a', [], "stop", id="broken off in the name"),
        pytest.param("", "", [], "stop", id="nothing"),
    ],
)
def test_text_of_the_grammar_is_read(
    answer: str, text: str, calls: list[list[str]], finish: str
) -> None:
    """Whole and letter by letter, the same calls or the same words."""
    for pieces in ([answer], list(answer)):
        assert folded(read(pieces)) == (text, calls, finish)


def test_a_call_cut_by_the_limit_keeps_its_reason() -> None:
    """Half of the arguments, finish `length`."""
    assert folded(read(['{"name":"add","arguments":{"a": 1'], "length")) == (
        "",
        [["add", '{"a": 1']],
        "length",
    )


@given(st.text(max_size=40), st.data())
def test_any_answer_survives_any_cut(words: str, data: st.DataObject) -> None:
    """An answer in words comes out as it was meant, however it was cut and escaped."""
    for ascii_only in (True, False):
        wrapped = json.dumps({"answer": words}, ensure_ascii=ascii_only)
        cut = data.draw(st.integers(0, len(wrapped)))
        assert folded(read([wrapped[:cut], wrapped[cut:]]))[0] == words


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=8), max_size=3),
    st.data(),
)
def test_any_arguments_survive_any_cut(arguments: dict[str, Any], data: st.DataObject) -> None:
    """Arguments are the JSON that was written."""
    written = json.dumps({"name": "add", "arguments": arguments})
    cut = data.draw(st.integers(0, len(written)))
    _, ((name, told),), finish = folded(read([written[:cut], written[cut:]]))
    assert (name, json.loads(told), finish) == ("add", arguments, "tool_calls")


@given(st.lists(st.text(alphabet='{}[]":,\\ name answer1u', max_size=12), max_size=6))
def test_no_text_breaks_the_reader(pieces: list[str]) -> None:
    """Whatever a model writes, it is calls or words."""
    text, calls, _ = folded(read(pieces))
    assert isinstance(text, str)
    assert all(name in NAMES for name, _ in calls)


def test_ids_differ_between_answers_and_log_probabilities_of_our_json_are_not_shown() -> None:
    """Two answers of one request have calls of different ids."""
    ids: set[str | None] = set()
    for upstream_id in ("up-1", "up-2"):
        filter_ = AsCalls(names=NAMES, seed="s").filter()
        events = [
            *filter_.feed(Identity(upstream_id)),
            *filter_.feed(Logprobs(msgspec.Raw(b"{}"))),
            *filter_.feed(TextDelta(ONE)),
        ]
        assert not any(isinstance(event, Logprobs) for event in events)
        ids |= {e.id for e in events if isinstance(e, ToolCallDelta) and e.id}
    assert len(ids) == 2


def test_references_are_followed_to_the_shared_root() -> None:
    """`$ref` of two tools with the same names do not meet, and a schema may contain itself."""
    tree = {
        "type": "object",
        "properties": {"root": {"$ref": "#/$defs/node"}},
        "$defs": {
            "node": {
                "type": "object",
                "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
                "not": {"type": "null"},
            }
        },
    }
    lowered = by_grammar(
        asked(
            "x", tools=(tool("a", tree), tool("b", tree)), tool_choice=ToolChoice(mode="required")
        )
    )
    schema = schema_of(lowered)
    first, second = (option["properties"]["arguments"] for option in schema["anyOf"])
    assert first["properties"]["root"] == {"$ref": "#/$defs/t0_$defs_node"}
    assert second["properties"]["root"] == {"$ref": "#/$defs/t1_$defs_node"}
    node = schema["$defs"]["t0_$defs_node"]
    assert node["properties"]["kids"]["items"] == {"$ref": "#/$defs/t0_$defs_node"}
    assert "not" not in node


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"x": {"$ref": "https://example.com/s.json"}}},
        {"properties": {"x": {"$ref": "#/$defs/absent"}}},
        {"properties": 3},
        [1],
    ],
)
def test_a_schema_that_cannot_be_followed_is_refused(schema: Any) -> None:
    """With the field named."""
    choice = ToolChoice(mode="required")
    with pytest.raises(Refusal) as refused:
        by_grammar(asked("x", tools=(tool("a", schema),), tool_choice=choice))
    assert refused.value.param == "tools[0].function.parameters"


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ("What's the weather like?", ["get_weather"]),
        ("Which city is large?", ["get_weather"]),
        ("What is 2 plus 3?", ["calculator"]),
        ("Calculate it.", ["calculator"]),
        ("Say hello to my mother.", []),
    ],
)
def test_auto_offers_what_the_question_touches(question: str, offered: list[str]) -> None:
    """By words that the question shares with a tool, or numbers where a tool takes numbers."""
    number = {"type": "object", "properties": {"a": {"type": "number"}}}
    tools = (WEATHER, tool("calculator", number, "Does arithmetic"))
    lowered = by_grammar(asked(question, tools=tools))
    assert lowered.emulated == ("tools",)
    if not offered:
        assert lowered.conversation.output is None
        assert lowered.undo == ()
        return
    options = schema_of(lowered)["anyOf"]
    names = [o["properties"]["name"]["const"] for o in options if "name" in o["properties"]]
    assert names == offered
    assert "answer" in options[-1]["properties"]


def test_what_was_called_is_told_in_words_and_not_offered_again() -> None:
    """After a result `auto` answers in words; calls and results are sentences."""
    call = ToolCall(id="c", name="get_weather", arguments='{"city":"Paris"}')
    result = ToolResult(call_id="c", parts=(Text(text="sunny"),))
    failed = ToolResult(call_id="c", parts=(Text(text="no such city"),), is_error=True)
    lowered = by_grammar(
        asked(
            "The weather in Paris?",
            Message(role="assistant", parts=(call,)),
            Message(role="tool", parts=(result,)),
            Message(role="tool", parts=(failed,)),
            tools=(WEATHER,),
        )
    )
    assert lowered.conversation.output is None
    assert lowered.conversation.tools == ()
    said = [
        (m.role, [p.text for p in m.parts if isinstance(p, Text)])
        for m in lowered.conversation.messages
    ]
    assert said == [
        ("user", ["The weather in Paris?"]),
        ("assistant", ['I call get_weather with {"city":"Paris"}.']),
        (
            "user",
            ["Result of get_weather: sunny\nget_weather failed: no such city\nAnswer with that."],
        ),
    ]


def test_allowed_tools_narrow_the_offer() -> None:
    """OpenAI's `allowed_tools` names what may be called."""
    choice = {
        "type": "allowed_tools",
        "allowed_tools": {
            "mode": "required",
            "tools": [{"type": "function", "function": {"name": "get_weather"}}],
        },
    }
    lowered = by_grammar(
        asked(
            "x",
            tools=(WEATHER, tool("add", CITY)),
            extra={"tool_choice": msgspec.Raw(json.dumps(choice).encode())},
        )
    )
    assert schema_of(lowered)["properties"]["name"] == {"const": "get_weather"}
    assert "tool_choice" not in lowered.conversation.extra
