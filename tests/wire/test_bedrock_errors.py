"""What Bedrock's failures mean: exceptions inside a stream, and answers that are errors."""

import json
from typing import Final

import pytest
from tests.wire.aws_frames import event, exception, frame
from tests.wire.cases.wire_case import Fields

from turnout.core.errors import FailureKind
from turnout.dialects.bedrock_converse.adapter import BedrockConverse
from turnout.dialects.events import Failure

ADAPTER: Final = BedrockConverse()
WORD: Final = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "a"}})


@pytest.mark.parametrize(
    ("kind", "payload", "failure", "status"),
    [
        ("throttlingException", {"message": "Too many"}, FailureKind.RATE_LIMITED, 429),
        ("internalServerException", {"message": "oops"}, FailureKind.SERVER, 500),
        ("serviceUnavailableException", {}, FailureKind.OVERLOADED, 503),
        (
            "validationException",
            {"message": "Input is too long for requested model."},
            FailureKind.CONTEXT_LENGTH,
            400,
        ),
        ("validationException", {"message": "nonsense"}, FailureKind.BAD_REQUEST, 400),
        (
            "modelStreamErrorException",
            {"message": "m", "originalStatusCode": 500, "originalMessage": "inner"},
            FailureKind.SERVER,
            500,
        ),
        ("modelStreamErrorException", {"originalStatusCode": 429}, FailureKind.RATE_LIMITED, 429),
        ("tomorrowException", {"message": "x"}, FailureKind.SERVER, None),
    ],
)
def test_exceptions_in_a_stream_are_typed(
    kind: str, payload: Fields, failure: FailureKind, status: int | None
) -> None:
    """After its first words or before them."""
    decoder = ADAPTER.decoder()
    *_, last = decoder.feed(WORD + exception(kind, payload))
    assert isinstance(last, Failure)
    assert (last.error.kind, last.error.status) == (failure, status)
    assert last.error.message


def test_error_of_the_stream_itself_is_typed() -> None:
    """A message of type "error" says in its headers what is wrong."""
    headers = {
        ":message-type": (7, "error"),
        ":error-code": (7, "InternalFailure"),
        ":error-message": (7, "An internal server error occurred"),
    }
    (failure,) = ADAPTER.decoder().feed(frame(headers, b""))
    assert isinstance(failure, Failure)
    assert failure.error.kind is FailureKind.SERVER
    assert failure.error.message == "An internal server error occurred"


def amzn(name: str) -> dict[str, str]:
    """The header that names an exception."""
    return {"x-amzn-errortype": f"{name}:http://internal.amazon.com/coral/com.amazon.bedrock/"}


NOT_MINE: Final = (
    "User: arn:aws:iam::123456789012:user/bob is not authorized to perform: bedrock:InvokeModel"
)


@pytest.mark.parametrize(
    ("status", "name", "message", "kind"),
    [
        (429, "ThrottlingException", "Too many tokens", FailureKind.RATE_LIMITED),
        (429, "ModelNotReadyException", "The model is not ready", FailureKind.OVERLOADED),
        (503, "ServiceUnavailableException", "", FailureKind.OVERLOADED),
        (500, "InternalServerException", "", FailureKind.SERVER),
        (408, "ModelTimeoutException", "", FailureKind.FIRST_TOKEN_TIMEOUT),
        (424, "ModelErrorException", "The model failed", FailureKind.SERVER),
        (400, "ServiceQuotaExceededException", "", FailureKind.QUOTA),
        (404, "ResourceNotFoundException", "Model not found", FailureKind.MODEL_NOT_FOUND),
        (403, "AccessDeniedException", NOT_MINE, FailureKind.PERMISSION),
        (403, "UnrecognizedClientException", "The security token is invalid", FailureKind.AUTH),
        (403, "InvalidSignatureException", "Signature expired", FailureKind.AUTH),
        (403, "ExpiredTokenException", "The token has expired", FailureKind.AUTH),
        (403, "AccessDeniedException", "Bearer token has expired", FailureKind.AUTH),
        (403, "", "Authentication failed: API Key is not valid", FailureKind.AUTH),
        (
            400,
            "ValidationException",
            "Input is too long for requested model.",
            FailureKind.CONTEXT_LENGTH,
        ),
        (
            400,
            "ValidationException",
            "input length and `max_tokens` exceed context limit: 1 + 2 > 3",
            FailureKind.CONTEXT_LENGTH,
        ),
        (
            400,
            "ValidationException",
            "The provided model identifier is invalid.",
            FailureKind.MODEL_NOT_FOUND,
        ),
        (
            400,
            "ValidationException",
            "Invocation of model ID x with on-demand throughput isn't supported.",
            FailureKind.MODEL_NOT_FOUND,
        ),
        (400, "ValidationException", "Operation not allowed", FailureKind.PERMISSION),
        (
            400,
            "ValidationException",
            "Output blocked by content filtering policy",
            FailureKind.CONTENT_POLICY,
        ),
        (
            400,
            "ValidationException",
            "This model doesn't support the video content block.",
            FailureKind.BAD_REQUEST,
        ),
    ],
)
def test_errors_are_told_apart_by_name_and_words(
    status: int, name: str, message: str, kind: FailureKind
) -> None:
    """By header or, where a proxy ate it, by the body; nothing of our account is repeated."""
    body = json.dumps({"message": message}).encode()
    named = json.dumps({"__type": f"com.amazon.coral#{name}", "Message": message}).encode()
    for headers, said in ((amzn(name), body), ({}, named)):
        error = ADAPTER.decode_error(status, headers, said)
        assert (error.kind, error.status) == (kind, status)
        assert error.message
        assert not any(word in error.message for word in ("arn:", "123456789012", "bob", "://"))
        assert error.verdict.error_type not in ("authentication", "permission_denied")


def test_unknown_operation_is_no_model() -> None:
    """What a wrong address answers."""
    body = b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"}}'
    assert ADAPTER.decode_error(404, {}, body).kind is FailureKind.MODEL_NOT_FOUND
