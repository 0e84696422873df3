"""The only place where an error becomes a status code. Source: contract section 5."""

import math
from typing import Final

import msgspec

from turnout.core.errors import (
    HTTP_STATUS,
    AvailabilityCode,
    Refusal,
    TurnoutError,
)
from turnout.dialects.adapter import ClientDialect
from turnout.dialects.openai_chat.client import CLIENT as OPENAI_CHAT

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


def tell(
    error: TurnoutError, dialect: ClientDialect = OPENAI_CHAT, generation_id: str = ""
) -> Told:
    """The whole error answer, in the caller's dialect; routes that have none use chat's."""
    refusal = as_refusal(error)
    status = status_of(refusal)
    headers: tuple[tuple[str, str], ...] = ()
    if refusal.retry_after_s is not None:
        headers = (("retry-after", str(max(1, math.ceil(refusal.retry_after_s)))),)
    return Told(status, dialect.tell(refusal, status, generation_id), headers)


def tell_in_stream(
    error: TurnoutError, dialect: ClientDialect, generation_id: str, now_s: int
) -> bytes:
    """The error as the last words of a stream that is already open."""
    refusal = as_refusal(error)
    return dialect.tell_in_stream(refusal, status_of(refusal), generation_id, now_s)
