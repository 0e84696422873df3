"""A read that brings good events and a broken one: what was said before the break is heard."""

import json
from collections.abc import Sequence
from typing import Any, Final

import pytest
from tests.wire.aws_frames import event

from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.adapter import Bridge, ClientDialect, Head, Outgoing, UpstreamRequest
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.anthropic_messages.client import CLIENT as MESSAGES
from turnout.dialects.bedrock_converse.adapter import BedrockConverse
from turnout.dialects.bridge import Translation, bridge
from turnout.dialects.cohere_chat.adapter import CohereChat
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.ollama_chat.adapter import OllamaChat
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_completions.client import CLIENT as COMPLETIONS
from turnout.dialects.openai_completions.native import completions
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.client import CLIENT as RESPONSES

HEAD: Final = Head("gen-1", 1_700_000_000, "author/model", "Provider")
SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
WORDS: Final = ("one ", "two ", "três ")
BAD: Final = '{"broken'


def sse(*payloads: dict[str, Any] | str) -> bytes:
    """Events, named by their type where they have one."""
    out = ""
    for payload in payloads:
        if isinstance(payload, str):
            out += f"data: {payload}\n\n"
            continue
        named = f"event: {payload['type']}\n" if "type" in payload else ""
        out += f"{named}data: {json.dumps(payload, ensure_ascii=False)}\n\n"
    return out.encode()


def _chat(text: str) -> dict[str, Any]:
    delta = {"role": "assistant", "content": text}
    return {"id": "c-1", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}


def _message_delta(text: str) -> dict[str, Any]:
    told = {"type": "text_delta", "text": text}
    return {"type": "content_block_delta", "index": 0, "delta": told}


def _converse(text: str) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}})


def _cohere(text: str) -> dict[str, Any]:
    return {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": text}}}}


def _spoken(text: str) -> dict[str, Any]:
    return {
        "type": "response.output_text.delta",
        "output_index": 0,
        "content_index": 0,
        "item_id": "m-1",
        "sequence_number": 4,
        "delta": text,
    }


MESSAGE: Final[Sequence[dict[str, Any]]] = (
    {
        "type": "message_start",
        "message": {"id": "m-1", "type": "message", "role": "assistant", "content": []},
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
)
ITEM: Final[dict[str, Any]] = {"type": "message", "id": "m-1", "role": "assistant", "content": []}
OPENED: Final[Sequence[dict[str, Any]]] = (
    {"type": "response.created", "sequence_number": 0, "response": {"id": "r-1", "output": []}},
    {"type": "response.output_item.added", "output_index": 0, "sequence_number": 1, "item": ITEM},
)
DAMAGED: Final = bytearray(_converse("never"))
DAMAGED[-1] ^= 0x10
NOT_UTF8: Final = sse(_message_delta("never")).replace(b"never", b"\xff")
COMPLETED: Final = [{"index": 0, "text": word, "finish_reason": None} for word in WORDS]

UPSTREAMS: Final = {
    "openai.chat": (OpenAIChat(), sse(*map(_chat, WORDS)), sse(BAD)),
    "openai.chat, lines by CRLF": (
        OpenAIChat(),
        sse(*map(_chat, WORDS)).replace(b"\n", b"\r\n"),
        sse(BAD).replace(b"\n", b"\r\n"),
    ),
    "anthropic.messages": (
        AnthropicMessages(),
        sse(*MESSAGE, *map(_message_delta, WORDS)),
        sse(BAD),
    ),
    "anthropic.messages, no UTF-8": (
        AnthropicMessages(),
        sse(*MESSAGE, *map(_message_delta, WORDS)),
        NOT_UTF8,
    ),
    "openai.responses": (OpenAIResponses(), sse(*OPENED, *map(_spoken, WORDS)), sse(BAD)),
    "gemini": (
        Gemini(),
        sse(*({"candidates": [{"content": {"parts": [{"text": word}]}}]} for word in WORDS)),
        sse(BAD),
    ),
    "cohere.chat": (CohereChat(), sse(*map(_cohere, WORDS)), sse(BAD)),
    "ollama.chat": (
        OllamaChat(),
        b"".join(
            b'{"message":{"content":%b},"done":false}\n' % json.dumps(word).encode()
            for word in WORDS
        ),
        BAD.encode() + b"\n",
    ),
    "bedrock.converse": (
        BedrockConverse(),
        b"".join(map(_converse, WORDS)),
        event("contentBlockDelta", {"contentBlockIndex": "one"}),
    ),
    "bedrock.converse, a wrong sum": (
        BedrockConverse(),
        b"".join(map(_converse, WORDS)),
        bytes(DAMAGED),
    ),
}
ASKED: Final[dict[str, ClientDialect]] = {
    "chat": CHAT,
    "messages": MESSAGES,
    "responses": RESPONSES,
}

WAYS: Final[dict[str, tuple[Bridge, bytes, bytes]]] = {
    f"{client} ({way}) at {upstream}": (made, good, bad)
    for upstream, (adapter, good, bad) in UPSTREAMS.items()
    for client, dialect in ASKED.items()
    for way, made in {
        "translated": Translation(dialect, adapter),
        "as served": bridge(dialect, adapter),
    }.items()
    if way == "translated" or not isinstance(made, Translation)
}
WAYS["completions (as served)"] = (
    bridge(COMPLETIONS, completions()),
    sse(*({"id": "c-1", "choices": [choice]} for choice in COMPLETED)),
    sse(BAD),
)

every_way = pytest.mark.parametrize(("made", "good", "bad"), WAYS.values(), ids=WAYS.keys())


@every_way
def test_good_events_before_a_broken_one_in_the_same_read_are_heard(
    made: Bridge, good: bytes, bad: bytes
) -> None:
    """The client gets the bytes it would have got without the break, and the break is known."""
    whole, broken = made.stream(HEAD, SENT), made.stream(HEAD, SENT)
    said = whole.feed(good)
    assert whole.tally.content
    assert broken.feed(good + bad) == said
    assert broken.tally.spoken == whole.tally.spoken
    assert broken.tally.error is not None
    assert broken.tally.error.kind is FailureKind.DECODE
    assert broken.feed(good) == b""


@every_way
def test_broken_event_that_comes_by_itself_is_a_typed_error(
    made: Bridge, good: bytes, bad: bytes
) -> None:
    """A read without a good event in it raises."""
    stream = made.stream(HEAD, SENT)
    assert stream.feed(good)
    with pytest.raises(UpstreamError) as caught:
        stream.feed(bad)
    assert caught.value.kind is FailureKind.DECODE
