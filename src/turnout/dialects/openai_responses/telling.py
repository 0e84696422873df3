"""Errors as the API's clients read them. Source: contract sections 4.2 and 5.4."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from turnout.core.errors import ErrorType, Refusal
from turnout.dialects.openai_chat.telling import routing

_CODES: Final[Mapping[ErrorType, str]] = {
    "rate_limit_exceeded": "rate_limit_exceeded",
    "context_length_exceeded": "invalid_prompt",
    "invalid_request": "invalid_prompt",
    "content_policy_violation": "image_content_policy_violation",
}


def code_of(error_type: ErrorType) -> str:
    """The API's own code; the true type stands beside it as `error_type`."""
    return _CODES.get(error_type, "server_error")


def tell(refusal: Refusal, status: int) -> bytes:
    """The whole body of an error answer. A 500 names nothing of the inside."""
    error: dict[str, Any] = {"code": code_of(refusal.error_type), "message": refusal.message}
    if refusal.param is not None:
        error["param"] = refusal.param
    if refusal.availability is not None:
        error["availability"] = refusal.availability
    metadata: dict[str, Any] = {}
    if refusal.provider is not None:
        metadata["provider_name"] = refusal.provider
    if refusal.provider_code is not None and status != 500:
        metadata["provider_code"] = refusal.provider_code
    if refusal.provider_said is not None and status != 500:
        metadata["raw"] = refusal.provider_said
    if refusal.attempts:
        metadata["previous_errors"] = refusal.attempts
    told = {"error": error, "error_type": refusal.error_type, "metadata": metadata or None}
    return msgspec.json.encode(told | routing(refusal, status))


def tell_in_stream(refusal: Refusal, status: int, generation_id: str, now_s: int) -> bytes:
    """The error as the last event of a stream that is already open."""
    response: dict[str, Any] = {
        "id": generation_id,
        "object": "response",
        "created_at": now_s,
        "completed_at": None,
        "status": "failed",
        "error": {"code": code_of(refusal.error_type), "message": refusal.message},
        "error_type": refusal.error_type,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": "",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "temperature": None,
        "top_p": None,
        "frequency_penalty": None,
        "presence_penalty": None,
        "usage": None,
    }
    response |= routing(refusal, status)
    event = {"type": "response.failed", "response": response, "sequence_number": 0}
    return b"event: response.failed\ndata: " + msgspec.json.encode(event) + b"\n\ndata: [DONE]\n\n"
