"""Embeddings, rerank and legacy completions through the official SDKs against a live gateway."""

import base64
import math
import struct
from typing import Any

import openai
import pytest
from tests.api.clients import Stage, openai_sdk, openrouter_sdk
from tests.gateway import Gateway

pytestmark = pytest.mark.timeout(240)

LOCAL = "local/smollm2-135m-embeddings"
WIDTH = 576


def likeness(a: list[float], b: list[float]) -> float:
    """The cosine of two vectors."""
    dot = math.fsum(x * y for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(math.fsum(x * x for x in a) * math.fsum(y * y for y in b))


@pytest.mark.local_model
def test_openai_embeds_on_the_embedded_model(embedded: Stage) -> None:
    """Texts and tokens, as floats and as the base64 the SDK asks for by itself; equal is equal."""
    texts = ["A cat sits on the mat.", "A cat sat on a mat.", "Stocks fell sharply on Monday."]
    with openai_sdk(embedded.gateway) as client:
        plain = client.embeddings.create(model=LOCAL, input=texts, encoding_format="float")
        coded = client.embeddings.create(model=LOCAL, input=texts)
        raw = client.embeddings.with_raw_response.create(
            model=LOCAL, input=texts[0], encoding_format="base64"
        )
        tokens = client.embeddings.create(model=LOCAL, input=[[1, 2, 3], [4]])
    assert plain.object == "list"
    assert plain.model == LOCAL
    assert [one.index for one in plain.data] == [0, 1, 2]
    assert {len(one.embedding) for one in plain.data} == {WIDTH}
    for ours, theirs in zip(plain.data, coded.data, strict=True):
        assert likeness(ours.embedding, theirs.embedding) == pytest.approx(1, abs=1e-3)
    first, second, other = (one.embedding for one in plain.data)
    assert likeness(first, second) > likeness(first, other)
    assert plain.usage.prompt_tokens == plain.usage.total_tokens > len(texts)
    assert (plain.usage.model_extra or {})["cost"] == 0
    packed = base64.b64decode(raw.http_response.json()["data"][0]["embedding"])
    assert len(struct.unpack(f"<{WIDTH}f", packed)) == WIDTH
    assert len(tokens.data) == 2


@pytest.mark.local_model
def test_embedded_model_never_cuts_an_input_short(embedded: Stage) -> None:
    """Longer than its window is a clear 400, and so is another length of vectors."""
    with openai_sdk(embedded.gateway) as client:
        with pytest.raises(openai.BadRequestError) as long:
            client.embeddings.create(model=LOCAL, input="word " * 600)
        with pytest.raises(openai.BadRequestError) as short:
            client.embeddings.create(model=LOCAL, input="word", dimensions=64)
    assert "512" in long.value.message
    assert "dimensions" in short.value.message


def test_openai_embeds_at_the_next_provider_when_one_is_down(gateway: Gateway) -> None:
    """One flow for all dialects: failover, accounting and the record are those of chat."""
    with openai_sdk(gateway) as client:
        answer = client.embeddings.create(model="acme/vectors", input=["a", "b"], dimensions=3)
    assert [len(one.embedding) for one in answer.data] == [3, 3]
    extra: dict[str, Any] = answer.model_extra or {}
    assert extra["provider"] == "embeddings-up"
    record = gateway.generation(extra["id"])
    assert record["tokens_prompt"] == answer.usage.prompt_tokens
    assert record["tokens_completion"] == 0
    assert record["total_cost"] == pytest.approx(answer.usage.prompt_tokens * 1e-6)
    assert record["model"] == "acme/vectors"


def test_openrouter_embeds_and_ranks(gateway: Gateway) -> None:
    """The contract's own SDK reads both answers; ranked documents come best first."""
    with openrouter_sdk(gateway) as client:
        vectors = client.embeddings.generate(model="acme/vectors", input=["hello", "world"])
        ranking = client.rerank.rerank(
            model="acme/ranks",
            query="abc",
            documents=["xyz", "abc", {"text": "ab"}],
            top_n=2,
        )
    assert not isinstance(vectors, str)
    assert len(vectors.data) == 2
    assert vectors.usage is not None
    assert not isinstance(ranking, str)
    assert [one.index for one in ranking.results] == [1, 2]
    assert [one.document.text for one in ranking.results] == ["abc", "ab"]
    scores = [one.relevance_score for one in ranking.results]
    assert scores == sorted(scores, reverse=True)
    assert ranking.usage is not None
    assert ranking.usage.total_tokens
    assert ranking.usage.cost


@pytest.mark.parametrize(
    ("path", "body", "route"),
    [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}, "embeddings"),
        ("/v1/completions", {"prompt": "x"}, "embeddings"),
        ("/v1/rerank", {"query": "x", "documents": ["y"]}, "embeddings"),
    ],
)
def test_an_embedding_model_on_another_route_is_told_its_own(
    gateway: Gateway, path: str, body: dict[str, Any], route: str
) -> None:
    """400 wrong_endpoint, and the constraint names the route."""
    heard = gateway.call("POST", path, {"model": "acme/vectors", **body})
    assert heard.status == 400
    found = heard.json["error"]
    assert found["error_type"] == "invalid_request"
    assert found["availability"]["code"] == "wrong_endpoint"
    assert f"/api/v1/{route}" in found["availability"]["constraint"]["detail"]


