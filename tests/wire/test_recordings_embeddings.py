"""Real embeddings, rankings and completions through the bridges, judged by the SDKs' own types."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, Final

import cohere
import msgspec
import pytest
from openai.types import Completion, CreateEmbeddingResponse
from tests.recordings import Exchange, load
from tests.wire.vectors import (
    Read,
    asked_of,
    by_cohere,
    by_gemini,
    by_hand,
    by_openai,
    numbers,
    of_other_type,
)

from turnout.core.errors import FailureKind
from turnout.core.types import Endpoint, Unpriced
from turnout.core.usage import Usage
from turnout.dialects.adapter import Adapter, Bill, Head, Inbound, Outgoing, UpstreamRequest
from turnout.dialects.bridge import bridge
from turnout.dialects.embeddings.bedrock import BedrockEmbedder
from turnout.dialects.embeddings.bridge import embeddings
from turnout.dialects.embeddings.client import CLIENT as EMBEDDINGS
from turnout.dialects.embeddings.cohere import CohereEmbedder
from turnout.dialects.embeddings.compatible import OpenAIEmbedder
from turnout.dialects.embeddings.gemini import GeminiEmbedder
from turnout.dialects.embeddings.ollama import OllamaEmbedder
from turnout.dialects.openai_completions.client import CLIENT as COMPLETIONS
from turnout.dialects.openai_completions.native import completions
from turnout.dialects.rerank.client import CLIENT as RERANK
from turnout.dialects.rerank.upstream import COHERE, rerank
from turnout.providers import PROVIDERS

pytestmark = pytest.mark.recordings

SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))


def side(provider: str) -> Adapter:
    """How a provider of ours embeds."""
    return PROVIDERS[provider].speaks("m", "openai.embeddings").adapter


CASES: Final[Mapping[str, tuple[Callable[[], Adapter], Callable[[bytes], Read]]]] = {
    "openai.embeddings": (lambda: side("openai"), by_openai),
    "openrouter.embeddings": (lambda: side("openrouter"), by_openai),
    "mistral.embeddings": (lambda: side("mistral"), by_openai),
    "ollama.embeddings": (lambda: embeddings(OpenAIEmbedder()), by_openai),
    "ollama.embed": (lambda: embeddings(OllamaEmbedder()), by_hand),
    "voyage.embeddings": (lambda: side("voyage"), by_hand),
    "gemini.batchEmbedContents": (lambda: embeddings(GeminiEmbedder()), by_gemini),
    "gemini.embedContent": (lambda: embeddings(GeminiEmbedder()), by_gemini),
    "cohere.v1.embed": (lambda: embeddings(CohereEmbedder()), by_cohere),
    "cohere.v2.embed": (lambda: embeddings(CohereEmbedder()), by_cohere),
    "bedrock.invoke": (
        lambda: embeddings(BedrockEmbedder()),
        lambda body: (by_cohere if b'"embeddings"' in body else by_hand)(body),
    ),
}


def exchanges(*apis: str) -> list[Any]:
    """As parameters; of Bedrock's invocations those of embedding models."""
    return [
        pytest.param(one, id=one.name)
        for one in load(apis)
        if (one.api != "bedrock.invoke" or "embed" in one.url) and not of_other_type(one)
    ]


def head(inbound: Inbound) -> Head:
    """What an answer to it carries."""
    return Head("gen-1", 1_700_000_000, "author/model", "Provider", asked=inbound.fields)


def bill(usage: Usage | None) -> Bill:
    """As the flow makes it, unpriced."""
    return Bill(usage=usage or Usage(estimated=True), charge=None)


@pytest.mark.parametrize("exchange", exchanges(*CASES))
def test_recorded_vectors_arrive(exchange: Exchange) -> None:
    """Every number and count, as floats and as base64; an error is told apart from a fault."""
    make, judge = CASES[exchange.api]
    adapter = make()
    if exchange.status != 200:
        error = adapter.decode_error(exchange.status, {}, exchange.body)
        assert error.kind not in {FailureKind.SERVER, FailureKind.DECODE}
        assert error.message
        return
    vectors, tokens = judge(exchange.body)
    for wanted in ("float", "base64"):
        cut = "response" in exchange.elided
        if cut and isinstance(vectors[0], str) and wanted == "float":
            continue  # the recording holds only a part of the base64
        asked = {"model": "author/model", "input": "x", "encoding_format": wanted}
        inbound = EMBEDDINGS.read(json.dumps(asked).encode(), {})
        answer = bridge(EMBEDDINGS, adapter).answer(exchange.body, head(inbound), SENT)
        body = answer.render(bill(answer.tally.usage))
        told = CreateEmbeddingResponse.construct(**json.loads(body))
        assert [one.index for one in told.data] == list(range(len(vectors)))
        assert all(isinstance(one.embedding, str) == (wanted == "base64") for one in told.data)
        if not cut:
            assert [numbers(one.embedding) for one in told.data] == [numbers(v) for v in vectors]
        if tokens is not None:
            assert told.usage.prompt_tokens == told.usage.total_tokens == tokens
        else:
            assert answer.tally.usage is None


