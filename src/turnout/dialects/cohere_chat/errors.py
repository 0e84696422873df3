"""What Cohere's errors mean: `{"message"}` beside a status, or an end of the stream that failed."""

import re
from typing import Final

from turnout.core.errors import FailureKind, UpstreamError
from turnout.core.types import Headers
from turnout.dialects.openai_chat.errors import decode_error as by_words
from turnout.dialects.redaction import safe

# docs.cohere.com/reference/errors (read 2026-11): 498 is an invalid token, 499 a request that was
# cancelled; a trial key that is used up is a 429.
_TRIAL: Final = re.compile(r"trial (?:key|token).{0,80}(?:limit|exceed)", re.IGNORECASE)
_LONG: Final = re.compile(r"too many tokens|total (?:number of )?tokens", re.IGNORECASE)


def decode_error(status: int, headers: Headers, body: bytes) -> UpstreamError:
    """What a non-2xx answer means; never raises, whatever the bytes."""
    told = by_words(401 if status == 498 else status, headers, body)
    if status == 429 and _TRIAL.search(told.message):
        told.kind = FailureKind.QUOTA
    elif told.kind is FailureKind.BAD_REQUEST and _LONG.search(told.message):
        told.kind = FailureKind.CONTEXT_LENGTH
    told.status = status
    return told


def error_at_end(native: str, words: str | None, kind: str | None) -> UpstreamError:
    """An answer whose finish reason is a failure of Cohere's."""
    if native == "ERROR_TOXIC":
        return UpstreamError(
            FailureKind.CONTENT_POLICY, "The provider filtered its answer.", code=native
        )
    if native == "TIMEOUT":
        return UpstreamError(
            FailureKind.FIRST_TOKEN_TIMEOUT, "The provider took too long.", code=native
        )
    text = safe(words or "") or "The provider reported an error."
    return UpstreamError(FailureKind.SERVER, text, code=safe(kind or native)[:64] or None)