def test_a_chat_model_asked_to_embed_is_sent_to_chat(gateway: Gateway) -> None:
    """And the other way round."""
    heard = gateway.call("POST", "/v1/embeddings", {"model": "acme/echo", "input": "x"})
    assert heard.status == 400
    detail = heard.json["error"]["availability"]["constraint"]["detail"]
    assert "/api/v1/chat/completions" in detail


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/embeddings", {"input": []}, "input"),
    ("/v1/embeddings", {"input": ["a", 1]}, "input"),
    ("/v1/embeddings", {"input": ["a", ""]}, "input"),
    ("/v1/embeddings", {"input": "a", "dimensions": 0}, "dimensions"),
    ("/v1/embeddings", {"input": "a", "encoding_format": "int8"}, "encoding_format"),
    ("/v1/embeddings", {}, "input"),
    ("/v1/rerank", {"query": "a", "documents": []}, "documents"),
    ("/v1/rerank", {"query": "a", "documents": [{}]}, "documents[0]"),
    ("/v1/rerank", {"query": "", "documents": ["a"]}, "query"),
    ("/v1/completions", {}, "prompt"),
    ("/v1/completions", {"prompt": []}, "prompt"),
    ("/v1/completions", {"prompt": ["a", 1]}, "prompt"),
    ("/v1/completions", {"prompt": "a", "n": 3, "best_of": 2}, "best_of"),
]


@pytest.mark.parametrize(("path", "body", "param"), WRONG)
def test_a_wrong_request_names_its_field(
    gateway: Gateway, path: str, body: dict[str, Any], param: str
) -> None:
    """Before any upstream is asked."""
    heard = gateway.call("POST", path, {"model": "acme/vectors", **body})
    assert heard.status == 400
    assert heard.json["error"]["param"] == param


def test_embedding_models_have_a_list_of_their_own(gateway: Gateway) -> None:
    """`/embeddings/models` lists them and `/models` does not, unless asked for all outputs."""
    embed = {row["id"] for row in gateway.call("GET", "/v1/embeddings/models").json["data"]}
    chat = {row["id"] for row in gateway.call("GET", "/v1/models").json["data"]}
    every = gateway.call("GET", "/v1/models?output_modalities=all").json["data"]
    assert embed == {"acme/vectors"}
    assert not embed & chat
    assert "acme/ranks" not in chat
    assert {"acme/vectors", "acme/ranks", "acme/echo"} <= {row["id"] for row in every}
    with openrouter_sdk(gateway) as client:
        listed = client.embeddings.list_models()
    assert listed is not None
    assert {model.id for model in listed.result.data} == embed


def test_openai_completes_at_a_native_upstream(gateway: Gateway) -> None:
    """Lists of prompts, n, streams: what the upstream says is what the SDK reads."""
    with openai_sdk(gateway) as client:
        whole = client.completions.create(model="acme/echo", prompt="Once", n=2, max_tokens=4)
        stream = client.completions.create(
            model="acme/echo", prompt="Once", max_tokens=4, stream=True
        )
        chunks = list(stream)
        tokens = client.completions.create(model="acme/echo", prompt=[1, 2, 3], max_tokens=2)
    assert whole.object == "text_completion"
    assert [choice.index for choice in whole.choices] == [0, 1]
    assert whole.choices[0].finish_reason == "length"
    text = "".join(c.choices[0].text for c in chunks if c.choices)
    assert text == whole.choices[0].text
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "length"
    assert [c.usage is not None for c in chunks] == [False] * (len(chunks) - 1) + [True]
    assert len({c.id for c in chunks}) == 1
    record = gateway.generation(chunks[0].id)
    assert chunks[-1].usage is not None
    assert record["tokens_completion"] == chunks[-1].usage.completion_tokens
    assert tokens.choices[0].text


@pytest.mark.local_model
def test_openai_completes_on_the_embedded_model(embedded: Stage) -> None:
    """Text, echo, log probabilities in the legacy form, stop, streams, several prompts."""
    with openai_sdk(embedded.gateway) as client:
        whole = client.completions.create(
            model=embedded.model,
            prompt="The capital of France is",
            max_tokens=8,
            temperature=0,
            logprobs=2,
            echo=True,
        )
        stream = client.completions.create(
            model=embedded.model,
            prompt="The capital of France is",
            max_tokens=8,
            temperature=0,
            stream=True,
            echo=True,
        )
        chunks = list(stream)
        several = client.completions.create(
            model=embedded.model, prompt=["One", "Two"], max_tokens=2
        )
        with pytest.raises(openai.BadRequestError) as refused:
            client.completions.create(model=embedded.model, prompt="a", suffix="b")
    choice = whole.choices[0]
    assert choice.text.startswith("The capital of France is")
    assert len(choice.text) > len("The capital of France is")
    assert "".join(c.choices[0].text for c in chunks if c.choices) == choice.text
    assert choice.logprobs is not None
    assert choice.logprobs.tokens is not None
    assert choice.logprobs.top_logprobs is not None
    assert choice.logprobs.text_offset is not None
    assert len(choice.logprobs.tokens) == len(choice.logprobs.token_logprobs or []) == 8
    assert choice.logprobs.text_offset[0] == len("The capital of France is")
    assert len(choice.logprobs.top_logprobs[0]) == 2
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 8
    assert [one.index for one in several.choices] == [0, 1]
    assert "suffix" in refused.value.message
