"""What goes up to each kind of upstream beside chat, and what is refused or reported instead."""

import json
from contextlib import suppress
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import Completion

from turnout.core.errors import FailureKind, Refusal, UpstreamError
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import (
    Adapter,
    Bill,
    Bridge,
    ClientDialect,
    Head,
    Inbound,
    Outgoing,
    UpstreamRequest,
)
from turnout.dialects.bridge import bridge
from turnout.dialects.embeddings.bedrock import BedrockEmbedder
from turnout.dialects.embeddings.bridge import embeddings
from turnout.dialects.embeddings.client import CLIENT as EMBEDDINGS
from turnout.dialects.embeddings.cohere import CohereEmbedder
from turnout.dialects.embeddings.gemini import GeminiEmbedder
from turnout.dialects.embeddings.ollama import OllamaEmbedder
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.client import CLIENT as CHAT
from turnout.dialects.openai_completions.client import CLIENT as COMPLETIONS
from turnout.dialects.openai_completions.native import completions
from turnout.dialects.openai_sides import LLAMA_CPP
from turnout.dialects.rerank.client import CLIENT as RERANK
from turnout.dialects.rerank.upstream import COHERE, VOYAGE, rerank
from turnout.providers import PROVIDERS

SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))


def endpoint(model: str = "m") -> Endpoint:
    """Some model there."""
    return Endpoint(
        id="e",
        model="a/m",
        provider="p",
        tag="p",
        upstream_model=model,
        price=Unpriced(),
        context_tok=8192,
    )


def sent(client: ClientDialect, adapter: Adapter, model: str = "m", **fields: Any) -> Outgoing:
    """What goes up for a request of these fields."""
    inbound = client.read(json.dumps({"model": "a/m", **fields}).encode(), {})
    return bridge(client, adapter).request(inbound, endpoint(model))


def body(outgoing: Outgoing) -> Any:
    """Its body."""
    return json.loads(outgoing.request.body)


def embeds_at(provider: str) -> Adapter:
    """How one of our providers embeds."""
    return PROVIDERS[provider].speaks("m", "openai.embeddings").adapter


GEMINI_ONE: Final = {"model": "models/m", "content": {"parts": [{"text": "x"}]}}
EMBED: Final[list[Any]] = [
    pytest.param(
        embeds_at("openai"),
        {"input": "x", "dimensions": 3, "encoding_format": "base64", "session_id": "s"},
        ("/embeddings", {"input": "x", "dimensions": 3, "encoding_format": "base64", "model": "m"}),
        ((), (), ()),
        id="openai takes it as it is",
    ),
    pytest.param(
        embeds_at("openai"),
        {"input": ["x"], "input_type": "query", "provider": {"order": ["p"]}},
        ("/embeddings", {"input": ["x"], "model": "m"}),
        (("input_type",), (), ()),
        id="openai knows no input type",
    ),
    pytest.param(
        embeds_at("mistral"),
        {"input": ["x"], "dimensions": 3, "encoding_format": "base64"},
        ("/embeddings", {"input": ["x"], "output_dimension": 3, "model": "m"}),
        ((), ("dimensions",), ("encoding_format",)),
        id="mistral",
    ),
    pytest.param(
        embeds_at("voyage"),
        {"input": "x", "dimensions": 3, "encoding_format": "float", "input_type": "search_query"},
        (
            "/embeddings",
            {
                "input": "x",
                "output_dimension": 3,
                "input_type": "query",
                "truncation": False,
                "model": "m",
            },
        ),
        ((), ("dimensions", "input_type"), ()),
        id="voyage must not cut",
    ),
    pytest.param(
        embeds_at("voyage"),
        {"input": "x", "truncation": True, "encoding_format": "base64"},
        (
            "/embeddings",
            {"input": "x", "truncation": True, "encoding_format": "base64", "model": "m"},
        ),
        ((), (), ()),
        id="voyage may cut when the caller says so",
    ),
    pytest.param(
        embeds_at("jina"),
        {"input": ["x"], "input_type": "search_document"},
        ("/embeddings", {"input": ["x"], "task": "retrieval.passage", "model": "m"}),
        ((), ("input_type",), ()),
        id="jina",
    ),
    pytest.param(
        embeddings(GeminiEmbedder()),
        {"input": ["x", "x"], "dimensions": 3, "input_type": "query", "encoding_format": "base64"},
        (
            "/models/m:batchEmbedContents",
            {
                "requests": [
                    {**GEMINI_ONE, "outputDimensionality": 3, "taskType": "RETRIEVAL_QUERY"}
                ]
                * 2
            },
        ),
        ((), ("dimensions", "input_type"), ("encoding_format",)),
        id="gemini",
    ),
    pytest.param(
        embeddings(CohereEmbedder()),
        {"input": "x"},
        (
            "/v2/embed",
            {
                "texts": ["x"],
                "model": "m",
                "input_type": "search_document",
                "embedding_types": ["float"],
                "truncate": "NONE",
            },
        ),
        ((), (), ("input_type",)),
        id="cohere needs an input type",
    ),
    pytest.param(
        embeddings(OllamaEmbedder()),
        {"input": "x", "dimensions": 3, "input_type": "query"},
        ("/api/embed", {"input": ["x"], "model": "m", "truncate": False, "dimensions": 3}),
        (("input_type",), (), ()),
        id="ollama must not cut",
    ),
]


