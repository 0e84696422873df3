"""What Google's errors mean: status, words and details into one `UpstreamError`.

Source: https://ai.google.dev/gemini-api/docs/troubleshooting,
https://cloud.google.com/apis/design/errors (read 2026-11-25) and recorded traffic.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Headers
from turnout.dialects.openai_chat.errors import decode_error as decode_plain
from turnout.dialects.openai_chat.retry_after import retry_after_s
from turnout.dialects.redaction import safe
from turnout.wire.gemini import ErrorBody, RpcError

_BODY: Final = msgspec.json.Decoder(ErrorBody)
_BODIES: Final = msgspec.json.Decoder(list[ErrorBody])
_ERROR: Final = msgspec.json.Decoder(RpcError)
_MAX_BODY_B: Final = 1 << 20
_LONGEST_S: Final = 86_400.0

_BY_STATUS: Final[Mapping[str, FailureKind]] = {
    "UNAUTHENTICATED": FailureKind.AUTH,
    "PERMISSION_DENIED": FailureKind.PERMISSION,
    "NOT_FOUND": FailureKind.MODEL_NOT_FOUND,
    "INVALID_ARGUMENT": FailureKind.BAD_REQUEST,
    "OUT_OF_RANGE": FailureKind.BAD_REQUEST,
    "FAILED_PRECONDITION": FailureKind.PERMISSION,  # billing or region, says troubleshooting
    "RESOURCE_EXHAUSTED": FailureKind.RATE_LIMITED,
    "UNAVAILABLE": FailureKind.OVERLOADED,
    "DEADLINE_EXCEEDED": FailureKind.FIRST_TOKEN_TIMEOUT,
    "INTERNAL": FailureKind.SERVER,
    "UNKNOWN": FailureKind.SERVER,
    "ABORTED": FailureKind.SERVER,
    "CANCELLED": FailureKind.SERVER,
    "UNIMPLEMENTED": FailureKind.BAD_REQUEST,
}
_BY_CODE: Final[Mapping[int, str]] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_KEY_REASONS: Final = frozenset(
    {
        "API_KEY_INVALID",
        "API_KEY_EXPIRED",
        "ACCESS_TOKEN_EXPIRED",
        "ACCESS_TOKEN_TYPE_UNSUPPORTED",
        "CREDENTIALS_MISSING",
        "ACCOUNT_STATE_INVALID",
    }
)
_KEY: Final = re.compile(
    r"api key.{0,40}(?:not valid|invalid|expired|leaked|not found)", re.IGNORECASE
)
_CONTEXT: Final = re.compile(
    r"token count.{0,60}exceed|exceeds the maximum number of tokens|input is too long",
    re.IGNORECASE,
)
_TOO_LARGE: Final = re.compile(
    r"payload size exceeds|request payload.{0,40}(?:large|limit)", re.IGNORECASE
)
_POLICY: Final = re.compile(
    r"prohibited use|safety (?:filter|setting|polic)|violat\w+ .{0,60}polic", re.IGNORECASE
)
_UNBILLED: Final = re.compile(
    r"prepayment credits|billing account.{0,40}(?:disabled|closed)", re.IGNORECASE
)
_BY_DAY: Final = re.compile(r"per_?day", re.IGNORECASE)
_PROJECT: Final = re.compile(r"\b(projects?)[/ #:]+[\w-]+", re.IGNORECASE)


def decode_error(status: int, headers: Headers, body: bytes) -> UpstreamError:
    """What a non-2xx answer means; never raises, whatever the bytes."""
    told = _told(body[:_MAX_BODY_B])
    if told is None:
        return decode_plain(status, headers, body)
    return _error(told, status, retry_after_s(headers, told.message))


def error_inside(raw: msgspec.Raw) -> UpstreamError:
    """What an `error` inside a 200 or a stream means; its code is the status it stands for."""
    try:
        told = _ERROR.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return UpstreamError(FailureKind.SERVER, "The provider reported an error.", status=200)
    return _error(told, told.code if told.code and told.code >= 400 else None, None)


def _told(body: bytes) -> RpcError | None:
    """The error object, bare or in a list of one."""
    try:
        if body.lstrip()[:1] == b"[":
            listed = _BODIES.decode(body)
            return listed[0].error if listed else None
        return _BODY.decode(body).error
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def _error(told: RpcError, status: int | None, wait_s: float | None) -> UpstreamError:
    word = told.status if isinstance(told.status, str) and told.status else None
    word = word or _BY_CODE.get(told.code or status or 0)
    kind = _kind(told, word, status)
    return UpstreamError(
        kind,
        _message(kind, told.message, status),
        status=status,
        code=word,
        retry_after_s=_retry_delay_s(told) if wait_s is None else wait_s,
    )


def _kind(told: RpcError, word: str | None, status: int | None) -> FailureKind:
    reasons = {detail.reason for detail in told.details or ()}
    if reasons & _KEY_REASONS or _KEY.search(told.message):
        return FailureKind.AUTH
    if _UNBILLED.search(told.message):
        return FailureKind.QUOTA
    match _BY_STATUS.get(word or ""):
        case FailureKind.BAD_REQUEST:
            return _bad_request(told.message)
        case FailureKind.RATE_LIMITED:
            return _exhausted(told)
        case None:
            return _by_number(status)
        case found:
            return found


def _by_number(status: int | None) -> FailureKind:
    if status == 413:
        return FailureKind.TOO_LARGE
    return FailureKind.BAD_REQUEST if status is not None and status < 500 else FailureKind.SERVER


def _bad_request(message: str) -> FailureKind:
    """One status for many causes; only the words tell them apart."""
    if _CONTEXT.search(message):
        return FailureKind.CONTEXT_LENGTH
    if _TOO_LARGE.search(message):
        return FailureKind.TOO_LARGE
    return FailureKind.CONTENT_POLICY if _POLICY.search(message) else FailureKind.BAD_REQUEST


def _exhausted(told: RpcError) -> FailureKind:
    """A rate to wait for, or a day's allowance (or none at all), for which no wait is worth it."""
    quotas = [one for detail in told.details or () for one in detail.violations or ()]
    if not quotas:
        return FailureKind.RATE_LIMITED
    spent = all(_BY_DAY.search(one.quota_id or "") or one.quota_value == "0" for one in quotas)
    return FailureKind.QUOTA if spent else FailureKind.RATE_LIMITED


def _retry_delay_s(told: RpcError) -> float | None:
    for detail in told.details or ():
        delay = detail.retry_delay or ""
        if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?s", delay):
            return min(float(delay[:-1]), _LONGEST_S)
    return None


def _message(kind: FailureKind, message: str, status: int | None) -> str:
    if kind is FailureKind.AUTH:
        return "The provider did not accept the gateway's key."
    text = safe(_PROJECT.sub(r"\1/[…]", message))
    if text:
        return text
    return f"The provider answered {status}." if status else "The provider reported an error."
