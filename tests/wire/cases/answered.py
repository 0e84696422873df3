"""Streams as OpenAI-compatible providers send them, and what the client must hear.

The forms are those of recorded traffic and of the providers' references; the words are ours.
"""

import json
from typing import Any, Final

from tests.wire.cases.wire_case import Answered, Fields, call
from tests.wire.heard import Counts, Voice

from turnout.core.errors import FailureKind

HEAD: Final[Fields] = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1_700_000_000,
    "model": "upstream-model",
}
USAGE: Final[Fields] = {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14}
PLAIN: Final = Counts(10, 4, 0, 0)
DONE: Final = b"data: [DONE]\n\n"


def event(fields: Fields) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(fields, ensure_ascii=False).encode() + b"\n\n"


def delta(finish: str | None = None, index: int = 0, **words: Any) -> bytes:
    """One chunk of one choice."""
    choice = {"index": index, "delta": words, "logprobs": None, "finish_reason": finish}
    return event({**HEAD, "choices": [choice]})


def usage(**counts: Any) -> bytes:
    """The last chunk: no choices, only counts."""
    return event({**HEAD, "choices": [], "usage": {**USAGE, **counts}})


def called(index: int | None, arguments: str, name: str | None = None, **more: Any) -> Fields:
    """One item of a delta's tool_calls; the id and name come with its first piece."""
    function = {"arguments": arguments} if name is None else {"name": name, "arguments": arguments}
    item: Fields = {"function": function, **more}
    return item if index is None else {"index": index, **item}


ROLE: Final = delta(role="assistant", content="")
TEXT: Final = ROLE + delta(content="Grüße ") + delta(content="👋") + delta("stop")
SAID: Final = {0: Voice(text="Grüße 👋", finish="stop")}

TOOL_PIECES: Final = (
    ROLE
    + delta(tool_calls=[called(0, "", "get_weather", id="call_1", type="function")])
    + delta(tool_calls=[called(0, '{"ci')])
    + delta(tool_calls=[called(0, 'ty":"Aix"}')])
    + delta("tool_calls")
)
TWO_TOOLS: Final = {
    0: Voice(
        calls=[call(1, "get_weather", '{"city":"Aix"}'), call(2, "get_time", "{}")],
        finish="tool_calls",
    )
}

