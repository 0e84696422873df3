"""The only place where an error becomes a status code and a body. Source: contract section 5."""

import math
from typing import Any, Final

import msgspec

from turnout.core.errors import (
    HTTP_STATUS,
    AvailabilityCode,
    Refusal,
    TurnoutError,
)

_STATUS_BY_CODE: Final[dict[AvailabilityCode, int]] = {
    "model_not_found": 400,
    "wrong_endpoint": 400,
    "no_endpoints": 404,
    "model_deprecated": 404,
    "model_unavailable_upstream": 404,
    "capacity_exhausted": 429,
    "temporarily_unavailable": 503,
    "region_restricted": 403,
    "privacy_restricted": 404,
    "constraint_filtered": 404,
    "free_variant_ended": 404,
}


class Told(msgspec.Struct, frozen=True):
    """An error on its way out."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]


def status_of(refusal: Refusal) -> int:
    """The HTTP status: the refusal's own, the availability code's, or the error type's."""
    if refusal.status is not None:
        return refusal.status
    if refusal.availability is not None:
        return _STATUS_BY_CODE[refusal.availability.code]
    return HTTP_STATUS[refusal.error_type]


def as_refusal(error: TurnoutError) -> Refusal:
    """What a client may know of an error that is not a refusal: that it was ours, and may pass."""
    if isinstance(error, Refusal):
        return error
    return Refusal("server", "The gateway cannot serve this right now. Try again.", status=503)


def error_object(refusal: Refusal) -> dict[str, Any]:
    """The `error` object: integer code, message, metadata, and the newer fields beside them.

    A 500 names nothing of the inside: no provider code.
    """
    status = status_of(refusal)
    metadata: dict[str, Any] = {"error_type": refusal.error_type}
    if refusal.provider is not None:
        metadata["provider_name"] = refusal.provider
    if refusal.provider_code is not None and status != 500:
        metadata["provider_code"] = refusal.provider_code
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


def tell(error: TurnoutError) -> Told:
    """The whole error answer in the chat dialect."""
    refusal = as_refusal(error)
    headers: tuple[tuple[str, str], ...] = ()
    if refusal.retry_after_s is not None:
        headers = (("retry-after", str(max(1, math.ceil(refusal.retry_after_s)))),)
    body = msgspec.json.encode({"error": error_object(refusal), "user_id": None})
    return Told(status_of(refusal), body, headers)


def tell_in_stream(error: TurnoutError, generation_id: str, model: str, created_s: int) -> bytes:
    """The error as the last event of a stream that is already open, in the chat dialect."""
    chunk = {
        "id": generation_id,
        "object": "chat.completion.chunk",
        "created": created_s,
        "model": model,
        "provider": None,
        "error": error_object(as_refusal(error)),
        "choices": [
            {
                "index": 0,
                "delta": {"role": "assistant", "content": ""},
                "finish_reason": "error",
                "native_finish_reason": None,
            }
        ],
    }
    return b"data: " + msgspec.json.encode(chunk) + b"\n\ndata: [DONE]\n\n"
