"""Streams as upstreams really send them, each an oddity, with what a client must make of it.

Each row: a name, the payloads, and for choice 0 what must be heard.
"""

import json
from typing import Any, Final

Payloads = tuple[str, ...]


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
    """One upstream chunk of choice 0."""
    return json.dumps(
        {
            "id": "up-1",
            "object": "chat.completion.chunk",
            "created": 5,
            "model": "up",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            **more,
        },
        separators=(",", ":"),
    )


def call(arguments: str = "", **more: Any) -> dict[str, Any]:
    """A delta with one tool call."""
    name = more.pop("name", None)
    function: dict[str, Any] = {"arguments": arguments}
    if name is not None:
        function["name"] = name
    return {"tool_calls": [{**more, "function": function}]}


def heard(**said: Any) -> dict[str, Any]:
    """What is expected; names as in `fold`."""
    return said


USAGE: Final = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
ROLE: Final = chunk({"role": "assistant", "content": ""})
DONE: Final = "[DONE]"
STOP: Final = ("stop", "stop")

STREAMS: Final[tuple[tuple[str, Payloads, dict[str, Any]], ...]] = (
    (
        "plain",
        (
            ROLE,
            chunk({"content": "Hel"}),
            chunk({"content": "lo"}),
            chunk({"content": ' "w"\n'}),
            chunk({}, "stop"),
            DONE,
        ),
        heard(content='Hello "w"\n', finish=STOP),
    ),
    (
        "no role",
        (chunk({"content": "a"}), chunk({"content": "b"}), chunk({}, "stop"), DONE),
        heard(content="ab", finish=STOP),
    ),
    (
        "role in every chunk",
        (
            chunk({"role": "assistant", "content": "a"}),
            chunk({"role": "assistant", "content": "b"}),
            chunk({"role": "assistant", "content": "c"}, "stop"),
            DONE,
        ),
        heard(content="abc", finish=STOP),
    ),
    (
        "empty finish reasons",
        (chunk({"content": "a"}, ""), chunk({"content": "b"}, ""), chunk({}, "stop"), DONE),
        heard(content="ab", finish=STOP),
    ),
    (
        "finish twice",
        (chunk({"content": "a"}), chunk({}, "stop"), chunk({}, "stop"), DONE),
        heard(content="a", finish=STOP),
    ),
    (
        "native finish",
        (chunk({"content": "a"}, "eos"), DONE),
        heard(content="a", finish=("stop", "eos")),
    ),
    (
        "cut short",
        (chunk({"content": "a"}, "length"), DONE),
        heard(content="a", finish=("length", "length")),
    ),
    ("no end", (chunk({"content": "a"}),), heard(content="a", finish=None)),
    ("done twice", (chunk({"content": "a"}, "stop"), DONE, DONE), heard(content="a", finish=STOP)),
    (
        "usage on the last choice",
        (chunk({"content": "a"}), chunk({}, "stop", usage=USAGE), DONE),
        heard(content="a", finish=STOP, usage=(5, 7)),
    ),
    (
        "usage in every chunk",
        (
            chunk({"content": "a"}, usage={**USAGE, "completion_tokens": 1}),
            chunk({"content": "b"}, usage={**USAGE, "completion_tokens": 2}),
            chunk({}, "stop", usage=USAGE),
            DONE,
        ),
        heard(content="ab", finish=STOP, usage=(5, 7)),
    ),
    (
        "usage null",
        (
            chunk({"content": "a"}, usage=None),
            chunk({"content": "b"}, "stop", usage=None),
            '{"choices":[],"usage":' + json.dumps(USAGE) + "}",
            DONE,
        ),
        heard(content="ab", usage=(5, 7)),
    ),
    (
        "usage on the choice",
        (
            '{"id":"x","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop","usage":'
            + json.dumps(USAGE)
            + "}]}",
            DONE,
        ),
        heard(content="a", usage=(5, 7)),
    ),
    (
        "reasoning_content",
        (
            chunk({"reasoning_content": "hm"}),
            chunk({"reasoning_content": "m"}),
            chunk({"content": "a", "reasoning_content": None}, "stop"),
            DONE,
        ),
        heard(
            reasoning="hmm",
            content="a",
            details=[{"type": "reasoning.text", "text": "hmm", "format": "unknown", "index": 0}],
        ),
    ),
    (
        "reasoning",
        (chunk({"reasoning": "hm"}), chunk({"content": "a"}, "stop"), DONE),
        heard(reasoning="hm", content="a"),
    ),
    (
        "details with a seal",
        (
            chunk(
                {
                    "reasoning": "hm",
                    "reasoning_details": [
                        {
                            "type": "reasoning.text",
                            "text": "hm",
                            "format": "anthropic-claude-v1",
                            "index": 0,
                        }
                    ],
                }
            ),
            chunk(
                {
                    "reasoning_details": [
                        {
                            "type": "reasoning.text",
                            "signature": "sig",
                            "format": "anthropic-claude-v1",
                            "index": 0,
                        }
                    ]
                }
            ),
            chunk(
                {
                    "reasoning_details": [
                        {
                            "type": "reasoning.encrypted",
                            "data": "zz",
                            "id": "r",
                            "format": "openai-responses-v1",
                            "index": 1,
                        }
                    ]
                }
            ),
            chunk({"content": "a"}, "stop"),
            DONE,
        ),
        heard(
            reasoning="hm",
            content="a",
            details=[
                {
                    "type": "reasoning.text",
                    "text": "hm",
                    "signature": "sig",
                    "format": "anthropic-claude-v1",
                    "index": 0,
                },
                {
                    "type": "reasoning.encrypted",
                    "data": "zz",
                    "id": "r",
                    "format": "openai-responses-v1",
                    "index": 1,
                },
            ],
        ),
    ),
    (
        "content in parts",
        (
            chunk(
                {
                    "content": [
                        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                        {"type": "text", "text": "a"},
                    ]
                },
                "stop",
            ),
            DONE,
        ),
        heard(reasoning="hm", content="a"),
    ),
    (
        "refusal",
        (chunk({"refusal": "no"}), chunk({}, "content_filter"), DONE),
        heard(refusal="no", finish=("content_filter", "content_filter")),
    ),
    (
        "picture",
        (
            chunk(
                {"content": "", "images": [{"type": "image_url", "image_url": {"url": "data:,"}}]},
                "stop",
            ),
            DONE,
        ),
        heard(images=[{"type": "image_url", "image_url": {"url": "data:,"}}]),
    ),
    (
        "annotations",
        (chunk({"content": "a", "annotations": [{"type": "url_citation"}]}, "stop"), DONE),
        heard(content="a", annotations=[{"type": "url_citation"}]),
    ),
    (
        "escapes",
        (
            chunk({"content": "é😀"}),
            chunk({"content": "\\"}),
            chunk({"content": '\\"'}),
            chunk({"content": '","role":"x'}),
            chunk({}, "stop"),
            DONE,
        ),
        heard(content='é😀\\\\"","role":"x'),
    ),
    ("nothing", (ROLE, chunk({}, "stop"), DONE), heard(content="", finish=STOP)),
    (
        "a filter's first chunk",
        (
            '{"id":"","choices":[],"prompt_filter_results":[]}',
            ROLE,
            chunk({"content": "a"}),
            chunk({}, "stop"),
            DONE,
        ),
        heard(content="a", finish=STOP),
    ),
)