ANSWERED: Final = (
    Answered("text", TEXT + usage() + DONE, SAID, PLAIN),
    Answered(
        "tool call in three pieces",
        TOOL_PIECES + usage() + DONE,
        {0: Voice(calls=[call(1, "get_weather", '{"city":"Aix"}')], finish="tool_calls")},
        PLAIN,
    ),
    Answered(
        "parallel tool calls, interleaved",
        ROLE
        + delta(tool_calls=[called(0, '{"city"', "get_weather", id="call_1", type="function")])
        + delta(tool_calls=[called(1, "", "get_time", id="call_2", type="function")])
        + delta(tool_calls=[called(0, ':"Aix"}'), called(1, "{}")])
        + delta("tool_calls")
        + usage()
        + DONE,
        TWO_TOOLS,
        PLAIN,
    ),
    Answered(
        "whole tool calls in one chunk, without index, ended by stop",
        delta(
            "stop",
            role="assistant",
            tool_calls=[
                called(None, '{"city":"Aix"}', "get_weather", id="call_1", type="function"),
                called(None, "{}", "get_time", id="call_2", type="function"),
            ],
        )
        + usage()
        + DONE,
        TWO_TOOLS,
        PLAIN,
    ),
    Answered(
        "thinking as reasoning",
        delta(role="assistant", reasoning="2+")
        + delta(reasoning="2")
        + delta(content="4")
        + delta("stop")
        + usage(completion_tokens_details={"reasoning_tokens": 3})
        + DONE,
        {0: Voice(text="4", reasoning="2+2", finish="stop")},
        Counts(10, 4, 0, 3),
    ),
    Answered(
        "thinking as reasoning_content, words null",
        delta(role="assistant", content=None, reasoning_content="2+")
        + delta(content=None, reasoning_content="2")
        + delta(content="4", reasoning_content=None)
        + delta("stop", content="")
        + usage()
        + DONE,
        {0: Voice(text="4", reasoning="2+2", finish="stop")},
        PLAIN,
    ),
    Answered(
        "thinking told twice, as text and as details",
        delta(
            role="assistant",
            content="",
            reasoning="2+2",
            reasoning_details=[{"type": "reasoning.text", "text": "2+2", "index": 0}],
        )
        + delta(content="4")
        + delta("stop")
        + usage()
        + DONE,
        {0: Voice(text="4", reasoning="2+2", finish="stop")},
        PLAIN,
    ),
    Answered(
        "cut by length",
        ROLE + delta(content="Gr") + delta("length") + usage() + DONE,
        {0: Voice(text="Gr", finish="length")},
        PLAIN,
    ),
    Answered(
        "stopped by a filter",
        ROLE + delta(content="Gr") + delta("content_filter") + usage() + DONE,
        {0: Voice(text="Gr", finish="content_filter")},
        PLAIN,
    ),
    Answered(
        "refused in words",
        ROLE + delta(refusal="I can") + delta(refusal="not.") + delta("stop") + usage() + DONE,
        {0: Voice(refusal="I cannot.", finish="stop")},
        PLAIN,
    ),
    Answered(
        "two choices",
        ROLE
        + delta(index=1, content="b")
        + delta(content="a")
        + delta("stop")
        + delta("length", index=1)
        + usage()
        + DONE,
        {0: Voice(text="a", finish="stop"), 1: Voice(text="b", finish="length")},
        PLAIN,
    ),
    Answered(
        "part of the prompt from a cache",
        TEXT + usage(prompt_tokens_details={"cached_tokens": 8}) + DONE,
        SAID,
        Counts(10, 4, 8, 0),
    ),
    Answered(
        "cache hits in DeepSeek's words",
        TEXT + usage(prompt_cache_hit_tokens=8, prompt_cache_miss_tokens=2) + DONE,
        SAID,
        Counts(10, 4, 8, 0),
    ),
    Answered(
        "thinking counted beside the completion",
        TEXT + usage(total_tokens=17, completion_tokens_details={"reasoning_tokens": 3}) + DONE,
        SAID,
        Counts(10, 7, 0, 3),
    ),
    Answered(
        "usage on the last choice",
        ROLE
        + delta(content="Grüße 👋")
        + event(
            {
                **HEAD,
                "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
                "usage": USAGE,
            }
        )
        + DONE,
        SAID,
        PLAIN,
    ),
    Answered("usage missing", TEXT + DONE, SAID),
    Answered(
        "usage null until the end",
        TEXT.replace(b'"choices"', b'"usage": null, "choices"') + usage() + DONE,
        SAID,
        PLAIN,
    ),
    Answered("ended without [DONE]", TEXT + usage(), SAID, PLAIN, ended=False),
    Answered("ended without a last blank line", TEXT + usage() + b"data: [DONE]", SAID, PLAIN),
    Answered(
        "CRLF, comments and event names",
        (
            b": hello\n\n"
            + TEXT.replace(b"data: ", b"event: message\nid: 7\ndata:")
            + b": tick\n\n"
        ).replace(b"\n", b"\r\n")
        + (usage() + DONE).replace(b"\n", b"\r\n"),
        SAID,
        PLAIN,
    ),
    Answered(
        "one event over several lines",
        TEXT.replace(b', "choices"', b',\ndata: "choices"') + usage() + DONE,
        SAID,
        PLAIN,
    ),
    Answered("byte order mark", b"\xef\xbb\xbf" + TEXT + usage() + DONE, SAID, PLAIN),
    Answered(
        "error in the middle",
        ROLE
        + delta(content="Gr")
        + event({"error": {"message": "Overloaded", "type": "overloaded_error", "code": 503}}),
        {0: Voice(text="Gr", finish="error")},
        failure=FailureKind.OVERLOADED,
        ended=False,
    ),
    Answered(
        "error before anything",
        event({"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}),
        {},
        failure=FailureKind.RATE_LIMITED,
        ended=False,
    ),
    Answered(
        "error as bare JSON under 200",
        b'{"error": {"message": "The server had an error", "type": "server_error"}}',
        {},
        failure=FailureKind.SERVER,
        ended=False,
    ),
)
