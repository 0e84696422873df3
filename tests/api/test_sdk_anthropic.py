"""Anthropic's own Python SDK against a live gateway: what its users write works unchanged."""

from typing import Any

import anthropic
import pytest
from anthropic.types import MessageParam, ToolParam
from tests.api.clients import Stage, anthropic_sdk
from tests.gateway import (
    Gateway,
    Template,
    open_gateway,
    open_simulator,
    provider_table,
)

pytestmark = pytest.mark.timeout(180)

HELLO: list[MessageParam] = [{"role": "user", "content": "Say hello."}]
WEATHER: ToolParam = {
    "name": "weather",
    "description": "The weather somewhere",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}


def test_anthropic_message_has_text_end_counts_and_cost(stage: Stage) -> None:
    """A plain message of any model is one of the dialect, with what it cost beside the counts."""
    with anthropic_sdk(stage.gateway) as client:
        message = client.messages.create(
            model=stage.model, system="Be kind.", messages=HELLO, max_tokens=12
        )
    assert message.id.startswith("gen-")
    assert (message.type, message.role, message.model) == ("message", "assistant", stage.model)
    [block] = [one for one in message.content if one.type == "text"]
    assert block.text
    assert message.stop_reason in {"end_turn", "max_tokens"}
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens > 0
    extra: dict[str, Any] = message.usage.model_extra or {}
    assert extra["cost"] >= 0
    assert (message.model_extra or {})["provider"] == stage.provider
    record = stage.gateway.generation(message.id)
    assert record["tokens_completion"] == message.usage.output_tokens


def test_anthropic_stream_brings_every_word_and_the_bill(stage: Stage) -> None:
    """The SDK's own stream helper collects the whole message; the counts come at its end."""
    with (
        anthropic_sdk(stage.gateway) as client,
        client.messages.stream(model=stage.model, messages=HELLO, max_tokens=12) as stream,
    ):
        words = "".join(stream.text_stream)
        message = stream.get_final_message()
    assert words
    [block] = [one for one in message.content if one.type == "text"]
    assert block.text == words
    assert message.stop_reason in {"end_turn", "max_tokens"}
    assert message.usage.output_tokens > 0
    record = stage.gateway.generation(message.id)
    assert record["streamed"] is True
    assert record["tokens_completion"] == message.usage.output_tokens


def test_anthropic_tool_call_and_result(simulated: Stage) -> None:
    """A call comes as a block with its input; its result goes back in the next turn."""
    with anthropic_sdk(simulated.gateway) as client:
        message = client.messages.create(
            model="acme/beta", messages=HELLO, max_tokens=50, tools=[WEATHER]
        )
        [call] = [one for one in message.content if one.type == "tool_use"]
        assert message.stop_reason == "tool_use"
        assert call.name == "weather"
        assert isinstance(call.input, dict)
        again = client.messages.create(
            model=simulated.model,
            max_tokens=50,
            tools=[WEATHER],
            messages=[
                *HELLO,
                {"role": "assistant", "content": message.content},
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}
                    ],
                },
            ],
        )
    assert again.content


def test_anthropic_counts_tokens_without_answering(stage: Stage) -> None:
    """Where the endpoint cannot count, the gateway estimates and says so; nothing is recorded."""
    with anthropic_sdk(stage.gateway) as client:
        raw = client.messages.with_raw_response.count_tokens(model=stage.model, messages=HELLO)
        short = raw.parse()
        long = client.messages.count_tokens(
            model=stage.model, messages=[{"role": "user", "content": "word " * 500}]
        )
    assert 0 < short.input_tokens < 20
    assert 400 < long.input_tokens < 800
    assert (short.model_extra or {})["estimated"] is True
    assert not raw.headers.get("x-generation-id")


