"""Errors of providers: what they mean, how long to wait, what of them may be repeated."""

import msgspec
import pytest
from tests.wire.cases.chat_errors import ERRORS

from turnout.core.errors import FailureKind, UpstreamError
from turnout.dialects.openai_chat.adapter import OpenAIChat

ADAPTER = OpenAIChat()


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "wait_s"),
    [row[1:] for row in ERRORS],
    ids=[row[0] for row in ERRORS],
)
def test_provider_error_means(
    status: int, headers: dict[str, str], body: bytes, kind: FailureKind, wait_s: float | None
) -> None:
    """Status, code and words together decide what follows; a hint to wait is understood."""
    error = ADAPTER.decode_error(status, headers, body)
    assert error.kind is kind
    assert error.status == status
    assert error.retry_after_s == (None if wait_s is None else pytest.approx(wait_s))
    assert error.message
    assert "<" not in error.message


SECRETS = (
    "sk-proj-abcdEFGH1234",
    "sk-abc***wxyz",
    "https://internal.example/v1?key=AIzaSyA123",
    "AIzaSyA-1234567890",
    "Bearer abc.def",
    "org-AbCdEf123456",
    "10.1.2.3:8080",
    "ann@example.com",
    "gsk_1234567890abcdef",
    "0123456789abcdef0123456789abcdef",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_provider_words_are_repeated_without_secrets(secret: str) -> None:
    """Keys, addresses, accounts and hosts are cut; the rest of the sentence stays."""
    body = msgspec.json.encode({"error": {"message": f"Cannot use {secret} for this.\nSorry"}})
    error = ADAPTER.decode_error(400, {}, body)
    assert secret not in error.message
    assert error.message.startswith("Cannot use […]")
    assert "\n" not in error.message


def test_long_words_are_cut() -> None:
    """A provider that answers with a novel does not get it told to the caller."""
    body = msgspec.json.encode({"error": {"message": "no " * 5_000}})
    assert len(ADAPTER.decode_error(400, {}, body).message) <= 400


def test_own_error_is_never_told_as_the_callers_key() -> None:
    """The gateway's key being refused says so, in our words."""
    error = ADAPTER.decode_error(401, {}, b'{"error":{"message":"bad key sk-live-12345678"}}')
    assert error.message == "The provider did not accept the gateway's key."


def test_error_inside_a_success_is_an_error() -> None:
    """HTTP 200 with an error in the body fails as its code says."""
    with pytest.raises(UpstreamError) as caught:
        ADAPTER.decode(b'{"error":{"message":"Rate limit exceeded","code":429}}')
    assert caught.value.kind is FailureKind.RATE_LIMITED
    with pytest.raises(UpstreamError) as caught:
        ADAPTER.decode(b'{"choices":[{"index":0,"error":{"code":502,"message":"died"}}]}')
    assert caught.value.kind is FailureKind.SERVER


@pytest.mark.parametrize(
    "body", [b"<html>", b"", b"[]", b'{"choices":5}', b'{"choices":[', b"\xff"]
)
def test_foreign_answers_are_not_decoded(body: bytes) -> None:
    """What is not the dialect's is DECODE, not a crash."""
    with pytest.raises(UpstreamError) as caught:
        ADAPTER.decode(body)
    assert caught.value.kind is FailureKind.DECODE


def test_models_are_listed_in_both_shapes() -> None:
    """An object with data, or Together's bare list."""
    assert ADAPTER.decode_models(b'{"data":[{"id":"a"},{"id":"b"}]}') == ("a", "b")
    assert ADAPTER.decode_models(b'[{"id":"a"}]') == ("a",)
    with pytest.raises(UpstreamError):
        ADAPTER.decode_models(b"<html>")
