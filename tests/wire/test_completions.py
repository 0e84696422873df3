"""Legacy completions: a prompt through a chat both ways, and help for an upstream of its own."""

import json
from typing import Any, Final

import pytest
from openai.types import Completion

from turnout.core.errors import Refusal
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Bill, Head, Inbound, Outgoing, UpstreamRequest
from turnout.dialects.bridge import bridge
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_completions.client import CLIENT as COMPLETIONS
from turnout.dialects.openai_completions.native import completions
from turnout.dialects.openai_sides import LLAMA_CPP

SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))


def endpoint() -> Endpoint:
    """Some model there."""
    return Endpoint(
        id="e",
        model="a/m",
        provider="p",
        tag="p",
        upstream_model="m",
        price=Unpriced(),
        context_tok=8192,
    )


def body(outgoing: Outgoing) -> Any:
    """What goes up."""
    return json.loads(outgoing.request.body)


BILL: Final = Bill(usage=Usage(text_in=2, text_out=3), charge=None)
CHATTING: Final = bridge(COMPLETIONS, OpenAIChat())
CHAT_ANSWER: Final[dict[str, Any]] = {
    "id": "x",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "a b"},
            "finish_reason": "stop",
            "logprobs": {
                "content": [
                    {
                        "token": "a",
                        "logprob": -0.5,
                        "bytes": [97],
                        "top_logprobs": [{"token": "a", "logprob": -0.5, "bytes": [97]}],
                    },
                    {"token": " b", "logprob": -1.5, "bytes": [32, 98], "top_logprobs": []},
                ]
            },
        }
    ],
    "usage": {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5},
}


def head(inbound: Inbound) -> Head:
    """What an answer to it carries."""
    return Head("gen-1", 1_700_000_000, "a/m", "P", asked=inbound.fields)


def asked(**fields: Any) -> Inbound:
    """A completion request."""
    return COMPLETIONS.read(json.dumps({"model": "a/m", **fields}).encode(), {})


def test_a_prompt_becomes_one_user_message() -> None:
    """With everything that chat knows as well; what became of the request is told."""
    inbound = asked(prompt="Once", max_tokens=5, stop="\n", n=2, logprobs=3, echo=True, seed=1)
    echoing = asked(prompt="Once", max_tokens=5, echo=True)
    with pytest.raises(Refusal) as refused:
        CHATTING.request(inbound, endpoint())
    assert refused.value.param == "echo"
    outgoing = CHATTING.request(echoing, endpoint())
    assert body(outgoing) == {
        "model": "m",
        "messages": [{"role": "user", "content": "Once"}],
        "max_tokens": 5,
    }
    assert outgoing.translated[0] == "prompt"
    assert outgoing.emulated == ("echo",)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"prompt": [1, 2]}, "prompt"),
        ({"prompt": [[1], [2]]}, "prompt"),
        ({"prompt": ["a", "b"]}, "prompt"),
        ({"prompt": "a", "suffix": "b"}, "suffix"),
        ({"prompt": "a", "best_of": 2}, "best_of"),
    ],
)
def test_what_no_chat_can_do_is_refused(fields: dict[str, Any], param: str) -> None:
    """And the field is named."""
    with pytest.raises(Refusal) as refused:
        CHATTING.request(asked(**fields), endpoint())
    assert refused.value.param == param


def test_a_chat_answer_becomes_a_text_completion() -> None:
    """Text behind its echo, the legacy form of log probabilities, offsets from the prompt on."""
    inbound = asked(prompt="Once", logprobs=1)
    answer = CHATTING.answer(json.dumps(CHAT_ANSWER).encode(), head(inbound), SENT)
    told = Completion.model_validate_json(answer.render(BILL))
    assert told.choices[0].text == "a b"
    assert told.choices[0].finish_reason == "stop"
    logprobs = told.choices[0].logprobs
    assert logprobs is not None
    assert logprobs.tokens == ["a", " b"]
    assert logprobs.token_logprobs == [-0.5, -1.5]
    assert logprobs.top_logprobs == [{"a": -0.5}, {}]
    assert logprobs.text_offset == [4, 5]
    echoed = CHATTING.answer(
        json.dumps(CHAT_ANSWER).encode(), head(asked(prompt="Once", echo=True)), SENT
    )
    told = Completion.model_validate_json(echoed.render(BILL))
    assert told.choices[0].text == "Oncea b"


@pytest.mark.parametrize("error", [None, {"message": "broken", "code": 500}])
def test_a_chat_stream_becomes_text_chunks(error: Any) -> None:
    """Each chunk has text, index and reason; the usage and the end mark come once and last."""
    chunks: list[Any] = [
        {"id": "x", "choices": [{"index": 0, "delta": {"content": text}}]} for text in ("a", " b")
    ]
    chunks.append({"id": "x", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    if error:
        chunks[2] = {"id": "x", "error": error, "choices": []}
    upstream = b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks)
    stream = CHATTING.stream(head(asked(prompt="Once", echo=True)), SENT)
    out = stream.feed(upstream + (b"" if error else b"data: [DONE]\n\n")) + stream.end()
    if stream.tally.error is not None:
        out += stream.fail(stream.tally.error, BILL)
    else:
        out += stream.close(BILL)
    events = [one.removeprefix("data: ") for one in out.decode().split("\n\n") if one]
    assert events[-1] == "[DONE]"
    told: list[Any] = [json.loads(one) for one in events[:-1]]
    assert {one["object"] for one in told} == {"text_completion"}
    texts = [choice["text"] for one in told for choice in one["choices"]]
    assert "".join(texts) == "Oncea b"
    reasons = [choice["finish_reason"] for one in told for choice in one["choices"]]
    assert reasons[-1] == ("error" if error else "stop")
    assert ["usage" in one for one in told] == [False] * (len(told) - 1) + [True]
    if error:
        assert isinstance(told[-2]["error"]["code"], int)


def test_llama_cpp_is_helped_where_it_falls_short() -> None:
    """The echo and the legacy form of log probabilities are ours; what it ignores is refused."""
    native = bridge(COMPLETIONS, completions(LLAMA_CPP))
    inbound = asked(prompt=["One", "Two"], echo=True, logprobs=1, n=2)
    outgoing = native.request(inbound, endpoint())
    assert "echo" not in body(outgoing)
    assert outgoing.emulated == ("echo",)
    logprobs = CHAT_ANSWER["choices"][0]["logprobs"]
    choices = [
        {"index": i, "text": f" {i}", "logprobs": logprobs, "finish_reason": "stop"}
        for i in range(4)
    ]
    answer = native.answer(json.dumps({"choices": choices}).encode(), head(inbound), SENT)
    told = json.loads(answer.render(BILL))
    assert [one["text"] for one in told["choices"]] == ["One 0", "One 1", "Two 2", "Two 3"]
    assert told["choices"][3]["logprobs"]["text_offset"] == [3, 4]
    with pytest.raises(Refusal) as refused:
        native.request(asked(prompt="a", suffix="b"), endpoint())
    assert refused.value.param == "suffix"
