"""An error inside a stream of text completions. Source: contract section 4.2, as for chat."""

from typing import Any

import msgspec

from turnout.core.errors import HTTP_STATUS, Refusal, UpstreamError
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.telling import error_object, routing


def error_members(error: UpstreamError) -> bytes:
    """The `error` member, comma in front."""
    error_type = error.verdict.error_type
    metadata: dict[str, Json] = {"error_type": error_type}
    if error.code is not None:
        metadata["provider_code"] = error.code
    described: dict[str, Json] = {
        "code": HTTP_STATUS[error_type],
        "message": error.message,
        "metadata": metadata,
    }
    return b',"error":' + msgspec.json.encode(described)


def tell_in_stream(refusal: Refusal, status: int, generation_id: str, now_s: int) -> bytes:
    """The error as the last event of a stream that is already open."""
    chunk: dict[str, Any] = {
        "id": generation_id,
        "object": "text_completion",
        "created": now_s,
        "model": "",
        "provider": None,
        "error": error_object(refusal, status),
        "choices": [
            {
                "text": "",
                "index": 0,
                "logprobs": None,
                "finish_reason": "error",
                "native_finish_reason": None,
            }
        ],
    }
    chunk |= routing(refusal, status)
    return b"data: " + msgspec.json.encode(chunk) + b"\n\ndata: [DONE]\n\n"
