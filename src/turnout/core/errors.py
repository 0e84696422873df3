"""The error tree, and the taxonomy that says what each failure means.

    TurnoutError
    ├── Refusal            our own no: the caller's request, key, budget or preferences
    └── UpstreamError      a provider failed us; `kind` says how, `VERDICTS[kind]` what follows

Errors carry facts as fields. Only `turnout.edge.errors` puts a status on the wire.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal

import msgspec

ErrorType = Literal[
    "context_length_exceeded",
    "max_tokens_exceeded",
    "token_limit_exceeded",
    "string_too_long",
    "authentication",
    "permission_denied",
    "payment_required",
    "rate_limit_exceeded",
    "provider_overloaded",
    "provider_unavailable",
    "invalid_request",
    "invalid_prompt",
    "not_found",
    "precondition_failed",
    "payload_too_large",
    "unprocessable",
    "content_policy_violation",
    "refusal",
    "invalid_image",
    "image_too_large",
    "image_too_small",
    "unsupported_image_format",
    "image_not_found",
    "image_download_failed",
    "server",
    "timeout",
    "unmapped",
]
"""The closed vocabulary of the contract, section 5."""

HTTP_STATUS: Final[Mapping[ErrorType, int]] = {
    "context_length_exceeded": 400,
    "max_tokens_exceeded": 400,
    "token_limit_exceeded": 400,
    "string_too_long": 400,
    "authentication": 401,
    "permission_denied": 403,
    "payment_required": 402,
    "rate_limit_exceeded": 429,
    "provider_overloaded": 503,
    "provider_unavailable": 502,
    "invalid_request": 400,
    "invalid_prompt": 400,
    "not_found": 404,
    "precondition_failed": 412,
    "payload_too_large": 413,
    "unprocessable": 422,
    "content_policy_violation": 400,
    "refusal": 400,
    "invalid_image": 400,
    "image_too_large": 400,
    "image_too_small": 400,
    "unsupported_image_format": 400,
    "image_not_found": 404,
    "image_download_failed": 400,
    "server": 500,
    "timeout": 504,
    "unmapped": 500,
}
"""The contract's status for each type, section 5.2; also the integer `code` inside a stream."""

AvailabilityCode = Literal[
    "model_not_found",
    "wrong_endpoint",
    "no_endpoints",
    "model_deprecated",
    "model_unavailable_upstream",
    "capacity_exhausted",
    "temporarily_unavailable",
    "region_restricted",
    "privacy_restricted",
    "constraint_filtered",
    "free_variant_ended",
]


