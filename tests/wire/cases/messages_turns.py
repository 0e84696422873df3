"""Turns, roles, tools and their results: what a client of chat asks, what Anthropic receives."""

from typing import Final

from tests.wire.cases.lowering import (
    AGAIN,
    HAIKU_35,
    HI,
    LOOK,
    TOOL,
    Lowering,
    called,
    result,
    text,
    use,
)

MESSAGES: Final = (
    Lowering("text", {}, {}),
    Lowering("stream", {"stream": True}, {"stream": True}),
    Lowering("the limit as given", {"max_completion_tokens": 9}, {"max_tokens": 9}),
    Lowering(
        "leading instructions are the system",
        {
            "messages": [
                {"role": "system", "content": "Be kind."},
                {"role": "developer", "content": "Be brief."},
                *HI,
            ]
        },
        {"system": [text("Be kind."), text("Be brief.")], "messages": HI},
    ),
    Lowering(
        "instructions in the middle are marked text where they stand",
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": "yes?"},
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "go"},
            ]
        },
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": "yes?"},
                {
                    "role": "user",
                    "content": [text("<system>\nBe brief.\n</system>"), text("go")],
                },
            ]
        },
        translated={"messages.system"},
    ),
    Lowering(
        "turns alternate, blanks are nothing, the user begins",
        {
            "messages": [
                {"role": "assistant", "content": "Hello!"},
                {"role": "user", "content": "a"},
                {"role": "user", "content": " "},
                {"role": "user", "content": "b"},
            ]
        },
        {
            "messages": [
                {"role": "user", "content": "Continue."},
                {"role": "assistant", "content": "Hello!"},
                {"role": "user", "content": [text("a"), text("b")]},
            ]
        },
        translated={"messages.first"},
    ),
    Lowering(
        "a prefill loses the blank it must not end with",
        {"messages": [*HI, {"role": "assistant", "content": "It is \n"}]},
        {"messages": [*HI, {"role": "assistant", "content": "It is"}]},
        translated={"messages.prefill"},
    ),
    Lowering(
        "names on messages are dropped",
        {"messages": [{**HI[0], "name": "ann"}]},
        {},
        dropped={"messages.name"},
    ),
    Lowering(
        "an earlier refusal is what was said",
        {"messages": [*HI, {"role": "assistant", "content": None, "refusal": "No."}, *HI]},
        {"messages": [*HI, {"role": "assistant", "content": "No."}, *HI]},
    ),
)

