"""Requests between chat and Responses, written by hand from both references.

`UP`: a chat request, and what a Responses upstream must receive for it, but for the model and
`store`. `DOWN`: a Responses request, and what a chat upstream must receive for it.
"""

from typing import Any, Final

HI: Final[dict[str, Any]] = {"role": "user", "content": "hi"}
SAID_HI: Final[dict[str, Any]] = {"type": "message", **HI}
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
OPEN_SCHEMA: Final[dict[str, Any]] = {"type": "object", "properties": {"a": {"type": "string"}}}

FUNCTION: Final = {"name": "f", "description": "d", "parameters": OPEN_SCHEMA}
DATA: Final = "data:image/png;base64,QUJD"
CALLS: Final[list[dict[str, Any]]] = [
    HI,
    {
        "role": "assistant",
        "content": "Wait.",
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
            {"id": "c2", "type": "function", "function": {"name": "f", "arguments": ""}},
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "one"},
    {"role": "tool", "tool_call_id": "c2", "content": "two"},
]
CALL_ITEMS: Final[list[dict[str, Any]]] = [
    SAID_HI,
    {"type": "message", "role": "assistant", "content": "Wait."},
    {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
    {"type": "function_call", "call_id": "c2", "name": "f", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c1", "output": "one"},
    {"type": "function_call_output", "call_id": "c2", "output": "two"},
]

UP: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "plain": ({}, {"input": [SAID_HI]}),
    "instructions": (
        {"messages": [{"role": "system", "content": "Be kind."}, HI]},
        {"instructions": "Be kind.", "input": [SAID_HI]},
    ),
    "developer stays an item": (
        {"messages": [{"role": "developer", "content": "Be kind."}, HI]},
        {"input": [{"type": "message", "role": "developer", "content": "Be kind."}, SAID_HI]},
    ),
    "calls and results": ({"messages": CALLS}, {"input": CALL_ITEMS}),
    "a function is strict only when said": (
        {"tools": [{"type": "function", "function": FUNCTION}]},
        {"input": [SAID_HI], "tools": [{"type": "function", **FUNCTION, "strict": False}]},
    ),
    "a strict function": (
        {"tools": [{"type": "function", "function": {**FUNCTION, "strict": True}}]},
        {"input": [SAID_HI], "tools": [{"type": "function", **FUNCTION, "strict": True}]},
    ),
    "named choice": (
        {
            "tools": [{"type": "function", "function": FUNCTION}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
            "parallel_tool_calls": False,
        },
        {
            "input": [SAID_HI],
            "tools": [{"type": "function", **FUNCTION, "strict": False}],
            "tool_choice": {"type": "function", "name": "f"},
            "parallel_tool_calls": False,
        },
    ),
    "allowed tools": (
        {
            "tool_choice": {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "required",
                    "tools": [{"type": "function", "function": {"name": "f"}}],
                },
            }
        },
        {
            "input": [SAID_HI],
            "tool_choice": {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "function", "name": "f"}],
            },
        },
    ),
    "json schema": (
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "p", "schema": SCHEMA, "strict": True},
            },
            "verbosity": "low",
        },
        {
            "input": [SAID_HI],
            "text": {
                "format": {"type": "json_schema", "name": "p", "schema": SCHEMA, "strict": True},
                "verbosity": "low",
            },
        },
    ),
    "json object": (
        {"response_format": {"type": "json_object"}},
        {"input": [SAID_HI], "text": {"format": {"type": "json_object"}}},
    ),
    "limits": (
        {"max_tokens": 100, "temperature": 0.5, "top_p": 0.9},
        {"input": [SAID_HI], "max_output_tokens": 100, "temperature": 0.5, "top_p": 0.9},
    ),
    "probabilities": (
        {"logprobs": True, "top_logprobs": 3},
        {
            "input": [SAID_HI],
            "include": ["message.output_text.logprobs"],
            "top_logprobs": 3,
        },
    ),
    "effort is shown": (
        {"reasoning_effort": "high"},
        {
            "input": [SAID_HI],
            "reasoning": {"effort": "high", "summary": "auto"},
            "include": ["reasoning.encrypted_content"],
        },
    ),
    "thinking that is hidden": (
        {"reasoning": {"effort": "low", "exclude": True}},
        {
            "input": [SAID_HI],
            "reasoning": {"effort": "low"},
            "include": ["reasoning.encrypted_content"],
        },
    ),
    "thinking switched off": (
        {"reasoning": {"enabled": False}},
        {
            "input": [SAID_HI],
            "reasoning": {"effort": "none"},
            "include": ["reasoning.encrypted_content"],
        },
    ),
    "pictures": (
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "?"},
                        {"type": "image_url", "image_url": {"url": DATA, "detail": "low"}},
                        {"type": "file", "file": {"file_data": "data:application/pdf;base64,QQ"}},
                        {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}},
                    ],
                }
            ]
        },
        {
            "input": [
                {
                    "type": "message",
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": "?"},
                        {"type": "input_image", "image_url": DATA, "detail": "low"},
                        {
                            "type": "input_file",
                            "filename": "document.pdf",
                            "file_data": "data:application/pdf;base64,QQ",
                        },
                        {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}},
                    ],
                }
            ]
        },
    ),
    "fields that mean the same": (
        {"metadata": {"a": "b"}, "prompt_cache_key": "k", "service_tier": "flex"},
        {
            "input": [SAID_HI],
            "metadata": {"a": "b"},
            "prompt_cache_key": "k",
            "service_tier": "flex",
        },
    ),
}

