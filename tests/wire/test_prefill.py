"""How each upstream is made to go on with an answer that was begun elsewhere."""

import json
from typing import Any, Final

import msgspec
import pytest

from turnout.core.conversation import Conversation, Message, ReasoningWish, Text
from turnout.core.types import Endpoint, Unpriced
from turnout.dialects.adapter import Adapter, Outgoing
from turnout.dialects.powers import Prefills
from turnout.dialects.provider import Provider
from turnout.providers import (
    amazon_bedrock,
    anthropic,
    deepseek,
    google_vertex,
    llamacpp,
    mistral,
    moonshotai,
    ollama,
    openai,
    sglang,
    vllm,
)

BEGUN: Final = "Once upon"


def endpoint(model: str) -> Endpoint:
    """An endpoint of a model by its upstream's name."""
    return Endpoint(
        id="acme/one@x",
        model="acme/one",
        provider="x",
        tag="x",
        upstream_model=model,
        price=Unpriced(),
        context_tok=100_000,
        max_output_tok=20_000,
    )


def continued(adapter: Adapter, model: str = "one") -> tuple[str, Any]:
    """Path and body of a request that ends with the beginning of its answer."""
    asked = Conversation(
        dialect="openai.chat",
        messages=(
            Message(role="user", parts=(Text(text="Tell a tale."),)),
            Message(role="assistant", parts=(Text(text=BEGUN),)),
        ),
        reasoning=ReasoningWish(effort="high"),
        stream=True,
    )
    assert isinstance(adapter, Prefills)
    how = adapter.prefill(endpoint(model))
    assert how is not None
    sent: Outgoing = adapter.prefilled(adapter.encode(asked, endpoint(model)), how)
    return sent.request.path, json.loads(sent.request.body)


@pytest.mark.parametrize("provider", [vllm.PROVIDER, sglang.PROVIDER], ids=lambda one: one.id)
def test_open_ended_message_is_asked_for_in_the_request(provider: Provider) -> None:
    """VLLM and SGLang: no new turn is begun."""
    _, body = continued(provider.adapter)
    assert body["messages"][-1] == {"role": "assistant", "content": BEGUN}
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)


def test_mistral_marks_the_message_and_repeats_it() -> None:
    """By `prefix`; the answer begins with it."""
    _, body = continued(mistral.PROVIDER.adapter)
    assert body["messages"][-1] == {"role": "assistant", "content": BEGUN, "prefix": True}
    assert isinstance(mistral.PROVIDER.adapter, Prefills)
    how = mistral.PROVIDER.adapter.prefill(endpoint("one"))
    assert how is not None
    assert how.repeats == "always"


def test_deepseek_marks_the_message_at_another_address() -> None:
    """By `prefix`, below /beta."""
    path, body = continued(deepseek.PROVIDER.adapter)
    assert path == "/beta/chat/completions"
    assert body["messages"][-1]["prefix"] is True


@pytest.mark.parametrize("provider", [llamacpp.PROVIDER, ollama.PROVIDER], ids=lambda one: one.id)
def test_some_servers_go_on_unasked(provider: Provider) -> None:
    """llama.cpp and Ollama: the last turn says it all."""
    _, body = continued(provider.adapter)
    assert body["messages"][-1] == {"role": "assistant", "content": BEGUN}


def test_claude_does_not_think_behind_a_beginning() -> None:
    """The two exclude each other, at Anthropic and at Bedrock."""
    _, body = continued(anthropic.PROVIDER.adapter, "claude-sonnet-4-5")
    assert body["messages"][-1]["role"] == "assistant"
    assert "thinking" not in body
    _, body = continued(amazon_bedrock.PROVIDER.adapter, "anthropic.claude-sonnet-4-5-v1:0")
    assert body["messages"][-1]["role"] == "assistant"
    assert "thinking" not in body.get("additionalModelRequestFields", {})


def test_models_that_refuse_a_beginning_are_known() -> None:
    """Newer Claude, wherever it is hosted."""
    [claude] = [side for side in google_vertex.PROVIDER.sides if side.serves("claude-opus-4-6")][:1]
    for adapter, model in (
        (anthropic.PROVIDER.adapter, "claude-opus-4-6"),
        (claude.adapter, "claude-opus-4-6"),
        (amazon_bedrock.PROVIDER.adapter, "anthropic.claude-opus-4-6-v1:0"),
    ):
        assert isinstance(adapter, Prefills)
        assert adapter.prefill(endpoint(model)) is None


def test_nothing_is_guessed_of_others() -> None:
    """OpenAI begins a new turn, and of a compatible host of another house nothing is known."""
    for adapter in (openai.PROVIDER.adapter, *(side.adapter for side in moonshotai.PROVIDER.sides)):
        assert not isinstance(adapter, Prefills) or adapter.prefill(endpoint("one")) is None


def test_thinking_in_the_callers_own_words_is_left_out_too() -> None:
    """A request that passed as it came still says `thinking`."""
    adapter = anthropic.PROVIDER.adapter
    assert isinstance(adapter, Prefills)
    how = adapter.prefill(endpoint("claude-sonnet-4-5"))
    assert how is not None
    body: dict[str, Any] = {
        "model": "m",
        "messages": [],
        "thinking": {"type": "enabled", "budget_tokens": 2000},
    }
    asked = continued_request(body)
    sent = adapter.prefilled(asked, how)
    assert "thinking" not in json.loads(sent.request.body)
    assert sent.dropped == ("reasoning",)


def continued_request(body: dict[str, Any]) -> Outgoing:
    """A request as it went through an adapter."""
    sent = anthropic.PROVIDER.adapter.encode(
        Conversation(
            dialect="openai.chat",
            messages=(Message(role="user", parts=(Text(text="Tell."),)),),
        ),
        endpoint("claude-sonnet-4-5"),
    )
    request = msgspec.structs.replace(sent.request, body=json.dumps(body).encode())
    return msgspec.structs.replace(sent, request=request, dropped=())
