"""What Ollama gets and says, by a table written from its documents."""

import json
from typing import Final

import msgspec
import pytest
from tests.wire.cases.bedrock_words import (
    ASKED_SCHEMA,
    CACHE,
    PNG,
    called,
    file,
    image,
    result,
    tool,
    user,
)
from tests.wire.cases.wire_case import Fields, patched

from turnout.core.errors import FailureKind, Refusal, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Outgoing
from turnout.dialects.bridge import Translation
from turnout.dialects.events import (
    Failure,
    Finish,
    Logprobs,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)
from turnout.dialects.ollama_chat.adapter import OllamaChat
from turnout.dialects.openai_chat.client import CLIENT
from turnout.wire.ndjson import Lines

ADAPTER: Final = OllamaChat()
BRIDGE: Final = Translation(CLIENT, ADAPTER)
PLAIN: Final[Fields] = {
    "model": "qwen3:8b",
    "messages": [{"role": "user", "content": "hi"}],
    "stream": False,
}
LOOK: Final[Fields] = {"type": "function", "function": tool()["function"]}


def sent(request: Fields, model: str = "qwen3:8b") -> Outgoing:
    """What goes up for a client's request."""
    asked = {"model": "author/model", "messages": [user("hi")], **request}
    endpoint = Endpoint(
        id="author/model@ollama",
        model="author/model",
        provider="ollama",
        tag="ollama",
        upstream_model=model,
        price=Unpriced(),
        context_tok=32_768,
    )
    return BRIDGE.request(CLIENT.read(msgspec.json.encode(asked), {}), endpoint)


Told = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
NOTHING: Final[Told] = ((), (), ())
CALL: Final[Fields] = {"id": "t1", "function": {"name": "look", "arguments": {"q": 1}}}
CAME: Final[Fields] = {
    "role": "tool",
    "content": "found",
    "tool_name": "look",
    "tool_call_id": "t1",
}

CASES: Final[dict[str, tuple[Fields, Fields, Told]]] = {
    "plain": ({}, {}, NOTHING),
    "options-of-the-runner": (
        {
            "max_tokens": 9,
            "temperature": 0.5,
            "top_p": 0.5,
            "top_k": 5,
            "min_p": 0.1,
            "seed": 7,
            "stop": ["x"],
            "repetition_penalty": 1.1,
            "frequency_penalty": 0.5,
            "presence_penalty": 0.25,
        },
        {
            "options": {
                "num_predict": 9,
                "temperature": 0.5,
                "top_p": 0.5,
                "top_k": 5,
                "min_p": 0.1,
                "seed": 7,
                "stop": ["x"],
                "repeat_penalty": 1.1,
                "frequency_penalty": 0.5,
                "presence_penalty": 0.25,
            }
        },
        NOTHING,
    ),
    "own-words-pass-over-ours": (
        {"options": {"num_ctx": 8192, "temperature": 0}, "temperature": 1, "keep_alive": "1h"},
        {"options": {"num_ctx": 8192, "temperature": 0}, "keep_alive": "1h"},
        NOTHING,
    ),
    "no-words-for-it": (
        {"top_a": 0.1, "logit_bias": {"1": 1}, "n": 2, "user": "u", "service_tier": "flex"},
        {},
        (("user", "service_tier", "top_a", "logit_bias", "n"), (), ()),
    ),
    "probabilities": (
        {"logprobs": True, "top_logprobs": 3},
        {"logprobs": True, "top_logprobs": 3},
        NOTHING,
    ),
    "developer-is-system": (
        {"messages": [{"role": "developer", "content": "s"}, user("hi")]},
        {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "hi"}]},
        NOTHING,
    ),
    "picture": (
        {"messages": [user("see", image(PNG))]},
        {"messages": [{"role": "user", "content": "see", "images": [PNG]}]},
        NOTHING,
    ),
    "file-that-is-text": (
        {"messages": [user("read", file("a.txt", "text/plain", "SGVsbG8="))]},
        {"messages": [{"role": "user", "content": "read\na.txt:\nHello"}]},
        ((), ("messages.file",), ()),
    ),
    "tool-loop": (
        {
            "messages": [user("hi"), {**called(text="Let me."), "reasoning": "hm"}, result()],
            "tools": [tool()],
        },
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "content": "Let me.",
                    "thinking": "hm",
                    "tool_calls": [CALL],
                },
                CAME,
            ],
            "tools": [LOOK],
        },
        NOTHING,
    ),
    "result-with-a-picture": (
        {
            "messages": [
                user("hi"),
                called(),
                {**result(), "content": [{"type": "text", "text": "found"}, image(PNG)]},
            ]
        },
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": "", "tool_calls": [CALL]},
                CAME,
                {"role": "user", "content": "", "images": [PNG]},
            ]
        },
        ((), ("messages.tool",), ()),
    ),
    "choice-none": (
        {"tools": [tool()], "tool_choice": "none"},
        {},
        ((), (), ("tool_choice",)),
    ),
    "choice-that-cannot-be-demanded": (
        {"tools": [tool()], "tool_choice": "required"},
        {"tools": [LOOK]},
        (("tool_choice",), (), ()),
    ),
    "cache-marks": (
        {"messages": [user({"type": "text", "text": "hi", **CACHE})]},
        {},
        (("messages.cache_control",), (), ()),
    ),
    "json": ({"response_format": {"type": "json_object"}}, {"format": "json"}, NOTHING),
    "schema": (
        {"response_format": ASKED_SCHEMA},
        {"format": {"type": "object", "properties": {"a": {"type": "integer"}}}},
        NOTHING,
    ),
    "think": ({"reasoning": {"enabled": True}}, {"think": True}, NOTHING),
    "think-with-an-effort": (
        {"reasoning_effort": "high"},
        {"think": True},
        ((), ("reasoning.effort",), ()),
    ),
    "think-with-a-budget": (
        {"reasoning": {"max_tokens": 2000}},
        {"think": True},
        (("reasoning.max_tokens",), (), ()),
    ),
    "do-not-think": ({"reasoning_effort": "none"}, {"think": False}, NOTHING),
}