@pytest.mark.parametrize("header", ["x-api-key", "authorization"])
def test_anthropic_keys_come_by_either_header(simulated: Stage, header: str) -> None:
    """The SDK sends x-api-key, coding agents a bearer; both are the gateway's own key."""
    gateway = simulated.gateway
    secret = f"Bearer {gateway.key}" if header == "authorization" else gateway.key
    body = b'{"model":"acme/echo","max_tokens":5,"messages":[{"role":"user","content":"a"}]}'
    for path in ("/api/v1/messages", "/v1/messages?beta=true"):
        heard = gateway.request("POST", path, body, {header: secret})
        assert heard.status == 200
        assert heard.json["type"] == "message"


def test_anthropic_errors_are_the_sdks_own(simulated: Stage) -> None:
    """A wrong key, an unknown model and a wrong field raise what Anthropic's users catch."""
    gateway = simulated.gateway
    with (
        anthropic_sdk(gateway, key="sk-or-v1-wrong") as client,
        pytest.raises(anthropic.AuthenticationError) as refused,
    ):
        client.messages.create(model="acme/echo", messages=HELLO, max_tokens=5)
    assert refused.value.body == {
        "type": "error",
        "error": {
            "type": "authentication_error",
            "message": "User not found: this key is not known here.",
            "error_type": "authentication",
        },
        "request_id": None,
    }
    with anthropic_sdk(gateway) as client:
        with pytest.raises(anthropic.BadRequestError, match="is not a valid model ID"):
            client.messages.create(model="claude-99", messages=HELLO, max_tokens=5)
        with pytest.raises(anthropic.BadRequestError, match="max_tokens"):
            client.messages.create(model="acme/echo", messages=HELLO, max_tokens=0)


FAULTS = {
    "busy": ('kind = "status", status = 429, retry_after_s = 7', anthropic.RateLimitError),
    "overloaded": ('kind = "status", status = 529', anthropic.InternalServerError),
    "gone": ('kind = "status", status = 404', anthropic.NotFoundError),
}


@pytest.mark.parametrize("name", FAULTS)
def test_anthropic_failures_of_providers_are_the_sdks_own(
    template: Template, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    """What every endpoint failed with comes in Anthropic's shape, with its request id."""
    fault, expected = FAULTS[name]
    folder = tmp_path_factory.mktemp("failing")
    scenario = f"[providers.{name}]\nfaults = [{{ {fault} }}]\n"
    with open_simulator(folder, scenario) as simulator:
        config = provider_table(name, simulator, [f"acme/{name}"])
        with (
            open_gateway(template, folder, config) as serving,
            anthropic_sdk(serving) as client,
            pytest.raises(expected) as caught,
        ):
            client.messages.create(model=f"acme/{name}", messages=HELLO, max_tokens=5)
    body: Any = caught.value.body
    assert body["type"] == "error"
    assert body["request_id"].startswith("gen-")


def test_anthropic_error_in_the_middle_of_a_stream(
    template: Template, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After the first word an error is an event, which the SDK raises."""
    folder = tmp_path_factory.mktemp("dying")
    fault = '[providers.dying]\nfaults = [{ kind = "error-event", status = 429, after_tokens = 3 }]'
    with open_simulator(folder, fault) as simulator:
        config = provider_table("dying", simulator, ["acme/dying"])
        heard: list[str] = []
        with (
            open_gateway(template, folder, config) as serving,
            anthropic_sdk(serving) as client,
            pytest.raises(anthropic.APIStatusError) as caught,
            client.messages.stream(model="acme/dying", messages=HELLO, max_tokens=50) as stream,
        ):
            heard.extend(stream.text_stream)
    assert "".join(heard)
    body: Any = caught.value.body
    assert body["error"]["type"] == "rate_limit_error"


def test_anthropic_names_reach_the_catalog(gateway: Gateway) -> None:
    """A bare name of Anthropic's own is known: no provider here serves it, which is another no."""
    with anthropic_sdk(gateway) as client, pytest.raises(anthropic.NotFoundError) as caught:
        client.messages.create(model="claude-sonnet-4-6", messages=HELLO, max_tokens=5)
    assert "anthropic/claude-sonnet-4.6" in str(caught.value)
