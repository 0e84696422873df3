"""Errors as the dialect's clients read them. Source: contract sections 4.2, 5.2 and 5.3."""

from typing import Any

import msgspec

from turnout.core.errors import Refusal


def error_object(refusal: Refusal, status: int) -> dict[str, Any]:
    """The `error` object: integer code, message, metadata, and the newer fields beside them.

    A 500 names nothing of the inside: no provider code.
    """
    metadata: dict[str, Any] = {"error_type": refusal.error_type}
    if refusal.provider is not None:
        metadata["provider_name"] = refusal.provider
    if refusal.provider_code is not None and status != 500:
        metadata["provider_code"] = refusal.provider_code
    if refusal.provider_said is not None and status != 500:
        metadata["raw"] = refusal.provider_said  # contract 5.2: many clients look there
    if refusal.attempts:
        metadata["previous_errors"] = refusal.attempts
    found: dict[str, Any] = {
        "code": status,
        "message": refusal.message,
        "metadata": metadata,
        "error_type": refusal.error_type,
        "http_status": status,
    }
    if refusal.param is not None:
        found["param"] = refusal.param
    if refusal.availability is not None:
        found["availability"] = refusal.availability
    return found


def tell(refusal: Refusal, status: int) -> bytes:
    """The whole body of an error answer."""
    told = {"error": error_object(refusal, status), "user_id": None}
    return msgspec.json.encode(told | routing(refusal, status))


def routing(refusal: Refusal, status: int) -> dict[str, Any]:
    """`openrouter_metadata` for who asked, beside the error; never on a 500 (contract 2.1)."""
    if refusal.metadata is None or status == 500:
        return {}
    return {"openrouter_metadata": refusal.metadata}


def tell_in_stream(refusal: Refusal, status: int, generation_id: str, now_s: int) -> bytes:
    """The error as the last event of a stream that is already open."""
    chunk: dict[str, Any] = {
        "id": generation_id,
        "object": "chat.completion.chunk",
        "created": now_s,
        "model": "",
        "provider": None,
        "error": error_object(refusal, status),
        "choices": [
            {
                "index": 0,
                "delta": {"role": "assistant", "content": ""},
                "finish_reason": "error",
                "native_finish_reason": None,
            }
        ],
    }
    chunk |= routing(refusal, status)
    return b"data: " + msgspec.json.encode(chunk) + b"\n\ndata: [DONE]\n\n"
