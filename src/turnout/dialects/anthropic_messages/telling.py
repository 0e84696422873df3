"""Errors as the dialect's clients read them. Source: contract section 5.4."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from turnout.core.errors import ErrorType, Refusal, UpstreamError

_TYPES: Final[Mapping[ErrorType, str]] = {
    "authentication": "authentication_error",
    "permission_denied": "permission_error",
    "payment_required": "billing_error",
    "not_found": "not_found_error",
    "image_not_found": "not_found_error",
    "rate_limit_exceeded": "rate_limit_error",
    "provider_overloaded": "overloaded_error",
    "timeout": "timeout_error",
    "payload_too_large": "request_too_large",
    "provider_unavailable": "api_error",
    "server": "api_error",
    "unmapped": "api_error",
}
"""Everything else is about the request's form, length or policy."""


def tell(refusal: Refusal, generation_id: str) -> bytes:
    """The whole body of an error answer; the id is "" before there is one."""
    told: dict[str, Any] = {
        "type": "error",
        "error": error_object(refusal),
        "request_id": generation_id or None,
    }
    if refusal.metadata is not None and refusal.error_type != "server":
        told["openrouter_metadata"] = refusal.metadata
    return msgspec.json.encode(told)


def error_object(refusal: Refusal) -> dict[str, Any]:
    """The `error` object: the dialect's type, the message, and the contract's facts beside them."""
    error = _named(refusal.error_type, refusal.message)
    if refusal.param is not None:
        error["param"] = refusal.param
    metadata: dict[str, Any] = {}
    if refusal.provider is not None:
        metadata["provider_name"] = refusal.provider
    if refusal.provider_code is not None and refusal.error_type != "server":
        metadata["provider_code"] = refusal.provider_code
    if refusal.provider_said is not None and refusal.error_type != "server":
        metadata["raw"] = refusal.provider_said
    if refusal.attempts:
        metadata["previous_errors"] = refusal.attempts
    if metadata:
        error["metadata"] = metadata
    if refusal.availability is not None:
        error["availability"] = refusal.availability
    return error


def _named(error_type: ErrorType, message: str) -> dict[str, Any]:
    kind = _TYPES.get(error_type, "invalid_request_error")
    return {"type": kind, "message": message, "error_type": error_type}


def tell_in_stream(refusal: Refusal, generation_id: str) -> bytes:
    """The error as the last event of a stream that is already open."""
    return b"event: error\ndata: " + tell(refusal, generation_id) + b"\n\n"


def error_event(error: UpstreamError, generation_id: str) -> bytes:
    """What broke an answer in its middle."""
    error_type = error.verdict.error_type
    told = {
        "type": "error",
        "error": _named(error_type, error.message),
        "request_id": generation_id or None,
    }
    return b"event: error\ndata: " + msgspec.json.encode(told) + b"\n\n"
