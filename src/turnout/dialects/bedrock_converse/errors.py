"""What Bedrock's exceptions mean, by status, by name and by their words.

A refusal of our credentials or of our account's access is ours to mend and never the caller's: its
words, which name accounts and roles, are not repeated.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Headers
from turnout.dialects.openai_chat.errors import decode_error as by_words
from turnout.dialects.redaction import safe
from turnout.wire.aws_eventstream import Message
from turnout.wire.bedrock_converse import Trouble

_BY_NAME: Final[Mapping[str, FailureKind]] = {
    "ThrottlingException": FailureKind.RATE_LIMITED,
    "TooManyRequestsException": FailureKind.RATE_LIMITED,
    "ServiceQuotaExceededException": FailureKind.QUOTA,
    "ModelNotReadyException": FailureKind.OVERLOADED,
    "ServiceUnavailableException": FailureKind.OVERLOADED,
    "ModelTimeoutException": FailureKind.FIRST_TOKEN_TIMEOUT,
    "ModelErrorException": FailureKind.SERVER,
    "ModelStreamErrorException": FailureKind.SERVER,
    "InternalServerException": FailureKind.SERVER,
    "InternalFailure": FailureKind.SERVER,
    "ResourceNotFoundException": FailureKind.MODEL_NOT_FOUND,
    "UnknownOperationException": FailureKind.MODEL_NOT_FOUND,
    "AccessDeniedException": FailureKind.PERMISSION,
    "AccessDenied": FailureKind.PERMISSION,
    "OptInRequired": FailureKind.PERMISSION,
    "UnrecognizedClientException": FailureKind.AUTH,
    "InvalidSignatureException": FailureKind.AUTH,
    "SignatureDoesNotMatch": FailureKind.AUTH,
    "IncompleteSignature": FailureKind.AUTH,
    "IncompleteSignatureException": FailureKind.AUTH,
    "ExpiredTokenException": FailureKind.AUTH,
    "ExpiredToken": FailureKind.AUTH,
    "InvalidClientTokenId": FailureKind.AUTH,
    "MissingAuthenticationToken": FailureKind.AUTH,
    "MissingAuthenticationTokenException": FailureKind.AUTH,
    "NotAuthorized": FailureKind.AUTH,
}
"""Source: docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html and
API_runtime_Converse.html (read 2026-11)."""

_STREAM_STATUS: Final[Mapping[str, int]] = {
    "ThrottlingException": 429,
    "ModelStreamErrorException": 424,
    "ValidationException": 400,
    "ServiceUnavailableException": 503,
    "InternalServerException": 500,
}
_KEY: Final = re.compile(
    r"security token|signature|(?:api key|bearer token|credential).{0,40}"
    r"(?:invalid|expired|missing|not valid|malformed)"
    r"|(?:invalid|expired|missing).{0,40}(?:api key|bearer token|credential)",
    re.IGNORECASE,
)
# Bedrock's own phrases, where a 400 stands for something else than a bad request.
_PHRASES: Final = (
    (
        re.compile(
            r"input is too long|input length and `?max_tokens`? exceed|prompt is too long"
            r"|too many input tokens|input tokens? .{0,60}exceed"
            r"|exceeds? the (?:model'?s )?(?:maximum )?(?:context|input|number of tokens)",
            re.IGNORECASE,
        ),
        FailureKind.CONTEXT_LENGTH,
    ),
    (
        re.compile(
            r"model identifier is invalid|on-demand throughput isn.t supported"
            r"|model version .{0,40}(?:end of its life|legacy)|(?:model|profile) .{0,80}not found",
            re.IGNORECASE,
        ),
        FailureKind.MODEL_NOT_FOUND,
    ),
    (
        re.compile(r"operation not allowed|(?:account|not) .{0,20}authori[sz]ed", re.IGNORECASE),
        FailureKind.PERMISSION,
    ),
    (re.compile(r"blocked by content filter", re.IGNORECASE), FailureKind.CONTENT_POLICY),
)
_ACCOUNT: Final = re.compile(r"\barn:\S+|\b\d{12}\b|\b(?:AKIA|ASIA)[A-Z0-9]{12,}")
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)
_TROUBLE: Final = msgspec.json.Decoder(Trouble)


def decode_error(status: int, headers: Headers, body: bytes) -> UpstreamError:
    """What a non-2xx answer means; never raises, whatever the bytes."""
    fields = _fields(body)
    name = _name(headers.get("x-amzn-errortype") or _text(fields, "__type", "code"))
    message = _text(fields, "message", "Message")
    told = by_words(status, headers, body)
    if _KEY.search(message) and status in (401, 403):
        kind = FailureKind.AUTH
    else:
        kind = _kind(name, message) or told.kind
    return _error(kind, message, status, name, told.retry_after_s)


def error_in_stream(message: Message) -> UpstreamError:
    """What a message of type "exception" or "error" means."""
    name = message.word(":exception-type") or message.word(":error-code")
    name = name[:1].upper() + name[1:]
    words = message.word(":error-message")
    status = _STREAM_STATUS.get(name)
    try:
        trouble = _TROUBLE.decode(message.payload)
    except (msgspec.DecodeError, RecursionError):
        trouble = Trouble()
    words = trouble.original_message or trouble.message or words
    status = _usual(trouble.original_status_code) or status
    kind = _kind(name, words)
    if kind is None or (name == "ModelStreamErrorException" and status in (429, 503)):
        kind = by_words(status or 500, {}, msgspec.json.encode({"message": words})).kind
    return _error(kind, words, status, name, None)


def _kind(name: str, message: str) -> FailureKind | None:
    kind = _BY_NAME.get(name)
    if kind is not None:
        return kind
    for phrase, meant in _PHRASES:
        if phrase.search(message):
            return meant
    return None


def _error(
    kind: FailureKind, message: str, status: int | None, name: str, wait_s: float | None
) -> UpstreamError:
    match kind:
        case FailureKind.AUTH:
            words = "The provider did not accept the gateway's credentials."
        case FailureKind.PERMISSION:
            words = "The provider does not give the gateway's account this model."
        case _:
            words = safe(_ACCOUNT.sub("[…]", message)) or _nameless(status)
    return UpstreamError(
        kind, words, status=status, code=safe(name)[:64] or None, retry_after_s=wait_s
    )


def _nameless(status: int | None) -> str:
    return f"The provider answered {status}." if status else "The provider reported an error."


def _usual(status: int | None) -> int | None:
    return status if status is not None and 400 <= status <= 599 else None


def _fields(body: bytes) -> dict[str, msgspec.Raw]:
    try:
        fields = _OBJECT.decode(body)
        return _OBJECT.decode(fields["Output"]) if "Output" in fields else fields
    except (msgspec.DecodeError, RecursionError):
        return {}


def _text(fields: Mapping[str, msgspec.Raw], *names: str) -> str:
    for name in names:
        if name in fields:
            try:
                return _TEXT.decode(fields[name])
            except msgspec.DecodeError:
                continue
    return ""


def _name(told: str) -> str:
    """The bare name of "ValidationException:http://…" and of "com.amazon.coral#Validation…"."""
    return told.partition(":")[0].rpartition("#")[2].strip()
