"""Shapes of rerank requests and answers on the wire, for decoding only.

Source: contract section 2.6, https://docs.cohere.com/reference/rerank,
https://docs.voyageai.com/reference/reranker-api, https://api.jina.ai/redoc.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from turnout.core.preferences import Preferences
from turnout.wire.embeddings import Told
from turnout.wire.openai_chat import Count, ModelName, NonEmpty


class Document(msgspec.Struct):
    """A document that is more than a text."""

    text: str | None = None
    image: str | None = None


class RerankRequest(msgspec.Struct):
    """POST /rerank. None is "unsaid": null and absent mean the same everywhere."""

    query: NonEmpty
    documents: Annotated[list[str | Document], Meta(min_length=1)]
    model: ModelName | None = None
    models: list[ModelName] | None = None
    top_n: Count | None = None
    provider: Preferences | None = None
    session_id: Annotated[str, Meta(max_length=256)] | None = None
    user: str | None = None


class Score(msgspec.Struct):
    """One document's score, as Cohere, Voyage and Jina write it."""

    index: int
    relevance_score: float


class TotalTokens(msgspec.Struct):
    """Usage as Voyage and Jina write it."""

    total_tokens: int | None = None


class Scores(msgspec.Struct):
    """An answer: Cohere and Jina say `results`, Voyage says `data`."""

    results: list[Score] | None = None
    data: list[Score] | None = None
    usage: TotalTokens | None = None
    meta: Told | None = None
    id: str | None = None