TOOLS: Final = (
    Lowering(
        "results of one turn come first in the next, all of them",
        {
            "tools": [TOOL],
            "messages": [
                *HI,
                {"role": "assistant", "content": "Hm.", "tool_calls": [called(1), called(2, "")]},
                {"role": "user", "content": "And?"},
                {"role": "tool", "tool_call_id": "call_2", "content": [text("sun")]},
                {"role": "tool", "tool_call_id": "call_1", "content": ""},
            ],
        },
        {
            "tools": [LOOK],
            "messages": [
                *HI,
                {"role": "assistant", "content": [text("Hm."), use(1), use(2, {})]},
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "call_1"},
                        result(2, "sun"),
                        text("And?"),
                    ],
                },
            ],
        },
    ),
    Lowering(
        "a lost result is said to be lost, an orphan is text",
        {
            "tools": [TOOL],
            "messages": [
                *HI,
                {"role": "assistant", "content": None, "tool_calls": [called(1)]},
                {"role": "tool", "tool_call_id": "other", "content": "rain"},
            ],
        },
        {
            "tools": [LOOK],
            "messages": [
                *HI,
                {"role": "assistant", "content": [use(1)]},
                {
                    "role": "user",
                    "content": [
                        result(1, "No result was kept for this call.", is_error=True),
                        text("rain"),
                    ],
                },
            ],
        },
        translated={"messages.tool"},
    ),
    Lowering(
        "a result with a picture",
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": None, "tool_calls": [called(1)]},
                {
                    "role": "tool",
                    "tool_call_id": "call_1",
                    "content": [
                        text("see"),
                        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                    ],
                },
            ]
        },
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": [use(1)]},
                {
                    "role": "user",
                    "content": [
                        result(
                            1,
                            [
                                text("see"),
                                {
                                    "type": "image",
                                    "source": {
                                        "type": "base64",
                                        "media_type": "image/png",
                                        "data": "AAAA",
                                    },
                                },
                            ],
                        )
                    ],
                },
            ]
        },
    ),
    Lowering(
        "arguments that are no object go in one",
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": None, "tool_calls": [called(1, '{"x":')]},
                {"role": "tool", "tool_call_id": "call_1", "content": "?"},
            ]
        },
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": [use(1, {"invalid_arguments": '{"x":'})]},
                {"role": "user", "content": [result(1, "?")]},
            ]
        },
        translated={"messages.tool_calls.arguments"},
    ),
    Lowering(
        "ids that the dialect refuses, and those used twice, are made anew",
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": None, "tool_calls": [called(1)]},
                {"role": "tool", "tool_call_id": "call_1", "content": "a"},
                {"role": "assistant", "content": None, "tool_calls": [called(1)]},
                {"role": "tool", "tool_call_id": "call_1", "content": "b"},
            ]
        },
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": [use(1)]},
                {"role": "user", "content": [result(1, "a")]},
                {
                    "role": "assistant",
                    "content": [{**use(1), "id": AGAIN}],
                },
                {
                    "role": "user",
                    "content": [{**result(1, "b"), "tool_use_id": AGAIN}],
                },
            ]
        },
    ),
    Lowering("tool, any of them", {"tools": [TOOL], "tool_choice": "auto"}, {"tools": [LOOK]}),
    Lowering(
        "some tool must be called",
        {"tools": [TOOL], "tool_choice": "required"},
        {"tools": [LOOK], "tool_choice": {"type": "any"}},
    ),
    Lowering(
        "this tool must be called",
        {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "look"}}},
        {"tools": [LOOK], "tool_choice": {"type": "tool", "name": "look"}},
    ),
    Lowering(
        "no tool may be called",
        {"tools": [TOOL], "tool_choice": "none"},
        {"tools": [LOOK], "tool_choice": {"type": "none"}},
    ),
    Lowering(
        "one call at a time",
        {"tools": [TOOL], "parallel_tool_calls": False},
        {"tools": [LOOK], "tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
        translated={"parallel_tool_calls"},
    ),
    Lowering(
        "several calls at a time are its own way",
        {"tools": [TOOL], "parallel_tool_calls": True},
        {"tools": [LOOK]},
    ),
    Lowering(
        "arguments stream as they come",
        {"tools": [TOOL], "stream": True},
        {"tools": [{**LOOK, "eager_input_streaming": True}], "stream": True},
    ),
    Lowering(
        "a tool without a schema, and one whose schema has no type",
        {
            "tools": [
                {"type": "function", "function": {"name": "now"}},
                {
                    "type": "function",
                    "function": {"name": "at", "parameters": {"properties": {"t": {}}}},
                },
            ]
        },
        {
            "tools": [
                {"name": "now", "input_schema": {"type": "object", "properties": {}}},
                {"name": "at", "input_schema": {"type": "object", "properties": {"t": {}}}},
            ]
        },
    ),
    Lowering(
        "strict tools where the model has them",
        {"tools": [{"type": "function", "function": {**TOOL["function"], "strict": True}}]},
        {"tools": [{**LOOK, "strict": True}]},
    ),
    Lowering(
        "strict tools where it has not",
        {"tools": [{"type": "function", "function": {**TOOL["function"], "strict": True}}]},
        {"tools": [LOOK]},
        model=HAIKU_35,
        dropped={"tools.strict"},
    ),
)
