"""Google's error objects, told apart by status, words and details."""

import json
from typing import Any, Final

import pytest

from turnout.core.errors import FailureKind
from turnout.dialects.gemini.adapter import Gemini

QUOTA: Final = "type.googleapis.com/google.rpc.QuotaFailure"
RETRY: Final = "type.googleapis.com/google.rpc.RetryInfo"
INFO: Final = "type.googleapis.com/google.rpc.ErrorInfo"


def body(code: int, status: str, message: str, *details: dict[str, Any]) -> bytes:
    """An error object."""
    error = {"code": code, "status": status, "message": message, "details": list(details)}
    return json.dumps({"error": error}).encode()


def spent(*quotas: str) -> dict[str, Any]:
    """Quotas that are used up."""
    return {"@type": QUOTA, "violations": [{"quotaId": quota} for quota in quotas]}


CASES: Final = (
    (400, "INVALID_ARGUMENT", "Invalid value at 'x'", (), FailureKind.BAD_REQUEST),
    (
        400,
        "INVALID_ARGUMENT",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        (),
        FailureKind.CONTEXT_LENGTH,
    ),
    (
        400,
        "INVALID_ARGUMENT",
        "Request payload size exceeds the limit: 20971520 bytes.",
        (),
        FailureKind.TOO_LARGE,
    ),
    (
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        ({"@type": INFO, "reason": "API_KEY_INVALID", "domain": "googleapis.com"},),
        FailureKind.AUTH,
    ),
    (403, "PERMISSION_DENIED", "Your API key was reported as leaked.", (), FailureKind.AUTH),
    (403, "PERMISSION_DENIED", "Permission denied on resource.", (), FailureKind.PERMISSION),
    (401, "UNAUTHENTICATED", "Request had invalid authentication.", (), FailureKind.AUTH),
    (
        400,
        "FAILED_PRECONDITION",
        "User location is not supported for the API use.",
        (),
        FailureKind.PERMISSION,
    ),
    (404, "NOT_FOUND", "models/x is not found", (), FailureKind.MODEL_NOT_FOUND),
    (429, "RESOURCE_EXHAUSTED", "Resource exhausted.", (), FailureKind.RATE_LIMITED),
    (
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota.",
        (spent("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"),),
        FailureKind.RATE_LIMITED,
    ),
    (
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota.",
        (spent("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),),
        FailureKind.QUOTA,
    ),
    (
        429,
        "RESOURCE_EXHAUSTED",
        "Your prepayment credits are depleted.",
        (),
        FailureKind.QUOTA,
    ),
    (500, "INTERNAL", "An internal error has occurred.", (), FailureKind.SERVER),
    (503, "UNAVAILABLE", "The model is overloaded.", (), FailureKind.OVERLOADED),
    (504, "DEADLINE_EXCEEDED", "Deadline expired.", (), FailureKind.FIRST_TOKEN_TIMEOUT),
    (413, "", "too big", (), FailureKind.TOO_LARGE),
)


@pytest.mark.parametrize(("code", "status", "message", "details", "kind"), CASES)
def test_error_is_told_apart(
    code: int, status: str, message: str, details: tuple[dict[str, Any], ...], kind: FailureKind
) -> None:
    """Bare, and in the list that streams wrap it in."""
    plain = body(code, status, message, *details)
    for data in (plain, b"[" + plain + b"]"):
        error = Gemini().decode_error(code, {}, data)
        assert (error.kind, error.status) == (kind, code)


def test_wait_is_the_headers_or_the_details() -> None:
    """`retry-after` where it is sent, else RetryInfo."""
    data = body(429, "RESOURCE_EXHAUSTED", "x", {"@type": RETRY, "retryDelay": "34.4s"})
    assert Gemini().decode_error(429, {}, data).retry_after_s == 34.4
    assert Gemini().decode_error(429, {"retry-after": "3"}, data).retry_after_s == 3.0


@pytest.mark.parametrize(
    "secret",
    [
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "projects/my-company-4711",
        "project: my-company-4711",
        "https://generativelanguage.googleapis.com/v1beta/models/x?key=abc",
        "gateway@my-company.iam.gserviceaccount.com",
    ],
)
def test_key_project_and_address_are_not_repeated(secret: str) -> None:
    """What is left of the message still helps."""
    error = Gemini().decode_error(
        400, {}, body(400, "INVALID_ARGUMENT", f"Bad field at {secret} now")
    )
    assert "my-company" not in error.message
    assert "AIza" not in error.message
    assert "googleapis" not in error.message
    assert error.message.startswith("Bad field at")


@pytest.mark.parametrize(
    "data", [b"", b"<html>busy</html>", b"[", b"[]", b"{}", b'{"error":7}', b"\xff\xfe"]
)
def test_any_bytes_are_some_error(data: bytes) -> None:
    """The status decides where the body says nothing."""
    assert Gemini().decode_error(503, {}, data).kind is FailureKind.OVERLOADED
    assert Gemini().decode_error(429, {}, data).kind is FailureKind.RATE_LIMITED
