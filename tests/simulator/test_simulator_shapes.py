"""The other dialects of the simulator, read by the official clients of each."""

import json
from collections.abc import Generator
from contextlib import closing, contextmanager
from importlib import import_module
from typing import Any, Final
from urllib.request import Request, urlopen

import anthropic
import cohere
import httpx
import openai
import pytest
from google import genai
from google.genai import types as google
from tests.gateway import Simulator, open_simulator

SCENARIO: Final = """
[providers.p]
answer = { text = "hello big world", reasoning_tokens = 2, cached_tokens = 1, tool_calls = 2 }

[providers.form]
answer = { text = '{"city":"Oslo"}' }

[providers.shut]
answer = { text = "no", finish = "content_filter" }
"""

PARAMETERS: Final[dict[str, Any]] = {"type": "object", "properties": {"q": {"type": "string"}}}
TEXT: Final = "hello big world"


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[Simulator]:
    """Three providers."""
    with open_simulator(tmp_path_factory.mktemp("shapes"), SCENARIO) as running:
        yield running


@contextmanager
def messages_client(simulator: Simulator, provider: str) -> Generator[Any]:
    """Anthropic's client for one provider."""
    address = f"{simulator.url}/{provider}"
    with anthropic.Anthropic(base_url=address, api_key="k", max_retries=0) as client:
        yield client


def test_messages_are_read_by_the_anthropic_client(simulator: Simulator) -> None:
    """Thoughts with their signature, words, parallel calls and cached counts."""
    with messages_client(simulator, "p") as client:
        asked: Any = {
            "model": "m",
            "max_tokens": 99,
            "messages": [{"role": "user", "content": "Hi"}],
        }
        whole: Any = client.messages.create(**asked).to_dict()
        with client.messages.stream(**asked) as stream:
            streamed: Any = stream.get_final_message().to_dict()
        assert [block["type"] for block in whole["content"]] == ["thinking", "text"]
        assert whole["content"][1]["text"] == TEXT
        assert whole["stop_reason"] == "end_turn"
        assert whole["usage"]["cache_read_input_tokens"] == 1
        assert streamed["content"] == whole["content"]
        asked["tools"] = [{"name": "look", "input_schema": PARAMETERS}]
        with client.messages.stream(**asked) as stream:
            called = stream.get_final_message()
        assert [block.type for block in called.content] == ["thinking", "tool_use", "tool_use"]
        assert called.stop_reason == "tool_use"


def test_a_forced_tool_is_filled_in_like_a_form(simulator: Simulator) -> None:
    """A fixed answer that is an object becomes the arguments of the tool that must be called."""
    with messages_client(simulator, "form") as client:
        answer = client.messages.create(
            model="m",
            max_tokens=99,
            messages=[{"role": "user", "content": "Where?"}],
            tools=[{"name": "place", "input_schema": PARAMETERS}],
            tool_choice={"type": "tool", "name": "place"},
        )
        assert answer.content[0].type == "tool_use"
        assert answer.content[0].input == {"city": "Oslo"}


def test_responses_are_read_by_the_openai_client(simulator: Simulator) -> None:
    """Items, their events and the reason of an unfinished one."""
    with openai.OpenAI(base_url=f"{simulator.url}/p/v1", api_key="k", max_retries=0) as client:
        whole = client.responses.create(model="m", input="Hi")
        assert whole.output_text == TEXT
        assert [item.type for item in whole.output] == ["reasoning", "message"]
        with client.responses.stream(model="m", input="Hi") as stream:
            assert stream.get_final_response().output_text == TEXT
        cut = client.responses.create(model="m", input="Hi", max_output_tokens=3)
        assert cut.incomplete_details is not None
        assert cut.incomplete_details.reason == "max_output_tokens"
        tool: Any = {"type": "function", "name": "look", "parameters": PARAMETERS, "strict": False}
        called = client.responses.create(model="m", input="Hi", tools=[tool])
        assert [item.type for item in called.output] == [
            "reasoning",
            "function_call",
            "function_call",
        ]


