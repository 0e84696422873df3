"""Bedrock's table: who speaks: instructions, turns, beginnings and ends."""

from typing import Final

from tests.wire.cases.bedrock_words import (
    HAIKU,
    NOVA,
    SONNET_46,
    TITAN,
    Bedrock,
    says,
    user,
)

TURNS: Final = (
    Bedrock("plain", NOVA, {}, {}),
    Bedrock(
        "stream",
        HAIKU,
        {"stream": True},
        {},
        path="/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse-stream",
    ),
    Bedrock(
        "instructions-apart",
        NOVA,
        {
            "messages": [
                {"role": "system", "content": "a"},
                {"role": "developer", "content": "b"},
                user("hi"),
            ]
        },
        {"system": [{"text": "a"}, {"text": "b"}]},
    ),
    Bedrock(
        "instructions-in-the-middle",
        NOVA,
        {"messages": [user("hi"), {"role": "system", "content": "be brief"}]},
        {"messages": [says("user", "hi", "<system>\nbe brief\n</system>")]},
        translated=("messages.system",),
    ),
    Bedrock(
        "instructions-of-a-model-without",
        TITAN,
        {"messages": [{"role": "system", "content": "a"}, user("hi")]},
        {"messages": [says("user", "a", "hi")]},
        translated=("messages.system",),
    ),
    Bedrock(
        "same-role-twice",
        NOVA,
        {"messages": [user("a"), user("b")]},
        {"messages": [says("user", "a", "b")]},
    ),
    Bedrock(
        "assistant-first",
        NOVA,
        {"messages": [{"role": "assistant", "content": "hello"}, user("hi")]},
        {"messages": [says("user", "Continue."), says("assistant", "hello"), says("user", "hi")]},
        translated=("messages.first",),
    ),
    Bedrock(
        "blank-text",
        NOVA,
        {"messages": [user("hi", "  "), {"role": "assistant", "content": ""}, user("on")]},
        {"messages": [says("user", "hi", "on")]},
    ),
    Bedrock(
        "prefill",
        HAIKU,
        {"messages": [user("hi"), {"role": "assistant", "content": "{ "}]},
        {"messages": [says("user", "hi"), says("assistant", "{")]},
    ),
    Bedrock(
        "prefill-of-a-model-that-refuses-it",
        SONNET_46,
        {"messages": [user("hi"), {"role": "assistant", "content": "{"}]},
        {"messages": [says("user", "hi"), says("assistant", "{"), says("user", "Continue.")]},
        translated=("messages.last",),
    ),
    Bedrock(
        "refusal-in-the-history",
        NOVA,
        {
            "messages": [
                user("a"),
                {"role": "assistant", "content": None, "refusal": "no"},
                user("b"),
            ]
        },
        {"messages": [says("user", "a"), says("assistant", "no"), says("user", "b")]},
    ),
)
