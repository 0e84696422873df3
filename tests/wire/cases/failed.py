"""Answers that are errors by their status, in the forms that providers give them."""

import json
from typing import Final

from tests.wire.cases.wire_case import Failed

from turnout.core.errors import FailureKind


def error(message: str, code: object = None, kind: str | None = None) -> bytes:
    """OpenAI's error body."""
    fields = {"message": message, "type": kind, "param": None, "code": code}
    return json.dumps({"error": fields}).encode()


FAILED: Final = (
    Failed(
        "400 a parameter",
        400,
        error("Unknown parameter: 'foo'.", "unknown_parameter", "invalid_request_error"),
        FailureKind.BAD_REQUEST,
    ),
    Failed(
        "400 too long, by code",
        400,
        error("Too long.", "context_length_exceeded", "invalid_request_error"),
        FailureKind.CONTEXT_LENGTH,
    ),
    Failed(
        "400 too long, by words",
        400,
        error("This model's maximum context length is 8192 tokens, you asked for 9000."),
        FailureKind.CONTEXT_LENGTH,
    ),
    Failed(
        "400 against the policy",
        400,
        error("Refused.", "content_filter", "invalid_request_error"),
        FailureKind.CONTENT_POLICY,
    ),
    Failed(
        "401 our key",
        401,
        error("Incorrect API key provided: sk-abcdefgh.", "invalid_api_key"),
        FailureKind.AUTH,
    ),
    Failed("402 no money", 402, error("Insufficient Balance"), FailureKind.QUOTA),
    Failed("403 not for us", 403, error("Not allowed in your region."), FailureKind.PERMISSION),
    Failed(
        "404 no such model",
        404,
        error("The model `x` does not exist.", "model_not_found"),
        FailureKind.MODEL_NOT_FOUND,
    ),
    Failed("408 too slow", 408, error("Request timed out."), FailureKind.FIRST_TOKEN_TIMEOUT),
    Failed("413 too large", 413, b"", FailureKind.TOO_LARGE),
    Failed(
        "422 a parameter, FastAPI's form",
        422,
        b'{"detail": [{"type": "extra_forbidden", "loc": ["body", "foo"], "msg": "Extra inputs"}]}',
        FailureKind.BAD_REQUEST,
    ),
    Failed(
        "429 with a wish",
        429,
        error("Slow down.", "rate_limit_exceeded", "requests"),
        FailureKind.RATE_LIMITED,
        {"retry-after": "2"},
        2.0,
    ),
    Failed(
        "429 that is about money",
        429,
        error("You exceeded your current quota.", "insufficient_quota", "insufficient_quota"),
        FailureKind.QUOTA,
    ),
    Failed("500", 500, error("Something broke.", kind="server_error"), FailureKind.SERVER),
    Failed(
        "502 a page",
        502,
        b"<html><body><h1>502 Bad Gateway</h1></body></html>",
        FailureKind.SERVER,
        {"content-type": "text/html"},
    ),
    Failed("503", 503, error("Overloaded.", kind="overloaded_error"), FailureKind.OVERLOADED),
    Failed("503 empty", 503, b"", FailureKind.OVERLOADED),
    Failed("504 a page", 504, b"<html>Gateway Timeout", FailureKind.FIRST_TOKEN_TIMEOUT),
    Failed("529", 529, b'{"error": "overloaded"}', FailureKind.OVERLOADED),
    Failed("500 not even JSON", 500, b'{"error": {"mess', FailureKind.SERVER),
    Failed("500 an error that is text", 500, b'{"error": "boom"}', FailureKind.SERVER),
)