class FailureKind(StrEnum):
    """How an attempt failed. Source: shared checklist of normalisation, section 6.11."""

    AUTH = (
        "auth"  # the provider refused OUR key: an infrastructure fault, never a 401 of the caller
    )
    PERMISSION = "permission"
    MODEL_NOT_FOUND = "model_not_found"
    BAD_REQUEST = "bad_request"
    CONTEXT_LENGTH = "context_length"
    CONTENT_POLICY = "content_policy"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"  # the provider account has no money; retrying the same key is useless
    OVERLOADED = "overloaded"
    CONNECT_TIMEOUT = "connect_timeout"
    FIRST_TOKEN_TIMEOUT = "first_token_timeout"  # noqa: S105 (not a secret)
    IDLE_TIMEOUT = "idle_timeout"
    TOTAL_TIMEOUT = "total_timeout"
    SERVER = "server"
    NETWORK = "network"
    DECODE = "decode"  # an answer that is not what the dialect promises: HTML, truncated JSON
    PARAMETERS = "parameters"  # it would not get what provider.require_parameters demands
    EMPTY = "empty"  # a success with nothing in it


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a failure before the first content reached the client.

    Attributes:
        same_endpoint: The same endpoint at once, with another key if there is one.
        once_more: The same endpoint one more time after all others; it may have been chance.
        next_endpoint: The next endpoint of the plan may do better.
        next_model: A fallback model may do better.
        hurts_health: Counts against the endpoint's uptime and breaker.
        callers_fault: Every endpoint would say the same.
        cools_down: The endpoint rests for Retry-After or the default cool-down.
        error_type: What the caller is told when this was the last word.
    """

    same_endpoint: bool = False
    once_more: bool = False
    next_endpoint: bool = True
    next_model: bool = True
    hurts_health: bool = True
    callers_fault: bool = False
    cools_down: bool = False
    error_type: ErrorType = "provider_unavailable"


VERDICTS: Final[Mapping[FailureKind, Verdict]] = {
    FailureKind.AUTH: Verdict(same_endpoint=True, cools_down=True),
    FailureKind.PERMISSION: Verdict(hurts_health=False),
    FailureKind.MODEL_NOT_FOUND: Verdict(cools_down=True, error_type="not_found"),
    # Another endpoint may take what this one refuses: dialects differ, so a 400 moves on, unblamed.
    FailureKind.BAD_REQUEST: Verdict(
        hurts_health=False, next_model=False, callers_fault=True, error_type="invalid_request"
    ),
    FailureKind.CONTEXT_LENGTH: Verdict(
        hurts_health=False, callers_fault=True, error_type="context_length_exceeded"
    ),
    FailureKind.CONTENT_POLICY: Verdict(
        hurts_health=False, callers_fault=True, error_type="content_policy_violation"
    ),
    FailureKind.PARAMETERS: Verdict(hurts_health=False, callers_fault=True, error_type="not_found"),
    FailureKind.TOO_LARGE: Verdict(
        hurts_health=False, callers_fault=True, error_type="payload_too_large"
    ),
    FailureKind.RATE_LIMITED: Verdict(
        same_endpoint=True, hurts_health=False, cools_down=True, error_type="rate_limit_exceeded"
    ),
    FailureKind.QUOTA: Verdict(same_endpoint=True, cools_down=True),
    FailureKind.OVERLOADED: Verdict(cools_down=True, error_type="provider_overloaded"),
    FailureKind.CONNECT_TIMEOUT: Verdict(cools_down=True, error_type="timeout"),
    FailureKind.FIRST_TOKEN_TIMEOUT: Verdict(error_type="timeout"),
    FailureKind.IDLE_TIMEOUT: Verdict(error_type="timeout"),
    FailureKind.TOTAL_TIMEOUT: Verdict(next_endpoint=False, next_model=False, error_type="timeout"),
    FailureKind.SERVER: Verdict(once_more=True),
    FailureKind.NETWORK: Verdict(once_more=True),
    FailureKind.DECODE: Verdict(once_more=True),
    FailureKind.EMPTY: Verdict(once_more=True),
}


class TurnoutError(Exception):
    """The root; nothing else is caught at the edge as ours."""


class UpstreamError(TurnoutError):
    """A provider failed an attempt.

    Attributes:
        kind: See `FailureKind`.
        message: The provider's own words where they are safe to repeat (no key, no URL), or ours.
        status: The provider's HTTP status, or None when there was no answer.
        code: The provider's own error code or type, as text.
        retry_after_s: The provider's wish, in seconds.
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s

    @property
    def verdict(self) -> Verdict:
        """What follows from this failure."""
        return VERDICTS[self.kind]


DOCS_URL: Final = "/docs/reference/errors"
"""Where a caller reads what an availability code means; relative to the gateway's origin."""


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """Why no endpoint could serve: the contract's availability block, section 5.3."""

    code: AvailabilityCode
    retryable: bool
    requested_models: tuple[str, ...]
    retry_after: int | None = None
    affected_providers: tuple[str, ...] | None = None
    excluded_by: tuple[str, ...] | None = None
    fallback_models: tuple[str, ...] | None = None
    constraint: dict[str, str] | None = None
    docs_url: str = DOCS_URL


class FailedAttempt(msgspec.Struct, frozen=True):
    """One line of `metadata.previous_errors`."""

    provider: str
    code: int
    status: str  # the failure kind


class Refusal(TurnoutError):  # noqa: N818 (a refusal is not a fault of ours)
    """Our own no, before or instead of an answer.

    Attributes:
        error_type: The contract's vocabulary; the edge maps it to a status.
        message: For a person: names the field, what was wrong and what is allowed.
        param: JSON path of the offending field ("messages[0].role"), when there is one.
        status: Set where the contract's status differs from the type's usual one.
        retry_after_s: A hint for the Retry-After header.
        availability: Which filter removed which endpoints.
        attempts: The failed attempts, oldest first, when a plan was exhausted.
        provider: Display name of the provider whose error this repeats.
        provider_code: That provider's own code.
        provider_said: That provider's own words, as far as they are safe to repeat.
        metadata: The contract's `openrouter_metadata` as JSON, for a caller who asked; set by
            whoever knows how it came to this.
    """

    def __init__(  # noqa: PLR0913 (an error is its facts)
        self,
        error_type: ErrorType,
        message: str,
        *,
        param: str | None = None,
        status: int | None = None,
        retry_after_s: float | None = None,
        availability: Availability | None = None,
        attempts: tuple[FailedAttempt, ...] = (),
        provider: str | None = None,
        provider_code: str | None = None,
        provider_said: str | None = None,
    ) -> None:
        super().__init__(message)
        self.provider_said = provider_said
        self.metadata: msgspec.Raw | None = None
        self.error_type: ErrorType = error_type
        self.message = message
        self.param = param
        self.status = status
        self.retry_after_s = retry_after_s
        self.availability = availability
        self.attempts = attempts
        self.provider = provider
        self.provider_code = provider_code


def invalid(param: str, message: str) -> Refusal:
    """A 400 that names the field."""
    return Refusal("invalid_request", f"{param}: {message}", param=param)
