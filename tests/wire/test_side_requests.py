"""What goes up to each kind of upstream beside chat, and what is refused or reported instead."""

import json
from contextlib import suppress
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


BILL: Final = Bill(usage=Usage(text_in=2, text_out=3), charge=None)


def head(inbound: Inbound) -> Head:
    """What an answer to it carries."""
    return Head("gen-1", 1_700_000_000, "a/m", "P", asked=inbound.fields)


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
