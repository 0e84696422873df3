"""Properties of the sides: whatever comes, from clients or providers, the error is typed."""

import json
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnout.core.errors import Refusal, UpstreamError
from turnout.dialects.adapter import Adapter, ClientDialect, Head, Outgoing, UpstreamRequest
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

SENT: Final = Outgoing(request=UpstreamRequest(path="", body=b""))
ASKED: Final[dict[str, dict[str, Any]]] = {
    "openai.embeddings": {"input": ["x", "y"]},
    "rerank": {"query": "q", "documents": ["x", "y"]},
    "openai.completions": {"prompt": "x"},
}
SIDES: Final[tuple[tuple[ClientDialect, Adapter], ...]] = (
    (EMBEDDINGS, embeddings(OpenAIEmbedder())),
    (EMBEDDINGS, embeddings(CohereEmbedder())),
    (EMBEDDINGS, embeddings(GeminiEmbedder())),
    (EMBEDDINGS, embeddings(BedrockEmbedder())),
    (EMBEDDINGS, embeddings(OllamaEmbedder())),
    (RERANK, rerank(COHERE)),
    (COMPLETIONS, completions()),
)
WORDS: Final = st.sampled_from(
    """
    data embedding embeddings index object usage prompt_tokens values results relevance_score
    document meta billed_units search_units float choices text finish_reason logprobs error message
    input prompt query documents model dimensions encoding_format top_n base64
    """.split()  # noqa: SIM905 (a list of that length would be a page)
)
LEAVES: Final = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 9), st.floats(allow_nan=False), WORDS
)
VALUES: Final[st.SearchStrategy[Any]] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=10,
)
BODIES: Final = st.one_of(
    st.binary(max_size=80),
    st.dictionaries(WORDS, VALUES, max_size=5).map(lambda fields: json.dumps(fields).encode()),
)

pytestmark = pytest.mark.timeout(600)
every_side = pytest.mark.parametrize("side", SIDES, ids=lambda one: type(one[1]).__name__)
fewer = settings(max_examples=settings().max_examples // 2, deadline=None)


@every_side
@fewer
@given(BODIES, st.integers(400, 599))
def test_any_answer_is_read_or_an_upstream_error(
    side: tuple[ClientDialect, Adapter], body: bytes, status: int
) -> None:
    """Nothing but an UpstreamError comes out of a provider's bytes, and errors are always told."""
    client, adapter = side
    asked = {"model": "a/m", **ASKED[client.dialect]}
    inbound = client.read(json.dumps(asked).encode(), {})
    head = Head("gen-1", 1_700_000_000, "a/m", "Provider", asked=inbound.fields)
    with suppress(UpstreamError):
        bridge(client, adapter).answer(body, head, SENT)
    assert adapter.decode_error(status, {}, body).message


@pytest.mark.parametrize("client", [EMBEDDINGS, RERANK, COMPLETIONS], ids=lambda one: one.dialect)
@fewer
@given(BODIES)
def test_any_body_is_read_or_refused(client: ClientDialect, body: bytes) -> None:
    """Nothing but a Refusal comes out of a client's bytes."""
    with suppress(Refusal):
        client.read(body, {})
