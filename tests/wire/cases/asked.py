"""Requests that every OpenAI-compatible provider is asked, and what OpenAI itself would receive."""

from hashlib import sha256
from typing import Final

from tests.wire.cases.wire_case import Asked, Fields

HASHED_USER: Final = sha256(b"someone").hexdigest()  # the caller's own ids go no further

USAGE: Final[Fields] = {"include_usage": True}

WEATHER: Final[Fields] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "day": {"type": "integer"}},
            "required": ["city"],
        },
        "strict": True,
    },
}

SCHEMA: Final[Fields] = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {"type": "object", "properties": {"b": {}, "a": {}}, "required": ["b"]},
    },
}


def user(content: object) -> Fields:
    """A user's turn."""
    return {"role": "user", "content": content}


HELLO: Final = [user("Hello, wörld 👋")]

IMAGE: Final = [
    user(
        [
            {"type": "text", "text": "What is it?"},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        ]
    )
]

ROLES: Final = [
    {"role": "system", "content": "Be kind."},
    {"role": "developer", "content": "Be brief."},
    *HELLO,
]

TOOL_RESULTS: Final = [
    *HELLO,
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": f"call_{number}",
                "type": "function",
                "function": {"name": "get_weather", "arguments": '{"city": "Aix"}'},
            }
            for number in (1, 2)
        ],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
    {"role": "tool", "tool_call_id": "call_2", "content": "sun"},
    user("And?"),
]

EVERY_PARAMETER: Final[Fields] = {
    "temperature": 0.5,
    "top_p": 0.9,
    "top_k": 40,
    "min_p": 0.1,
    "top_a": 0.2,
    "frequency_penalty": 0.3,
    "presence_penalty": -0.3,
    "repetition_penalty": 1.1,
    "seed": 7,
    "stop": ["END", "\n\n"],
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "top_logprobs": 2,
    "n": 2,
    "user": "someone",
    "parallel_tool_calls": False,
}

ASKED: Final = (
    Asked("text", {"messages": HELLO}, {"messages": HELLO}),
    Asked(
        "stream",
        {"messages": HELLO, "stream": True},
        {"messages": HELLO, "stream": True, "stream_options": USAGE},
    ),
    Asked("system and developer", {"messages": ROLES}, {"messages": ROLES}),
    Asked(
        "every parameter",
        {"messages": HELLO, **EVERY_PARAMETER},
        {"messages": HELLO, **EVERY_PARAMETER, "user": HASHED_USER},
    ),
    Asked("max_tokens", {"messages": HELLO, "max_tokens": 9}, {"messages": HELLO, "max_tokens": 9}),
    Asked(
        "max_completion_tokens",
        {"messages": HELLO, "max_completion_tokens": 9},
        {"messages": HELLO, "max_completion_tokens": 9},
    ),
    Asked(
        "tool that must be called",
        {"messages": HELLO, "tools": [WEATHER], "tool_choice": "required"},
        {"messages": HELLO, "tools": [WEATHER], "tool_choice": "required"},
    ),
    Asked("tool results", {"messages": TOOL_RESULTS}, {"messages": TOOL_RESULTS}),
    Asked("image", {"messages": IMAGE}, {"messages": IMAGE}),
    Asked(
        "json schema, its order kept",
        {"messages": HELLO, "response_format": SCHEMA},
        {"messages": HELLO, "response_format": SCHEMA},
    ),
    Asked(
        "reasoning effort",
        {"messages": HELLO, "reasoning": {"effort": "high"}},
        {"messages": HELLO, "reasoning_effort": "high"},
    ),
    Asked(
        "reasoning switched off",
        {"messages": HELLO, "reasoning": {"enabled": False}},
        {"messages": HELLO, "reasoning_effort": "none"},
    ),
    Asked(
        "earlier thinking",
        {"messages": [*HELLO, {"role": "assistant", "content": "4", "reasoning": "2+2"}, *HELLO]},
        {"messages": [*HELLO, {"role": "assistant", "content": "4"}, *HELLO]},
    ),
    Asked(
        "name on a message",
        {"messages": [{**HELLO[0], "name": "ann"}]},
        {"messages": [{**HELLO[0], "name": "ann"}]},
    ),
    Asked(
        "router's own fields",
        {
            "messages": HELLO,
            "provider": {"order": ["a"], "allow_fallbacks": False},
            "models": ["author/model"],
        },
        {"messages": HELLO},
    ),
    Asked(
        "fields nobody knows",
        {"messages": HELLO, "x_new": {"b": [1.50, 12345678901234567890, "é"], "a": None}},
        {"messages": HELLO, "x_new": {"b": [1.50, 12345678901234567890, "é"], "a": None}},
    ),
)