DOWN: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "a string": ({}, {"messages": [HI]}),
    "instructions": (
        {"instructions": "Be kind.", "input": [HI]},
        {"messages": [{"role": "system", "content": "Be kind."}, HI]},
    ),
    "a turn of items": (
        {"input": CALL_ITEMS},
        {"messages": [CALLS[0], {**CALLS[1], "tool_calls": None}, *CALLS[2:]]},
    ),
    "parts": (
        {
            "input": [
                {
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": "?"},
                        {"type": "input_image", "image_url": DATA, "detail": "high"},
                        {"type": "input_file", "file_id": "file_1"},
                    ],
                }
            ]
        },
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "?"},
                        {"type": "image_url", "image_url": {"url": DATA, "detail": "high"}},
                        {"type": "file", "file": {"file_id": "file_1"}},
                    ],
                }
            ]
        },
    ),
    "a closed schema is strict unless said": (
        {"tools": [{"type": "function", "name": "f", "parameters": SCHEMA}]},
        {
            "messages": [HI],
            "tools": [
                {
                    "type": "function",
                    "function": {"name": "f", "parameters": SCHEMA, "strict": True},
                }
            ],
        },
    ),
    "an open schema is not": (
        {
            "tools": [{"type": "function", "name": "f", "parameters": OPEN_SCHEMA}],
            "tool_choice": {"type": "function", "name": "f"},
        },
        {
            "messages": [HI],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": OPEN_SCHEMA}}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
        },
    ),
    "allowed tools are the only ones": (
        {
            "tools": [
                {"type": "function", "name": name, "parameters": OPEN_SCHEMA} for name in "fg"
            ],
            "tool_choice": {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "function", "name": "g"}],
            },
        },
        {
            "messages": [HI],
            "tools": [{"type": "function", "function": {"name": "g", "parameters": OPEN_SCHEMA}}],
            "tool_choice": "required",
        },
    ),
    "text options": (
        {
            "text": {
                "format": {"type": "json_schema", "name": "p", "schema": SCHEMA, "strict": True},
                "verbosity": "low",
            },
            "max_output_tokens": 50,
            "top_logprobs": 2,
            "store": False,
            "truncation": "disabled",
            "include": ["reasoning.encrypted_content"],
        },
        {
            "messages": [HI],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "p", "schema": SCHEMA, "strict": True},
            },
            "verbosity": "low",
            "max_tokens": 50,
            "logprobs": True,
            "top_logprobs": 2,
        },
    ),
}

REFUSED: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    ("no input", {"input": None}, "input"),
    ("empty input", {"input": []}, "input"),
    ("input a number", {"input": 7}, "input"),
    ("unknown role", {"input": [{"role": "robot", "content": "x"}]}, "input[0].role"),
    ("no role", {"input": [{"content": "x"}]}, "input[0].role"),
    ("stored item", {"input": [{"type": "item_reference", "id": "x"}]}, "input[0]"),
    ("stored response", {"previous_response_id": "resp_1"}, "previous_response_id"),
    ("stored conversation", {"conversation": {"id": "c"}}, "conversation"),
    ("stored prompt", {"prompt": {"id": "p"}}, "prompt"),
    ("to be stored", {"store": True}, "store"),
    ("in the background", {"background": True}, "background"),
    ("nameless function", {"tools": [{"type": "function"}]}, "tools[0].name"),
    ("nameless choice", {"tool_choice": {"type": "function"}}, "tool_choice.name"),
    ("nameless schema", {"text": {"format": {"type": "json_schema"}}}, "text.format.name"),
    ("hot", {"temperature": 3}, "temperature"),
    ("unknown effort", {"reasoning": {"effort": "huge"}}, "reasoning.effort"),
)

UNREADABLE: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"role": "user", "content": [{"type": "hologram"}]}, "input[0].content[0].type"),
    ({"role": "user", "content": [{"type": "input_image"}]}, "input[0].content[0]"),
    ({"role": "user", "content": [{"type": "input_text"}]}, "input[0].content[0].type"),
    ({"type": "function_call", "name": "f", "arguments": "{}"}, "input[0].call_id"),
    ({"type": "function_call_output", "call_id": "c"}, "input[0].output"),
)

DETAILS: Final = [
    {"type": "reasoning.summary", "summary": "s", "format": "openai-responses-v1", "index": 0},
    {
        "type": "reasoning.encrypted",
        "data": "gAAA",
        "id": "rs_1",
        "format": "openai-responses-v1",
        "index": 0,
    },
]
OURS: Final = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": "s"}],
    "encrypted_content": "gAAA",
}
SIGNED: Final = [
    {
        "type": "reasoning.text",
        "text": "hm",
        "signature": "sig",
        "format": "anthropic-claude-v1",
        "index": 0,
    }
]