@pytest.mark.parametrize(("adapter", "request_", "expected", "told"), EMBED)
def test_embedding_request_in_the_upstreams_words(
    adapter: Adapter,
    request_: dict[str, Any],
    expected: tuple[str, Any],
    told: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
) -> None:
    """Path and body; what was dropped, translated, emulated is told."""
    outgoing = sent(EMBEDDINGS, adapter, **request_)
    assert (outgoing.request.path, body(outgoing)) == expected
    assert (outgoing.dropped, outgoing.translated, outgoing.emulated) == told


@pytest.mark.parametrize(
    ("model", "path", "expected"),
    [
        (
            "amazon.titan-embed-text-v2:0",
            "/model/amazon.titan-embed-text-v2%3A0/invoke",
            {"inputText": "x", "dimensions": 256},
        ),
        (
            "cohere.embed-v4:0",
            "/model/cohere.embed-v4%3A0/invoke",
            {
                "texts": ["x"],
                "input_type": "search_document",
                "embedding_types": ["float"],
                "truncate": "NONE",
                "output_dimension": 256,
            },
        ),
        (
            "amazon.nova-2-multimodal-embeddings-v1:0",
            "/model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke",
            {
                "taskType": "SINGLE_EMBEDDING",
                "singleEmbeddingParams": {
                    "embeddingPurpose": "GENERIC_INDEX",
                    "text": {"value": "x", "truncationMode": "NONE"},
                    "embeddingDimension": 256,
                },
            },
        ),
    ],
)
def test_bedrock_is_asked_in_its_models_own_shape(model: str, path: str, expected: Any) -> None:
    """One route, three shapes."""
    outgoing = sent(EMBEDDINGS, embeddings(BedrockEmbedder()), model, input="x", dimensions=256)
    assert (outgoing.request.path, body(outgoing)) == (path, expected)


@pytest.mark.parametrize(
    ("adapter", "fields", "param"),
    [
        (embeds_at("openai"), {"input": ["x"] * 2049}, "input"),
        (embeds_at("mistral"), {"input": [1, 2]}, "input"),
        (embeddings(GeminiEmbedder()), {"input": [[1]]}, "input"),
        (embeddings(GeminiEmbedder()), {"input": ["x"] * 101}, "input"),
        (embeddings(CohereEmbedder()), {"input": [{"content": "x"}]}, "input"),
        (embeds_at("together"), {"input": "x", "dimensions": 4}, "dimensions"),
        (embeddings(BedrockEmbedder()), {"input": "x"}, "model"),
    ],
)
def test_what_an_upstream_cannot_embed_is_refused(
    adapter: Adapter, fields: dict[str, Any], param: str
) -> None:
    """Nothing is cut, split or left out in silence."""
    with pytest.raises(Refusal) as refused:
        sent(EMBEDDINGS, adapter, **fields)
    assert refused.value.param == param