@pytest.mark.parametrize("name", CASES)
def test_ollama_gets_what_it_documents(name: str) -> None:
    """The body is the one of the table, and what was lost is told."""
    request, expected, told = CASES[name]
    outgoing = sent(request)
    assert msgspec.json.decode(outgoing.request.body) == patched(PLAIN, expected)
    assert (outgoing.dropped, outgoing.translated, outgoing.emulated) == told
    assert outgoing.request.path == "/api/chat"


@pytest.mark.parametrize(
    ("effort", "level", "told"),
    [("high", "high", ()), ("minimal", "low", ("reasoning",)), ("xhigh", "high", ("reasoning",))],
)
def test_levels_of_thinking_where_there_are_levels(
    effort: str, level: str, told: tuple[str, ...]
) -> None:
    """gpt-oss has three."""
    outgoing = sent({"reasoning_effort": effort}, "gpt-oss:20b")
    assert msgspec.json.decode(outgoing.request.body)["think"] == level
    assert outgoing.translated == told


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"type": "image_url", "image_url": {"url": "https://x/a.png"}}, "messages.image_url"),
        (file("a.pdf", "application/pdf", "JVBERi0xLjQK/w=="), "messages.file"),
        ({"type": "video_url", "video_url": {"url": "https://x/a.mp4"}}, "messages.content"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(part: Fields, field: str) -> None:
    """The field, and what is taken instead."""
    with pytest.raises(Refusal) as caught:
        sent({"messages": [user("see", part)]})
    assert caught.value.param == field


def test_options_that_are_none_are_refused() -> None:
    """The caller's own words are looked at before they are merged."""
    with pytest.raises(Refusal) as caught:
        sent({"options": 3})
    assert caught.value.param == "options"


# ── answers ─────────────────────────────────────────────────────────────────────────────────────


def line(**message: object) -> bytes:
    """A line in the middle."""
    return json.dumps({"model": "m", "created_at": "t", "message": message, "done": False}).encode()


def test_stream_says_thinking_words_and_whole_calls() -> None:
    """Calls get ids where they have none, each its own; the last line has the counts."""
    decoder = ADAPTER.decoder()
    calls = [{"function": {"name": "look", "arguments": {"q": n}}} for n in range(2)]
    last = {
        "model": "m",
        "created_at": "t",
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 3,
        "eval_count": 5,
    }
    body = b"\r\n".join(
        (
            line(thinking="hm"),
            b"",
            line(content="a"),
            line(tool_calls=calls),
            json.dumps(last).encode(),
        )
    )
    events = decoder.feed(body)
    assert not decoder.ended
    events += decoder.end()
    assert decoder.ended
    ids = [one.id for one in events if isinstance(one, ToolCallDelta)]
    assert len(set(ids)) == 2
    assert events == [
        ReasoningDelta("hm"),
        TextDelta("a"),
        ToolCallDelta(0, ids[0], "look", '{"q": 0}'),
        ToolCallDelta(1, ids[1], "look", '{"q": 1}'),
        Finish("tool_calls", "stop"),
        UsageReport(Usage(text_in=3, text_out=5)),
    ]


@pytest.mark.parametrize(
    ("native", "unified"), [("stop", "stop"), ("length", "length"), ("load", "stop")]
)
def test_ends_are_unified(native: str, unified: str) -> None:
    """The native reason stays beside the unified one."""
    body = {"message": {"content": "a"}, "done": True, "done_reason": native}
    *_, finish = ADAPTER.decode(json.dumps(body).encode()).events
    assert isinstance(finish, Finish)
    assert (finish.reason, finish.native) == (unified, native)


def test_probabilities_have_openais_form() -> None:
    """Ollama's entries are OpenAI's."""
    entry = {"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}
    body = {"message": {"content": "a"}, "done": True, "logprobs": [entry]}
    events = ADAPTER.decode(json.dumps(body).encode()).events
    (told,) = (json.loads(bytes(e.payload)) for e in events if isinstance(e, Logprobs))
    assert told == {"content": [entry]}


def test_error_in_the_stream_is_typed() -> None:
    """A line that is an error, after words."""
    decoder = ADAPTER.decoder()
    *_, failure = decoder.feed(line(content="a") + b'\n{"error":"model runner has stopped"}\n')
    assert isinstance(failure, Failure)
    assert failure.error.kind is FailureKind.SERVER
    assert failure.error.message == "model runner has stopped"
    with pytest.raises(UpstreamError) as caught:
        ADAPTER.decode(b'{"error":"model \'x\' not found"}')
    assert caught.value.kind is FailureKind.MODEL_NOT_FOUND


def test_unfinished_line_is_bounded() -> None:
    """An upstream that never ends a line cannot fill the memory."""
    lines = Lines(limit_b=10)
    assert lines.feed(b"0123456789\n0123456789") == [b"0123456789"]
    with pytest.raises(UpstreamError) as caught:
        lines.feed(b"x")
    assert caught.value.kind is FailureKind.DECODE


def test_models_are_listed() -> None:
    """For discovery."""
    assert ADAPTER.decode_models(b'{"models":[{"name":"qwen3:8b"}]}') == ("qwen3:8b",)
    with pytest.raises(UpstreamError):
        ADAPTER.decode_models(b"[]")
