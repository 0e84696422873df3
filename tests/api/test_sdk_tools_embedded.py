"""Tool calls on the embedded model, without any key, through OpenAI's SDK as its users write it."""

import json
from collections.abc import Sequence
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionMessageParam,
    ChatCompletionToolParam,
)
from tests.api.clients import Stage, openai_sdk

pytestmark = [pytest.mark.timeout(240), pytest.mark.local_model]

WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The current weather in a city",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"enum": ["celsius", "fahrenheit"]},
            },
            "required": ["city", "unit"],
        },
    },
}
ADD: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "The sum of two numbers",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
        },
    },
}
QUESTION: list[ChatCompletionMessageParam] = [
    {"role": "user", "content": "What is the weather in Paris?"}
]
HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Say hello."}]


def ask(
    client: OpenAI, stage: Stage, messages: Sequence[ChatCompletionMessageParam], **fields: Any
) -> ChatCompletion:
    """One whole answer, at temperature 0."""
    answer = client.chat.completions.create(
        model=stage.model, messages=list(messages), temperature=0, stream=False, **fields
    )
    assert isinstance(answer, ChatCompletion)
    return answer


def test_a_required_tool_is_called_with_arguments_of_its_schema(embedded: Stage) -> None:
    """`required`: a call comes, of an offered tool, whose arguments its schema allows."""
    with openai_sdk(embedded.gateway) as client:
        answer = ask(
            client, embedded, HELLO, tools=[WEATHER, ADD], tool_choice="required", max_tokens=120
        )
    choice = answer.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert not choice.message.content
    (call,) = choice.message.tool_calls or []
    assert call.type == "function"
    arguments = json.loads(call.function.arguments)
    if call.function.name == "add":
        assert isinstance(arguments["a"], int)
    else:
        assert arguments["unit"] in {"celsius", "fahrenheit"}


def test_a_named_tool_is_called_whatever_was_asked(embedded: Stage) -> None:
    """A named choice: that tool and no other."""
    with openai_sdk(embedded.gateway) as client:
        answer = ask(
            client,
            embedded,
            QUESTION,
            tools=[WEATHER, ADD],
            tool_choice={"type": "function", "function": {"name": "add"}},
            max_tokens=120,
        )
    (call,) = answer.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert call.function.name == "add"
    assert set(json.loads(call.function.arguments)) == {"a", "b"}


def test_auto_calls_a_tool_that_fits_and_else_answers(embedded: Stage) -> None:
    """`auto`: a question about the weather is a call, a greeting is words; `none` is words."""
    with openai_sdk(embedded.gateway) as client:
        fits = ask(client, embedded, QUESTION, tools=[WEATHER], max_tokens=120)
        greets = ask(client, embedded, HELLO, tools=[WEATHER], max_tokens=30)
        never = ask(client, embedded, QUESTION, tools=[WEATHER], tool_choice="none", max_tokens=30)
    (call,) = fits.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert json.loads(call.function.arguments)["city"] == "Paris"
    for answer in (greets, never):
        assert answer.choices[0].message.content
        assert answer.choices[0].message.tool_calls is None
        assert answer.choices[0].finish_reason in {"stop", "length"}


def test_parallel_calls_come_where_they_are_asked_for(embedded: Stage) -> None:
    """`parallel_tool_calls`: at least one call, each with an id of its own."""
    with openai_sdk(embedded.gateway) as client:
        answer = ask(
            client,
            embedded,
            [{"role": "user", "content": "The weather in Paris and in London, please."}],
            tools=[WEATHER],
            tool_choice="required",
            parallel_tool_calls=True,
            max_tokens=300,
        )
    calls = answer.choices[0].message.tool_calls or []
    assert calls
    assert len({call.id for call in calls}) == len(calls)
    for call in calls[:-1]:
        assert call.type == "function"
        assert "city" in json.loads(call.function.arguments)


def test_a_streamed_call_is_the_whole_one(embedded: Stage) -> None:
    """A stream brings id and name once and first, then the same arguments; then the usage."""
    with openai_sdk(embedded.gateway) as client:
        whole = ask(client, embedded, QUESTION, tools=[WEATHER], max_tokens=120, seed=1)
        stream = client.chat.completions.create(
            model=embedded.model,
            messages=QUESTION,
            tools=[WEATHER],
            max_tokens=120,
            temperature=0,
            seed=1,
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = list(stream)
    deltas = [
        delta
        for chunk in chunks
        for choice in chunk.choices
        for delta in choice.delta.tool_calls or []
    ]
    assert deltas[0].id
    assert deltas[0].function is not None
    assert deltas[0].function.name == "get_weather"
    assert all(delta.id is None and delta.index == 0 for delta in deltas[1:])
    arguments = "".join((d.function.arguments or "") for d in deltas if d.function)
    (call,) = whole.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert json.loads(arguments) == json.loads(call.function.arguments)
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "tool_calls"
    assert chunks[-1].usage is not None


def test_a_loop_over_tools_ends_in_an_answer(embedded: Stage) -> None:
    """Question, call, result, words: the loop that every agent runs, streamed at its end."""
    messages = list(QUESTION)
    rounds: list[ChatCompletion] = []
    with openai_sdk(embedded.gateway) as client:
        while len(rounds) < 4:
            answer = ask(client, embedded, messages, tools=[WEATHER, ADD], max_tokens=120)
            rounds.append(answer)
            said = answer.choices[0].message
            if not said.tool_calls:
                break
            messages.append(said.to_dict())  # pyright: ignore[reportArgumentType] (as its users do)
            for call in said.tool_calls:
                result = '{"degrees": 18, "sky": "sunny"}'
                messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
        with client.chat.completions.stream(
            model=embedded.model,
            messages=messages,
            tools=[WEATHER, ADD],
            max_tokens=60,
            temperature=0,
        ) as stream:
            last = stream.get_final_completion().choices[0]
    called, answered = rounds
    assert called.choices[0].finish_reason == "tool_calls"
    assert answered.choices[0].message.content
    assert answered.choices[0].finish_reason in {"stop", "length"}
    assert last.message.content
    assert not last.message.tool_calls


def test_what_was_emulated_is_told(embedded: Stage) -> None:
    """The answer's header says that tools were brought about by other means, and what was lost."""
    with openai_sdk(embedded.gateway) as client:
        raw = client.chat.completions.with_raw_response.create(
            model=embedded.model,
            messages=QUESTION,
            tools=[WEATHER],
            tool_choice="required",
            logprobs=True,
            max_tokens=120,
        )
    assert raw.headers["x-turnout-emulated"] == "tools, tool_choice"
    assert raw.headers["x-turnout-dropped"] == "logprobs"


def test_arguments_that_are_cut_by_the_limit_end_with_length(embedded: Stage) -> None:
    """`max_tokens` holds for calls as well, and a call cut by it does not look whole."""
    with openai_sdk(embedded.gateway) as client:
        answer = ask(client, embedded, QUESTION, tools=[WEATHER], max_tokens=16)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 16


def test_a_choice_of_a_tool_that_is_not_there_is_refused(embedded: Stage) -> None:
    """A named tool must be among the tools."""
    with openai_sdk(embedded.gateway) as client, pytest.raises(openai.BadRequestError) as refused:
        ask(
            client,
            embedded,
            QUESTION,
            tools=[WEATHER],
            tool_choice={"type": "function", "function": {"name": "absent"}},
        )
    assert "absent" in refused.value.message
