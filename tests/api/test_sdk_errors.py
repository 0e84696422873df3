"""Every refusal is an exception of the SDK's own kind, with an integer code and an error type."""

from collections.abc import Generator
from typing import Any, Literal

import openai
import pytest
from openrouter import errors
from openrouter.components import ChatStreamChunk
from tests.api.clients import openai_sdk, openrouter_sdk
from tests.gateway import Gateway, Template, open_gateway, open_simulator, provider_table

HELLO: Any = [{"role": "user", "content": "Say hello."}]

FAULTS = {
    "bad": 'kind = "status", status = 400, message = "temperature must be below 1"',
    "unauthorized": 'kind = "status", status = 401',
    "broke": 'kind = "status", status = 402',
    "gone": 'kind = "status", status = 404',
    "busy": 'kind = "status", status = 429, retry_after_s = 7',
    "broken": 'kind = "status", status = 500',
    "overloaded": 'kind = "status", status = 529',
    "html": 'kind = "html-200"',
    "dying": 'kind = "error-event", status = 429, after_tokens = 3',
}


@pytest.fixture(scope="module")
def failing(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Generator[Gateway]:
    """One provider for each way to fail, and one that is well.

    A failed endpoint rests for a while, so each has a model to stream and one to ask.
    """
    folder = tmp_path_factory.mktemp("failing")
    tables = [f"[providers.{name}]\nfaults = [{{ {fault} }}]" for name, fault in FAULTS.items()]
    with open_simulator(folder, "\n".join([*tables, "[providers.well]\n"])) as simulator:
        names = [*FAULTS, "well"]
        config = [
            provider_table(name, simulator, [f"acme/{name}{n}" for n in ("", "-2", "-3")])
            for name in names
        ]
        config.append("[server]\nbody_limit_bytes = 4096\n")
        with open_gateway(template, folder, "\n".join(config)) as serving:
            yield serving


CASES = [
    ("bad", errors.BadRequestResponseError, 400, "invalid_request"),
    ("none", errors.BadRequestResponseError, 400, "invalid_request"),
    ("unauthorized", errors.BadGatewayResponseError, 502, "provider_unavailable"),
    ("broke", errors.BadGatewayResponseError, 502, "provider_unavailable"),
    ("gone", errors.NotFoundResponseError, 404, "not_found"),
    ("busy", errors.TooManyRequestsResponseError, 429, "rate_limit_exceeded"),
    ("broken", errors.ServiceUnavailableResponseError, 503, "provider_overloaded"),
    ("overloaded", errors.ServiceUnavailableResponseError, 503, "provider_overloaded"),
    ("html", errors.ServiceUnavailableResponseError, 503, "provider_overloaded"),
]


def said(error: errors.OpenRouterError) -> Any:
    """The parsed body of an error."""
    typed: Any = error  # every kind has `data`, their common class does not
    return typed.data.error


@pytest.mark.parametrize("way", ["whole", "stream"])
@pytest.mark.parametrize(("name", "kind", "status", "error_type"), CASES)
def test_upstream_failures_are_typed_exceptions(
    failing: Gateway,
    name: str,
    kind: type[errors.OpenRouterError],
    status: int,
    error_type: str,
    way: Literal["whole", "stream"],
) -> None:
    """What a provider did wrong reaches the caller as the contract's status, streamed or not."""
    model = f"acme/{name}-2" if way == "stream" else f"acme/{name}"
    with openrouter_sdk(failing) as client, pytest.raises(kind) as caught:
        client.chat.send(model=model, messages=HELLO, stream=way == "stream")
    assert caught.value.status_code == status
    assert said(caught.value).code == status
    assert said(caught.value).metadata["error_type"] == error_type


def test_rate_limit_carries_the_wait(failing: Gateway) -> None:
    """429 says when to come back, now and while the endpoint cools down."""
    for _ in range(2):
        with (
            openai_sdk(failing) as client,
            pytest.raises(openai.RateLimitError) as caught,
        ):
            client.chat.completions.create(model="acme/busy", messages=HELLO)
        assert 1 <= int(caught.value.response.headers["retry-after"]) <= 7


def test_resting_after_a_fault_is_unavailable_and_not_a_limit(failing: Gateway) -> None:
    """An endpoint that rests because it failed is down: 503 with a wait, while it rests too."""
    for _ in range(2):
        heard = failing.chat("acme/overloaded-3")
        assert heard.status == 503
        assert heard.error["availability"]["code"] == "temporarily_unavailable"
    heard = failing.chat("acme/overloaded-3")
    assert heard.status == 503
    assert int(heard.headers["retry-after"]) >= 1
    assert "Retry after" in heard.error["message"]


def test_error_after_content_is_a_typed_chunk(failing: Gateway) -> None:
    """A stream that dies after its first words says so in a chunk that parses, and ends."""
    with (
        openrouter_sdk(failing) as client,
        client.chat.send(model="acme/dying", messages=HELLO, stream=True) as stream,
    ):
        chunks: list[ChatStreamChunk] = list(stream)
    broken = [chunk for chunk in chunks if chunk.error is not None]
    assert len(broken) == 1
    error = broken[0].error
    assert error is not None
    assert error.code == 429
    assert error.metadata is not None
    assert error.metadata.error_type == "rate_limit_exceeded"
    assert broken[0].choices[0].finish_reason == "error"
    assert any(chunk.choices and chunk.choices[0].delta.content for chunk in chunks)


def test_wrong_key_is_unauthorized(failing: Gateway) -> None:
    """401."""
    with (
        openrouter_sdk(failing, key="sk-or-v1-" + "f" * 64) as client,
        pytest.raises(errors.UnauthorizedResponseError),
    ):
        client.chat.send(model="acme/well", messages=HELLO)


def test_spent_key_is_payment_required(failing: Gateway) -> None:
    """402, with a text that says which limit it was."""
    with openrouter_sdk(failing, key=failing.management_key) as manager:
        made = manager.api_keys.create(name="poor", limit=0.00001)
    with openrouter_sdk(failing, key=made.key) as client:
        client.chat.send(model="acme/well", messages=HELLO)
        with pytest.raises(errors.PaymentRequiredResponseError) as caught:
            client.chat.send(model="acme/well", messages=HELLO)
    assert "limit" in said(caught.value).message


def test_keys_of_the_other_kind_are_forbidden(failing: Gateway) -> None:
    """403: a management key cannot infer, an inference key cannot manage."""
    with (
        openrouter_sdk(failing, key=failing.management_key) as manager,
        pytest.raises(errors.ForbiddenResponseError),
    ):
        manager.chat.send(model="acme/well", messages=HELLO)
    with openrouter_sdk(failing) as client, pytest.raises(errors.ForbiddenResponseError):
        client.api_keys.create(name="more")


def test_unserved_model_is_not_found_with_advice(failing: Gateway) -> None:
    """404 that says which setting would serve it."""
    with openrouter_sdk(failing) as client, pytest.raises(errors.NotFoundResponseError) as caught:
        client.chat.send(model="openai/gpt-4o-mini", messages=HELLO)
    assert "OPENAI_API_KEY" in said(caught.value).message


def test_large_body_is_payload_too_large(failing: Gateway) -> None:
    """413."""
    message: Any = [{"role": "user", "content": "x" * 5000}]
    with (
        openrouter_sdk(failing) as client,
        pytest.raises(errors.PayloadTooLargeResponseError),
    ):
        client.chat.send(model="acme/well", messages=message)


def test_generation_of_another_key_is_not_found(failing: Gateway) -> None:
    """A record is for the key that made it, and for management keys."""
    with openrouter_sdk(failing, key=failing.management_key) as manager:
        other = manager.api_keys.create(name="nosy").key
        with openrouter_sdk(failing) as client:
            answer = client.chat.send(model="acme/well", messages=HELLO)
            assert client.generations.get_generation(id=answer.id).data.id == answer.id
        with (
            openrouter_sdk(failing, key=other) as client,
            pytest.raises(errors.NotFoundResponseError),
        ):
            client.generations.get_generation(id=answer.id)
        assert manager.generations.get_generation(id=answer.id).data.id == answer.id