REQUESTS: Final = (
    "openai.embeddings",
    "voyage.embeddings",
    "gemini.batchEmbedContents",
    "cohere.v1.embed",
    "cohere.v2.embed",
)


@pytest.mark.parametrize(
    "exchange",
    exchanges(*REQUESTS),
)
def test_recorded_embedding_requests_are_what_we_send(exchange: Exchange) -> None:
    """The same wish from a client of ours reaches the provider as its own client sent it."""
    if exchange.status != 200 or exchange.request_json is None:
        pytest.skip("a request that the provider refused, or that was not recorded")
    asked, expected, model = asked_of(exchange)
    if any(len(one["content"]["parts"]) > 1 for one in expected.get("requests", ())):
        pytest.skip("several parts joined into one vector: no other dialect says that")
    inbound = EMBEDDINGS.read(json.dumps({"model": "author/model", **asked}).encode(), {})
    endpoint = Endpoint(
        id="e",
        model="author/model",
        provider="p",
        tag="p",
        upstream_model=model,
        price=Unpriced(),
        context_tok=8192,
    )
    make, _ = CASES[exchange.api]
    sent = bridge(EMBEDDINGS, make()).request(inbound, endpoint)
    body = msgspec.json.decode(sent.request.body)
    if exchange.api.startswith("openai"):
        body.pop("user", None)
        expected.pop("user", None)
    assert body == expected


@pytest.mark.parametrize("exchange", exchanges("cohere.v2.rerank"))
def test_recorded_rankings_arrive(exchange: Exchange) -> None:
    """Order, scores, documents and the units that are billed."""
    theirs = cohere.V2RerankResponse.model_validate_json(exchange.body)
    sent = exchange.request_json or {}
    asked = {"model": "a/m", **{n: sent[n] for n in ("query", "documents")}, "top_n": sent["top_n"]}
    inbound = RERANK.read(json.dumps(asked).encode(), {})
    answer = bridge(RERANK, rerank(COHERE)).answer(exchange.body, head(inbound), SENT)
    told = json.loads(answer.render(bill(answer.tally.usage)))
    assert [(one["index"], one["relevance_score"]) for one in told["results"]] == [
        (one.index, one.relevance_score) for one in theirs.results
    ]
    for one in told["results"]:
        assert one["document"] == {"text": sent["documents"][one["index"]]}
    assert theirs.meta is not None
    assert theirs.meta.billed_units is not None
    assert told["usage"]["search_units"] == theirs.meta.billed_units.search_units


@pytest.mark.parametrize("exchange", exchanges("openai.completions"))
def test_recorded_completions_arrive(exchange: Exchange) -> None:
    """Text, reasons, log probabilities and counts, whole and in a stream cut at random bytes."""
    adapter = completions()
    if exchange.status != 200:
        error = adapter.decode_error(exchange.status, {}, exchange.body)
        assert error.kind in {FailureKind.BAD_REQUEST, FailureKind.MODEL_NOT_FOUND}
        return
    inbound = COMPLETIONS.read(json.dumps({"model": "a/m", "prompt": "x"}).encode(), {})
    joined = bridge(COMPLETIONS, adapter)
    if not exchange.streamed:
        theirs = Completion.model_validate_json(exchange.body)
        answer = joined.answer(exchange.body, head(inbound), SENT)
        told = Completion.model_validate_json(answer.render(bill(answer.tally.usage)))
        assert [
            one.to_dict() | {"native_finish_reason": one.finish_reason} for one in theirs.choices
        ] == [one.to_dict() for one in told.choices]
        assert theirs.usage is not None
        assert told.usage is not None
        assert told.usage.completion_tokens == theirs.usage.completion_tokens
        return
    chance = random.Random(exchange.id)
    cuts = sorted(chance.choices(range(1, len(exchange.body)), k=20))
    stream = joined.stream(head(inbound), SENT)
    pieces = [exchange.body[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
    out = b"".join([*(stream.feed(piece) for piece in pieces), stream.end()])
    out += stream.close(bill(stream.tally.usage))
    assert folded(out) == folded(exchange.body)


def folded(body: bytes) -> tuple[str, list[str | None]]:
    """The text and the reasons of a stream; its chunks are the SDK's own type."""
    text, reasons = "", list[str | None]()
    for event in body.decode().split("\n\n"):
        data = event.removeprefix("data: ").strip()
        if not data or data == "[DONE]":
            continue
        for choice in Completion.construct(**json.loads(data)).choices:
            text += choice.text
            if choice.finish_reason:
                reasons.append(choice.finish_reason)
    return text, reasons
