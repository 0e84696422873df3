"""Responses through the official SDKs against a live gateway, over chat upstreams."""

import json
from typing import Any, Final

import openai
import pydantic
import pytest
from openai.types.responses import (
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseTextDeltaEvent,
)
from openrouter.components import OpenResponsesResult
from tests.api.clients import Stage, openai_sdk, openrouter_sdk
from tests.gateway import Gateway

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.filterwarnings(r"ignore:warning. \*\* DEPRECATED:DeprecationWarning"),
]

WEATHER: Final[Any] = {
    "type": "function",
    "name": "weather",
    "description": "The weather somewhere",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": False,
}
PATCH: Final[Any] = {"type": "custom", "name": "apply_patch", "description": "Edits files"}


class Pair(pydantic.BaseModel):
    """What `parse` is asked for."""

    model_config = pydantic.ConfigDict(extra="forbid")

    colour: str
    number: int


def test_responses_create_answers_with_usage_and_cost(stage: Stage) -> None:
    """A plain response has its text, its status, its counts and what it cost."""
    with openai_sdk(stage.gateway) as client:
        answer = client.responses.create(
            model=stage.model,
            instructions="Be brief.",
            input="Say hello.",
            max_output_tokens=16,
            metadata={"a": "b"},
        )
    assert answer.id.startswith("gen-")
    assert answer.model == stage.model
    assert answer.output_text
    assert answer.status in {"completed", "incomplete"}
    assert answer.instructions == "Be brief."
    assert answer.metadata == {"a": "b"}
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert (answer.usage.model_extra or {})["cost"] >= 0
    record = stage.gateway.generation(answer.id)
    assert record["tokens_completion"] == answer.usage.output_tokens


def test_responses_stream_adds_up_to_its_last_event(stage: Stage) -> None:
    """The deltas are the text of the completed response, which the SDK follows event by event."""
    with (
        openai_sdk(stage.gateway) as client,
        client.responses.stream(
            model=stage.model, input="Say hello.", max_output_tokens=16, temperature=0
        ) as stream,
    ):
        events = list(stream)
    numbers = [event.sequence_number for event in events]
    assert numbers == sorted(set(numbers))
    text = "".join(e.delta for e in events if isinstance(e, ResponseTextDeltaEvent))
    last: Any = events[-1]
    assert last.type in {"response.completed", "response.incomplete"}
    assert last.response.output_text == text != ""
    assert last.response.usage.output_tokens > 0


@pytest.mark.local_model
def test_responses_parse_keeps_its_schema_on_the_embedded_model(embedded: Stage) -> None:
    """Structured output is an object of the caller's own type."""
    with openai_sdk(embedded.gateway) as client:
        answer = client.responses.parse(
            model=embedded.model,
            input="Name a colour and a number, as JSON.",
            text_format=Pair,
            temperature=0,
            max_output_tokens=60,
        )
    assert isinstance(answer.output_parsed, Pair)


def test_responses_tool_loop_goes_on_with_what_the_sdk_gave_back(gateway: Gateway) -> None:
    """Calls arrive whole and streamed; all output items go back as input, and the model goes on."""
    question: list[Any] = [{"role": "user", "content": "Weather in Aix?"}]
    with openai_sdk(gateway) as client:
        with client.responses.stream(
            model="acme/beta", input=question, tools=[WEATHER], store=False
        ) as stream:
            streamed = stream.get_final_response()
        first = client.responses.create(
            model="acme/beta",
            input=question,
            tools=[WEATHER],
            store=False,
            include=["reasoning.encrypted_content"],
        )
        for answer in (streamed, first):
            [call] = [item for item in answer.output if isinstance(item, ResponseFunctionToolCall)]
            assert call.name == "weather"
            assert isinstance(json.loads(call.arguments), dict)
            assert call.id != call.call_id
            assert any(item.type == "reasoning" for item in answer.output)
        [call] = [item for item in first.output if isinstance(item, ResponseFunctionToolCall)]
        back: list[Any] = [item.model_dump() for item in first.output]
        output = {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}
        more: list[Any] = [*question, *back, output]
        second = client.responses.create(model="acme/beta", input=more, store=False)
    assert any(isinstance(item, ResponseOutputMessage) for item in second.output)


def test_responses_custom_tool_is_a_function_upstream_and_custom_again(gateway: Gateway) -> None:
    """A tool that takes free text works on a model that knows functions only, and says so."""
    with openai_sdk(gateway) as client:
        raw = client.responses.with_raw_response.create(
            model="acme/beta", input="Patch it.", tools=[PATCH]
        )
        answer = raw.parse()
        events = list(
            client.responses.create(
                model="acme/beta", input="Patch it.", tools=[PATCH], stream=True
            )
        )
    calls: list[Any] = [item for item in answer.output if item.type == "custom_tool_call"]
    assert [call.name for call in calls] == ["apply_patch"]
    assert "tools.custom" in raw.headers["x-turnout-emulated"]
    last: Any = next(event for event in events if isinstance(event, ResponseCompletedEvent))
    [again] = [item for item in last.response.output if item.type == "custom_tool_call"]
    assert again.name == "apply_patch"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("previous_response_id", "resp_1"),
        ("conversation", "conv_1"),
        ("store", True),
        ("background", True),
        ("input", [{"type": "item_reference", "id": "msg_1"}]),
    ],
)
def test_responses_that_need_a_memory_are_refused_by_name(
    gateway: Gateway, field: str, value: Any
) -> None:
    """What asks for something stored is a 400 that names the field and what is allowed."""
    asked: dict[str, Any] = {"model": "acme/echo", "input": "hi", field: value}
    with openai_sdk(gateway) as client, pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(**asked)
    assert field in str(caught.value)
    body: Any = caught.value.body
    assert body["code"] == "invalid_prompt"


def test_responses_parse_in_openrouters_own_sdk(gateway: Gateway) -> None:
    """OpenRouter's client finds every field that its types require."""
    with openrouter_sdk(gateway) as client:
        send: Any = client.beta.responses.send  # its overloads have dozens of parameters
        answer = send(model="acme/beta", input="hello", tools=[WEATHER])
        assert isinstance(answer, OpenResponsesResult)
        with send(model="acme/echo", input="hello", stream=True) as stream:
            kinds = [event.type for event in stream]
    assert answer.model == "acme/beta"
    assert {item.type for item in answer.output} == {"reasoning", "function_call"}
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"