def test_generate_content_is_read_by_the_google_client(simulator: Simulator) -> None:
    """Parts, thoughts apart, calls whole, and a filter's reason."""

    def client(provider: str) -> closing[Any]:
        options = google.HttpOptions(base_url=f"{simulator.url}/{provider}")
        made: Any = genai.Client(api_key="k", http_options=options)
        return closing(made)

    with client("p") as one:
        whole = one.models.generate_content(model="m", contents="Hi")
        streamed = list(one.models.generate_content_stream(model="m", contents="Hi"))
    assert whole.text == TEXT
    assert "".join(piece.text or "" for piece in streamed) == TEXT
    declared = google.FunctionDeclaration(name="look", parameters_json_schema=PARAMETERS)
    config = google.GenerateContentConfig(
        tools=[google.Tool(function_declarations=[declared])],
        automatic_function_calling=google.AutomaticFunctionCallingConfig(disable=True),
    )
    with client("p") as one:
        called = one.models.generate_content(model="m", contents="Hi", config=config)
    assert [call.name for call in called.function_calls or ()] == ["look", "look"]
    with client("shut") as one:
        shut = one.models.generate_content(model="m", contents="Hi")
    assert shut.candidates is not None
    assert shut.candidates[0].finish_reason == google.FinishReason.SAFETY


def test_converse_is_read_by_botocore(simulator: Simulator) -> None:
    """Whole, and as binary frames whose checksums hold."""
    session: Any = import_module("botocore.session").get_session()
    session.set_credentials("k", "s")
    made: Any = session.create_client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=f"{simulator.url}/p",
        config=import_module("botocore.config").Config(retries={"max_attempts": 0}),
    )
    messages = [{"role": "user", "content": [{"text": "Hi"}]}]
    config = {"tools": [{"toolSpec": {"name": "look", "inputSchema": {"json": PARAMETERS}}}]}
    with closing(made) as client:
        whole = client.converse(modelId="m:0", messages=messages)
        events = list(client.converse_stream(modelId="m:0", messages=messages)["stream"])
        called = client.converse(modelId="m:0", messages=messages, toolConfig=config)
    assert whole["output"]["message"]["content"][-1]["text"] == TEXT
    deltas = [
        event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event
    ]
    assert "".join(delta.get("text", "") for delta in deltas) == TEXT
    assert events[-1]["metadata"]["usage"]["cacheReadInputTokens"] == 1
    assert called["stopReason"] == "tool_use"


def test_chat_of_version_two_is_read_by_the_cohere_client(simulator: Simulator) -> None:
    """Content, thoughts and calls, whole and streamed."""
    said: list[Any] = [cohere.UserChatMessageV2(content="Hi")]
    with httpx.Client() as http:
        client = cohere.ClientV2(api_key="k", base_url=f"{simulator.url}/p", httpx_client=http)
        whole: Any = client.chat(model="m", messages=said)
        kinds = [event.type for event in client.chat_stream(model="m", messages=said)]
    assert whole.finish_reason == "COMPLETE"
    assert whole.message.content is not None
    assert whole.message.content[-1].text == TEXT
    assert kinds[0] == "message-start"
    assert kinds[-1] == "message-end"


@pytest.mark.parametrize("stream", [True, False])
def test_ollama_answers_in_lines(simulator: Simulator, *, stream: bool) -> None:
    """One object a line, the last of which is done; one in all when not streaming."""
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": stream}
    with urlopen(Request(f"{simulator.url}/p/api/chat", json.dumps(body).encode())) as answer:  # noqa: S310 (a loopback address)
        lines = [json.loads(line) for line in answer]
    assert "".join(line["message"]["content"] for line in lines) == TEXT
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert (len(lines) == 1) is not stream


def test_an_error_has_the_dialects_own_shape(simulator: Simulator) -> None:
    """Before the stream by status, inside it as an event, both typed by the client."""
    with messages_client(simulator, "p") as client:
        before: Any = {"model": "m", "max_tokens": 9, "messages": _saying("[[fault:status:529]]")}
        with pytest.raises(anthropic.APIStatusError) as overloaded:
            client.messages.create(**before)
        assert overloaded.value.status_code == 529
        inside: Any = {**before, "messages": _saying("[[fault:error-event:1]]")}
        with pytest.raises(anthropic.APIStatusError), client.messages.stream(**inside) as stream:
            stream.get_final_message()


def _saying(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]
