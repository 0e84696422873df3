"""OpenAI's own Python SDK against a live gateway: what its users write works unchanged."""

import json
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from tests.api.clients import Stage, openai_sdk
from tests.gateway import Gateway

pytestmark = pytest.mark.timeout(180)

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Say hello."}]
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather somewhere",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def test_openai_chat_answers_with_usage_and_cost(stage: Stage) -> None:
    """A plain completion has its text, its finish reason, its counts and what it cost."""
    with openai_sdk(stage.gateway) as client:
        answer = client.chat.completions.create(model=stage.model, messages=HELLO, max_tokens=12)
    assert answer.id.startswith("gen-")
    assert answer.model == stage.model
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason in {"stop", "length"}
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    extra: dict[str, Any] = answer.usage.model_extra or {}
    assert extra["cost"] >= 0
    assert (answer.model_extra or {})["provider"] == stage.provider


def test_openai_stream_brings_every_token_and_usage_last(stage: Stage) -> None:
    """A stream's words are those of the record, and its last chunk has the usage."""
    with openai_sdk(stage.gateway) as client:
        stream = client.chat.completions.create(
            model=stage.model, messages=HELLO, max_tokens=12, stream=True
        )
        chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text
    assert chunks[0].choices[0].delta.role == "assistant"
    finishes = [c.choices[0].finish_reason for c in chunks if c.choices]
    assert finishes[-1] in {"stop", "length"}
    assert [c.usage is not None for c in chunks] == [False] * (len(chunks) - 1) + [True]
    assert len({c.id for c in chunks}) == 1
    record = stage.gateway.generation(chunks[0].id)
    usage = chunks[-1].usage
    assert usage is not None
    assert record["tokens_completion"] == usage.completion_tokens


@pytest.mark.local_model
def test_openai_json_schema_is_kept_by_the_embedded_model(embedded: Stage) -> None:
    """Structured output through the SDK is JSON of that schema."""
    schema: dict[str, object] = {
        "type": "object",
        "properties": {"colour": {"enum": ["red", "green"]}, "number": {"type": "integer"}},
        "required": ["colour", "number"],
        "additionalProperties": False,
    }
    with openai_sdk(embedded.gateway) as client:
        answer = client.chat.completions.create(
            model=embedded.model,
            messages=[{"role": "user", "content": "Name a colour and a number, as JSON."}],
            max_tokens=60,
            temperature=0,
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "pair", "strict": True, "schema": schema},
            },
        )
    found = json.loads(answer.choices[0].message.content or "")
    assert found["colour"] in {"red", "green"}
    assert isinstance(found["number"], int)


def test_openai_tool_calls_arrive_whole_and_streamed(gateway: Gateway) -> None:
    """A tool call's name and arguments are the same whether they came at once or in pieces."""
    with openai_sdk(gateway) as client:
        whole = client.chat.completions.create(
            model="acme/beta", messages=HELLO, tools=[WEATHER], tool_choice="auto"
        )
        with client.chat.completions.stream(
            model="acme/beta", messages=HELLO, tools=[WEATHER]
        ) as stream:
            streamed = stream.get_final_completion()
    for answer in (whole, streamed):
        assert answer.choices[0].finish_reason == "tool_calls"
        [call] = answer.choices[0].message.tool_calls or []
        assert call.type == "function"
        assert call.id
        assert call.function.name == "weather"
        assert isinstance(json.loads(call.function.arguments), dict)


def test_openai_reasoning_arrives_whole_and_streamed(gateway: Gateway) -> None:
    """Thinking stands beside the content, and is counted."""
    with openai_sdk(gateway) as client:
        whole = client.chat.completions.create(
            model="acme/beta", messages=HELLO, reasoning_effort="low"
        )
        chunks = list(
            client.chat.completions.create(model="acme/beta", messages=HELLO, stream=True)
        )
    told = (whole.choices[0].message.model_extra or {})["reasoning"]
    pieces = [(c.choices[0].delta.model_extra or {}).get("reasoning") for c in chunks if c.choices]
    assert "".join(piece or "" for piece in pieces) == told != ""
    assert whole.choices[0].message.content == "beta says hello"
    assert whole.usage is not None
    assert whole.usage.completion_tokens_details is not None
    assert whole.usage.completion_tokens_details.reasoning_tokens == 3


def test_openai_models_are_listed(gateway: Gateway) -> None:
    """The SDK's model list holds what this gateway can route to."""
    with openai_sdk(gateway) as client:
        assert {"acme/echo", "acme/beta"} <= {model.id for model in client.models.list()}


@pytest.mark.parametrize(
    ("fields", "kind", "status"),
    [
        ({"model": "acme/none"}, openai.BadRequestError, 400),
        ({"model": "openai/gpt-4o-mini"}, openai.NotFoundError, 404),
        ({"temperature": 9}, openai.BadRequestError, 400),
        ({"messages": []}, openai.BadRequestError, 400),
    ],
)
def test_openai_refusals_are_typed(
    gateway: Gateway, fields: Any, kind: type[openai.APIStatusError], status: int
) -> None:
    """What the SDK's users catch is what they get, with a code and a message."""
    asked: dict[str, Any] = {"model": "acme/echo", "messages": HELLO} | fields
    with openai_sdk(gateway) as client, pytest.raises(kind) as caught:
        client.chat.completions.create(**asked)
    assert caught.value.status_code == status
    body: Any = caught.value.body
    assert body["code"] == status
    assert body["message"]


def test_openai_wrong_key_is_an_authentication_error(gateway: Gateway) -> None:
    """So SDK users see which of their settings is wrong."""
    with (
        openai_sdk(gateway, key="sk-or-v1-" + "0" * 64) as client,
        pytest.raises(openai.AuthenticationError),
    ):
        client.chat.completions.create(model="acme/echo", messages=HELLO)
