"""Bedrock's table: tools, calls and what came of them."""

from typing import Final

from tests.wire.cases.bedrock_words import (
    HAIKU,
    LLAMA,
    LOOK,
    LOOKS,
    MISTRAL_OLD,
    NOVA,
    PNG,
    Bedrock,
    called,
    came,
    image,
    result,
    says,
    spec,
    tool,
    use,
    user,
)

TOOLS: Final = (
    Bedrock(
        "tool-loop",
        HAIKU,
        {"messages": [user("hi"), called(text="Let me."), result(), user("and?")], **LOOK},
        {
            "messages": [
                says("user", "hi"),
                says("assistant", "Let me.", use(q=1)),
                says("user", came("found"), "and?"),
            ],
            "toolConfig": LOOKS,
        },
    ),
    Bedrock(
        "no-text-beside-calls",
        LLAMA,
        {"messages": [user("hi"), called(text="Let me."), result(), user("and?")], **LOOK},
        {
            "messages": [
                says("user", "hi"),
                says("assistant", "Let me."),
                says("user", "Continue."),
                says("assistant", use(q=1)),
                says("user", came("found")),
                says("assistant", "Understood."),
                says("user", "and?"),
            ],
            "toolConfig": LOOKS,
        },
        translated=("messages",),
    ),
    Bedrock(
        "parallel-results-in-one-turn",
        HAIKU,
        {
            "messages": [
                user("hi"),
                {**called(), "tool_calls": called()["tool_calls"] + called("t2")["tool_calls"]},
                result("b", "t2"),
                result("a"),
            ],
            **LOOK,
        },
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1), use("t2", q=1)),
                says("user", came("a"), came("b", id_="t2")),
            ],
            "toolConfig": LOOKS,
        },
    ),
    Bedrock(
        "tools-only-in-the-history",
        HAIKU,
        {"messages": [user("hi"), called(), result()]},
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1)),
                says("user", came("found")),
            ],
            "toolConfig": {
                "tools": [spec(description="A tool that was called earlier in this conversation.")]
            },
        },
        translated=("tools",),
    ),
    Bedrock(
        "result-lost",
        HAIKU,
        {"messages": [user("hi"), called(), user("on")], **LOOK},
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1)),
                says("user", came("No result was kept for this call.", status="error"), "on"),
            ],
            "toolConfig": LOOKS,
        },
        translated=("messages.tool",),
    ),
    Bedrock(
        "call-lost",
        HAIKU,
        {"messages": [user("hi"), result("found")]},
        {"messages": [says("user", "hi", "found")]},
        translated=("messages.tool",),
    ),
    Bedrock(
        "result-empty",
        HAIKU,
        {"messages": [user("hi"), called(), result("")], **LOOK},
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1)),
                says("user", came("(no output)")),
            ],
            "toolConfig": LOOKS,
        },
    ),
    Bedrock(
        "result-with-a-picture",
        HAIKU,
        {
            "messages": [
                user("hi"),
                called(),
                {**result(), "content": [{"type": "text", "text": "see"}, image(PNG)]},
            ],
            **LOOK,
        },
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1)),
                says("user", came("see", {"image": {"format": "png", "source": {"bytes": PNG}}})),
            ],
            "toolConfig": LOOKS,
        },
    ),
    Bedrock(
        "result-as-json",
        MISTRAL_OLD,
        {
            "messages": [user("hi"), called(), result('{"a":1}'), called("t2"), result("x", "t2")],
            **LOOK,
        },
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1)),
                says("user", came({"json": {"a": 1}})),
                says("assistant", use("t2", q=1)),
                says("user", came({"json": {"result": "x"}}, id_="t2")),
            ],
            "toolConfig": LOOKS,
        },
    ),
    Bedrock(
        "arguments-of-every-kind",
        HAIKU,
        {
            "messages": [
                user("hi"),
                called("a", arguments=""),
                result(id_="a"),
                called("b", arguments='"{\\"n\\":12345678901234567890}"'),
                result(id_="b"),
                called("c", arguments="{broken"),
                result(id_="c"),
            ],
            **LOOK,
        },
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use("a")),
                says("user", came("found", id_="a")),
                says("assistant", use("b", n=12345678901234567890)),
                says("user", came("found", id_="b")),
                says("assistant", use("c", arguments="{broken")),
                says("user", came("found", id_="c")),
            ],
            "toolConfig": LOOKS,
        },
        translated=("messages.tool_calls.arguments",),
    ),
    Bedrock(
        "choice-auto",
        HAIKU,
        {**LOOK, "tool_choice": "auto"},
        {"toolConfig": {**LOOKS, "toolChoice": {"auto": {}}}},
    ),
    Bedrock(
        "choice-required",
        HAIKU,
        {**LOOK, "tool_choice": "required"},
        {"toolConfig": {**LOOKS, "toolChoice": {"any": {}}}},
    ),
    Bedrock(
        "choice-named",
        HAIKU,
        {**LOOK, "tool_choice": {"type": "function", "function": {"name": "look"}}},
        {"toolConfig": {**LOOKS, "toolChoice": {"tool": {"name": "look"}}}},
    ),
    Bedrock("choice-none", HAIKU, {**LOOK, "tool_choice": "none"}, {}, emulated=("tool_choice",)),
    Bedrock(
        "choice-none-with-calls-in-the-history",
        HAIKU,
        {"messages": [user("hi"), called(), result()], **LOOK, "tool_choice": "none"},
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1)),
                says("user", came("found")),
            ],
            "toolConfig": LOOKS,
        },
        dropped=("tool_choice",),
    ),
    Bedrock(
        "choice-that-cannot-be-demanded",
        LLAMA,
        {**LOOK, "tool_choice": "required"},
        {"toolConfig": {**LOOKS, "toolChoice": {"auto": {}}}},
        dropped=("tool_choice",),
    ),
    Bedrock(
        "one-call-at-a-time",
        HAIKU,
        {**LOOK, "parallel_tool_calls": False},
        {"toolConfig": LOOKS},
        dropped=("parallel_tool_calls",),
    ),
    Bedrock(
        "strict",
        HAIKU,
        {"tools": [{"type": "function", "function": {**tool()["function"], "strict": True}}]},
        {"toolConfig": {"tools": [{"toolSpec": {**spec()["toolSpec"], "strict": True}}]}},
    ),
    Bedrock(
        "strict-where-unknown",
        NOVA,
        {"tools": [{"type": "function", "function": {**tool()["function"], "strict": True}}]},
        {"toolConfig": LOOKS},
        dropped=("tools.strict",),
    ),
    Bedrock("server-tool", HAIKU, {"tools": [{"type": "web_search"}]}, {}, dropped=("tools",)),
)