def test_users_name_goes_up_as_a_hash() -> None:
    """Contract section 7, on these routes too."""
    outgoing = sent(EMBEDDINGS, embeds_at("openai"), input="x", user="ann")
    # printf ann | sha256sum
    assert body(outgoing)["user"].startswith("49915e0d7d4b402e")


def test_rerank_request_in_the_upstreams_words() -> None:
    """Documents as texts; the name of the limit; nothing that the router keeps."""
    asked: dict[str, Any] = {"query": "q", "documents": ["a", {"text": "b"}], "top_n": 1}
    cohere = sent(RERANK, rerank(COHERE), **asked, provider={"order": ["p"]})
    assert cohere.request.path == "/v2/rerank"
    assert body(cohere) == {"model": "m", "query": "q", "documents": ["a", "b"], "top_n": 1}
    voyage = sent(RERANK, rerank(VOYAGE), **asked)
    assert body(voyage) == {
        "model": "m",
        "query": "q",
        "documents": ["a", "b"],
        "top_k": 1,
        "truncation": False,
    }
    assert voyage.translated == ("top_n",)
    with pytest.raises(Refusal):
        sent(RERANK, rerank(), query="q", documents=[{"image": "data:image/png;base64,AA"}])


def test_a_ranking_is_sorted_and_cut_here_as_well() -> None:
    """An upstream that ignores top_n or sends its own order does not reach the client so."""
    inbound = RERANK.read(b'{"model":"a/m","query":"q","documents":["a","b","c"],"top_n":2}', {})
    upstream = {"data": [{"index": i, "relevance_score": i / 10} for i in range(3)]}
    answered = bridge(RERANK, rerank(VOYAGE)).answer(
        json.dumps(upstream).encode(), head(inbound), SENT
    )
    told = json.loads(answered.render(BILL))
    assert [one["index"] for one in told["results"]] == [2, 1]
    bad = b'{"results":[{"index":9,"relevance_score":1}]}'
    with pytest.raises(UpstreamError) as broken:
        bridge(RERANK, rerank()).answer(bad, head(inbound), SENT)
    assert broken.value.kind is FailureKind.DECODE


# ── completions through a chat ──────────────────────────────────────────────────────────────────

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


def test_a_side_has_no_conversations() -> None:
    """A chat that reaches an embedding side is told where the model is served."""
    inbound = CHAT.read(b'{"model":"a/m","messages":[{"role":"user","content":"x"}]}', {})
    with pytest.raises(Refusal) as refused:
        bridge(CHAT, embeds_at("openai")).request(inbound, endpoint())
    assert "/embeddings" in refused.value.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["data", "embedding", "embeddings", "values", "usage", "float", "results", "index",
             "relevance_score", "error", "choices", "text", "logprobs", "meta", "prompt_tokens"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
BRIDGES: Final[list[tuple[ClientDialect, Bridge, bytes]]] = [
    *(
        (EMBEDDINGS, bridge(EMBEDDINGS, adapter), b'{"model":"a/m","input":["x","y"]}')
        for adapter in (
            embeds_at("openai"),
            embeddings(GeminiEmbedder()),
            embeddings(CohereEmbedder()),
            embeddings(OllamaEmbedder()),
            embeddings(BedrockEmbedder()),
        )
    ),
    (RERANK, bridge(RERANK, rerank()), b'{"model":"a/m","query":"q","documents":["a"]}'),
    (COMPLETIONS, bridge(COMPLETIONS, completions(LLAMA_CPP)), b'{"prompt":"p","echo":true}'),
]


@given(st.one_of(JSON.map(msgspec.json.encode), st.binary(max_size=40)))
def test_no_answer_makes_a_side_fail_otherwise_than_typed(answer: bytes) -> None:
    """Whatever an upstream sends, it is an answer or an UpstreamError."""
    for client, joined, request in BRIDGES:
        inbound = client.read(request, {})
        with suppress(UpstreamError):
            joined.answer(answer, head(inbound), SENT).render(BILL)
