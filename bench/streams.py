"""Streams as the providers write them, one event a token, for what translating costs.

Written by hand after recorded traffic of each provider: what rides on every event there (ids,
counts, padding) rides on every event here.
"""

import json
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

Fields: TypeAlias = dict[str, Any]

TOKENS: Final = 100
_WORD: Final = " token"


def openai_chat() -> list[bytes]:
    """Chunks with an id, a fingerprint and a tier on each."""
    return [
        _chunk({"role": "assistant", "content": "", "refusal": None}),
        *(_chunk({"content": _WORD}) for _ in range(TOKENS)),
        _chunk({}, "stop"),
        b"data: [DONE]\n\n",
    ]


def _chunk(delta: Fields, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _sse(
        {
            "id": "chatcmpl-CUyGqp8cQMzXfXBUWmZ5Bj0VhWFkS",
            "object": "chat.completion.chunk",
            "created": 1_761_494_572,
            "model": "gpt-4.1-mini-2025-04-14",
            "service_tier": "default",
            "system_fingerprint": "fp_4c2851f862",
            "choices": [choice],
        }
    )


def anthropic_messages() -> list[bytes]:
    """Named events; a delta says no more than where it belongs."""
    message: Fields = {
        "model": "claude-sonnet-4-5-20250929",
        "id": "msg_01QiB6zyoTGWvxBFPkgZcWA5",
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 12, "output_tokens": 1, "service_tier": "standard"},
    }
    delta = {"type": "text_delta", "text": _WORD}
    return [
        _named({"type": "message_start", "message": message}),
        _named({"type": "content_block_start", "index": 0, "content_block": _TEXT_BLOCK}),
        *(
            _named({"type": "content_block_delta", "index": 0, "delta": delta})
            for _ in range(TOKENS)
        ),
        _named({"type": "content_block_stop", "index": 0}),
        _named(
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": TOKENS},
            }
        ),
        _named({"type": "message_stop"}),
    ]


_TEXT_BLOCK: Final = {"type": "text", "text": ""}


def openai_responses() -> list[bytes]:
    """Numbered events with their places, padded against listeners on the wire."""
    response: Fields = {
        "id": "resp_68fe4",
        "object": "response",
        "status": "in_progress",
        "output": [],
    }
    item: Fields = {"id": "msg_68fe4", "type": "message", "role": "assistant", "content": []}
    place = {"item_id": "msg_68fe4", "output_index": 0, "content_index": 0}
    part: Fields = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    whole: Fields = {**item, "status": "completed", "content": [{**part, "text": _WORD * TOKENS}]}
    usage = {"input_tokens": 12, "output_tokens": TOKENS, "total_tokens": TOKENS + 12}
    done: Fields = {**response, "status": "completed", "output": [whole], "usage": usage}
    rows: list[Fields] = [
        {"type": "response.created", "response": response},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **place, "part": part},
        *(
            {
                "type": "response.output_text.delta",
                **place,
                "delta": _WORD,
                "logprobs": [],
                "obfuscation": "gq5WXR9D20",
            }
            for _ in range(TOKENS)
        ),
        {"type": "response.output_text.done", **place, "text": _WORD * TOKENS, "logprobs": []},
        {"type": "response.output_item.done", "output_index": 0, "item": whole},
        {"type": "response.completed", "response": done},
    ]
    return [_named({**row, "sequence_number": number}) for number, row in enumerate(rows)]


def gemini() -> list[bytes]:
    """Whole responses, each with all counts so far."""
    return [*(_response(number + 1, None) for number in range(TOKENS)), _response(TOKENS, "STOP")]


def _response(tokens: int, finish: str | None) -> bytes:
    words = [{"text": _WORD if finish is None else ""}]
    candidate: Fields = {"content": {"parts": words, "role": "model"}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    return _sse(
        {
            "candidates": [candidate],
            "usageMetadata": {
                "promptTokenCount": 12,
                "candidatesTokenCount": tokens,
                "totalTokenCount": 12 + tokens,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 12}],
            },
            "modelVersion": "gemini-2.5-flash",
            "responseId": "1Hv-aN6fEvqyvdIPj6qYyQY",
        }
    )


def cohere_chat() -> list[bytes]:
    """Named events."""
    usage = {"tokens": {"input_tokens": 12, "output_tokens": TOKENS}}
    start: Fields = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": []}
    rows: list[Fields] = [
        {"id": "c0ffee", "type": "message-start", "delta": {"message": start}},
        {
            "type": "content-start",
            "index": 0,
            "delta": {"message": {"content": _TEXT_BLOCK}},
        },
        *(
            {
                "type": "content-delta",
                "index": 0,
                "delta": {"message": {"content": {"text": _WORD}}},
            }
            for _ in range(TOKENS)
        ),
        {"type": "content-end", "index": 0},
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}},
    ]
    return [_named(row) for row in rows]


def bedrock_converse() -> list[bytes]:
    """AWS's binary messages, padded as Bedrock's are."""
    usage = {"inputTokens": 12, "outputTokens": TOKENS, "totalTokens": TOKENS + 12}
    return [
        _message("messageStart", {"role": "assistant", "p": "abcdefghijklm"}),
        *(
            _message(
                "contentBlockDelta",
                {"contentBlockIndex": 0, "delta": {"text": _WORD}, "p": "abcdefghijklmnop"},
            )
            for _ in range(TOKENS)
        ),
        _message("contentBlockStop", {"contentBlockIndex": 0, "p": "abcdef"}),
        _message("messageStop", {"stopReason": "end_turn", "p": "abcdefgh"}),
        _message("metadata", {"usage": usage, "metrics": {"latencyMs": 900}, "p": "abc"}),
    ]


def ollama_chat() -> list[bytes]:
    """A line a token."""
    rows = [{"message": {"role": "assistant", "content": _WORD}, "done": False}] * TOKENS
    last = {
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 12,
        "eval_count": TOKENS,
    }
    named = {"model": "llama3.2", "created_at": "2025-10-26T17:15:24.097767Z"}
    return [_json({**named, **row}) + b"\n" for row in (*rows, last)]


STREAMS: Final[dict[str, Callable[[], Sequence[bytes]]]] = {
    "openai.chat": openai_chat,
    "anthropic.messages": anthropic_messages,
    "openai.responses": openai_responses,
    "gemini": gemini,
    "cohere.chat": cohere_chat,
    "bedrock.converse": bedrock_converse,
    "ollama.chat": ollama_chat,
}
"""By the dialect: the writes of one stream."""


def _json(fields: object) -> bytes:
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()


def _sse(fields: Fields) -> bytes:
    return b"data: " + _json(fields) + b"\n\n"


def _named(fields: Fields) -> bytes:
    return b"event: " + fields["type"].encode() + b"\n" + _sse(fields)


def _message(kind: str, payload: Fields) -> bytes:
    """Source: the event stream encoding of AWS's SDKs; lengths, header block, sums by CRC32."""
    block = b"".join(
        bytes([len(name)]) + name + b"\x07" + struct.pack(">H", len(text)) + text
        for name, text in (
            (b":event-type", kind.encode()),
            (b":content-type", b"application/json"),
            (b":message-type", b"event"),
        )
    )
    body = _json(payload)
    prelude = struct.pack(">II", 16 + len(block) + len(body), len(block))
    whole = prelude + struct.pack(">I", zlib.crc32(prelude)) + block + body
    return whole + struct.pack(">I", zlib.crc32(whole))
