"""What a provider's error means: status, words and headers into one `UpstreamError`."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Headers
from turnout.dialects.openai_chat.retry_after import retry_after_s
from turnout.dialects.redaction import MOST_CHARS, safe

_MAX_BODY_B: Final = 1 << 20

_NULL: Final = msgspec.Raw(b"null")
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])

# The providers' own codes and types, lower case. Where one word has two meanings, status decides.
_BY_CODE: Final[Mapping[str, FailureKind]] = {
    **dict.fromkeys(
        ("context_length_exceeded", "context_window_exceeded", "max_context_length_exceeded"),
        FailureKind.CONTEXT_LENGTH,
    ),
    **dict.fromkeys(
        (
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "insufficient_balance",
            "insufficient_credits",
            "credits_exhausted",
            "payment_required",
            "exceeded_current_quota_error",  # Moonshot
            "1113",  # Z.AI: account in arrears
        ),
        FailureKind.QUOTA,
    ),
    **dict.fromkeys(
        (
            "content_filter",
            "content_policy_violation",
            "content_policy",
            "data_inspection_failed",  # Alibaba
            "responsibleaipolicyviolation",  # Azure
            "moderation",
            "1301",  # Z.AI: unsafe content
        ),
        FailureKind.CONTENT_POLICY,
    ),
    **dict.fromkeys(
        ("invalid_api_key", "authentication_error", "invalid_authentication_error"),
        FailureKind.AUTH,
    ),
    **dict.fromkeys(
        (
            "rate_limit_exceeded",
            "rate_limit_error",
            "rate_limit_reached_error",
            "rate_limited",
            "too_many_requests",
            "too_many_requests_error",
            "resource_exhausted",
            "request_limit_exceeded",
            "1302",  # Z.AI: too many concurrent requests
        ),
        FailureKind.RATE_LIMITED,
    ),
    **dict.fromkeys(
        (
            "overloaded",
            "overloaded_error",
            "engine_overloaded_error",
            "model_overloaded",
            "service_unavailable",
            "service_unavailable_error",
            "capacity_exceeded",
            "queue_exceeded",  # Cerebras
            "provider_overloaded",
        ),
        FailureKind.OVERLOADED,
    ),
    **dict.fromkeys(
        ("model_not_found", "model_not_available", "model_not_exist", "model_not_supported"),
        FailureKind.MODEL_NOT_FOUND,
    ),
    **dict.fromkeys(
        ("server_error", "internal_server_error", "internal_error"), FailureKind.SERVER
    ),
    **dict.fromkeys(("timeout", "timeout_error"), FailureKind.FIRST_TOKEN_TIMEOUT),
}

_BY_STATUS: Final[Mapping[int, FailureKind]] = {
    401: FailureKind.AUTH,
    402: FailureKind.QUOTA,
    403: FailureKind.PERMISSION,
    404: FailureKind.MODEL_NOT_FOUND,
    408: FailureKind.FIRST_TOKEN_TIMEOUT,
    413: FailureKind.TOO_LARGE,
    429: FailureKind.RATE_LIMITED,
    498: FailureKind.OVERLOADED,  # Groq: flex capacity exceeded
    503: FailureKind.OVERLOADED,
    504: FailureKind.FIRST_TOKEN_TIMEOUT,
    524: FailureKind.FIRST_TOKEN_TIMEOUT,
    529: FailureKind.OVERLOADED,
}

_CONTEXT: Final = re.compile(
    r"context[ _-]?(?:length|window|size)|maximum (?:context|prompt|input) length"
    r"|prompt is too long|input is too long|too many (?:input )?tokens"
    r"|(?:exceeds?|exceeded|longer than) the (?:model'?s? )?(?:maximum|max|limit).{0,40}token"
    r"|token(?:s| count).{0,60}exceed|reduce the (?:length|size) of (?:the|your)"
    r"|input \(\d+ tokens\) is too large"  # llama.cpp, embeddings
    r"|input length .{0,60}exceed|range of input length|larger than max_model_len|max_seq_len",
    re.IGNORECASE,
)
_QUOTA: Final = re.compile(
    r"insufficient[ _](?:quota|balance|credit|funds)|exceeded your current quota|out of credits"
    r"|(?:no|not enough|more|run out of|used all).{0,24}credits|credit (?:balance|limit)"
    r"|payment required|account.{0,24}(?:arrears|suspended for billing)|spending limit",
    re.IGNORECASE,
)
_POLICY: Final = re.compile(
    r"content[ _-](?:policy|filter|management|moderation)|safety system"
    r"|usage (?:guidelines|policies)|inappropriate content|flagged (?:as|by|for)"
    r"|moderation|violat\w+ .{0,40}polic",
    re.IGNORECASE,
)
_RATE: Final = re.compile(
    r"rate[ _-]?limit|too many requests|tokens per (?:minute|day)|requests per (?:minute|day)"
    r"|\b[TR]P[MD]\b|throttl",
    re.IGNORECASE,
)
_MODEL: Final = re.compile(
    r"model.{0,120}(?:does not exist|not found|not available|is not a valid|decommissioned"
    r"|has been (?:deprecated|retired))|(?:no such|unknown|invalid) model|not a valid model",
    re.IGNORECASE,
)
_KEY: Final = re.compile(
    r"(?:invalid|incorrect|missing|expired|not valid).{0,24}api[ _-]?key"
    r"|api[ _-]?key.{0,24}(?:invalid|incorrect|missing|expired|not valid)",
    re.IGNORECASE,
)
_BUSY: Final = re.compile(r"overloaded|at capacity|over capacity|no capacity", re.IGNORECASE)


class Said(msgspec.Struct, frozen=True):
    """An error body, whatever its shape: the message, and code and type as texts."""

    message: str = ""
    words: tuple[str, ...] = ()
    status: int | None = None


def decode_error(status: int, headers: Headers, body: bytes) -> UpstreamError:
    """What a non-2xx answer means; never raises, whatever the bytes."""
    said = _read(body[:_MAX_BODY_B])
    return _error(status, said, retry_after_s(headers, said.message))


def error_inside(raw: msgspec.Raw, fields: Mapping[str, msgspec.Raw]) -> UpstreamError:
    """What an `error` inside a 200 or a stream means; its code may be the status it stands for."""
    said = _read_error(raw) if raw != _NULL else _read_flat(fields)
    return _error(None, said, retry_after_s({}, said.message))


def _error(status: int | None, said: Said, wait_s: float | None) -> UpstreamError:
    effective = said.status if status is None or status < 300 else status
    kind = _kind(effective, said)
    return UpstreamError(
        kind,
        _message(kind, effective, said.message),
        status=status if status is not None else said.status,
        code=next((word for word in (safe(word)[:64] for word in said.words) if word), None),
        retry_after_s=wait_s,
    )


def _kind(status: int | None, said: Said) -> FailureKind:
    kinds = [kind for word in said.words if (kind := _BY_CODE.get(word.lower())) is not None]
    telling = next((kind for kind in kinds if kind is not FailureKind.SERVER), None)
    # llama.cpp calls a too long input a "server_error": the message tells more than that word.
    found = telling or _kind_by_words(status, said.message)
    if found is not None:
        return found
    if status is None or (kinds and status not in _BY_STATUS):
        return FailureKind.SERVER
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status < 400:
        return FailureKind.DECODE
    return FailureKind.SERVER if status >= 500 else FailureKind.BAD_REQUEST


def _kind_by_words(status: int | None, message: str) -> FailureKind | None:
    """Only phrases, and only where the status leaves room: a 429 is never a long prompt."""
    if status in {401, 404, 408, 504, 524, 529}:
        return None
    if _QUOTA.search(message) and status in {None, 400, 403, 429}:
        return FailureKind.QUOTA
    if status == 429:
        return None
    phrases = (
        ((None, 400, 413, 500), _RATE, FailureKind.RATE_LIMITED),
        ((None, 400, 413, 422, 500), _CONTEXT, FailureKind.CONTEXT_LENGTH),
        ((None, 400, 403, 422), _POLICY, FailureKind.CONTENT_POLICY),
        ((None, 400, 403), _KEY, FailureKind.AUTH),
        ((None, 400, 422), _MODEL, FailureKind.MODEL_NOT_FOUND),
        ((None, 500, 502), _BUSY, FailureKind.OVERLOADED),
    )
    for statuses, phrase, kind in phrases:
        if status in statuses and phrase.search(message):
            return kind
    return None


def _message(kind: FailureKind, status: int | None, message: str) -> str:
    if kind is FailureKind.AUTH:
        return "The provider did not accept the gateway's key."
    text = safe(message)
    if text:
        return text
    return f"The provider answered {status}." if status else "The provider reported an error."


# ── shapes of error bodies ──────────────────────────────────────────────────────────────────────


def _read(body: bytes) -> Said:
    text = body.strip()
    if text.startswith(b"["):  # Gemini's compatible route wraps its object in a list
        text = text[1:-1].strip()
    fields = _fields(text)
    if fields is None:
        # HTML and other pages are not for repeating; a short plain line is.
        if text.startswith((b"<", b"{")) or len(text) > MOST_CHARS:
            return Said()
        return Said(text.decode(errors="replace"))
    if "error" in fields and fields["error"] != _NULL:
        return _read_error(fields["error"])
    if "errors" in fields:  # Cloudflare: {"success": false, "errors": [{"code", "message"}]}
        first = _fields(bytes(fields["errors"]).strip()[1:-1])
        return _read_flat(first) if first is not None else Said()
    return _read_flat(fields)


def _read_error(raw: msgspec.Raw) -> Said:
    fields = _fields(bytes(raw))
    if fields is None:
        return Said(_scalar(raw))
    return _read_flat(fields)


def _read_flat(fields: Mapping[str, msgspec.Raw]) -> Said:
    """`message`, `code`, `type` and their other names: msg, detail (FastAPI), status, title."""
    message = ""
    for name in ("message", "msg", "detail", "error", "title"):
        if message := _scalar(fields.get(name)):
            break
    metadata = _fields(bytes(fields["metadata"])) if "metadata" in fields else None
    if metadata is not None and (raw := _scalar(metadata.get("raw"))):
        message = f"{message}: {raw}" if message else raw
    words = [_scalar(fields.get(name)) for name in ("code", "type", "status")]
    if metadata is not None:
        words += [_scalar(metadata.get(name)) for name in ("provider_code", "error_type")]
    codes = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) == 3]
    status = next((code for code in codes if 400 <= code <= 599), None)
    return Said(message, tuple(word for word in words if word), status)


def _fields(text: bytes) -> dict[str, msgspec.Raw] | None:
    try:
        return _OBJECT.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def _scalar(raw: msgspec.Raw | None) -> str:
    """A text or number as text; lists and objects as their JSON; "" for null and false."""
    if raw is None:
        return ""
    text = bytes(raw)
    if text.startswith(b'"'):
        try:
            return msgspec.json.decode(text, type=str)
        except msgspec.DecodeError:
            return ""
    if text in (b"null", b"false", b"true"):
        return ""
    return text[: 4 * MOST_CHARS].decode(errors="replace")
