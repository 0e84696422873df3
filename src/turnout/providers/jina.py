"""Jina AI: embeddings and rerank, no chat.

Source: https://api.jina.ai/redoc (read 2026-11-25).
"""

from typing import Final

from turnout.dialects.embeddings.bridge import embeddings
from turnout.dialects.embeddings.compatible import EmbeddingQuirks, OpenAIEmbedder
from turnout.dialects.openai_sides import ranks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="jina",
    name="Jina AI",
    adapter=embeddings(
        OpenAIEmbedder(
            EmbeddingQuirks(
                input_type="task",
                input_types={
                    "search_query": "retrieval.query",
                    "query": "retrieval.query",
                    "search_document": "retrieval.passage",
                    "document": "retrieval.passage",
                    "passage": "retrieval.passage",
                    "similarity": "text-matching",
                    "clustering": "separation",
                },
                # its own field is embedding_type
                encoding="none",
                tokens=False,
                drop=frozenset({"user"}),
                max_inputs=2048,
            )
        )
    ),
    sides=(ranks(),),
    base_url="https://api.jina.ai/v1",
    aliases=("jina-ai", "jinaai"),
    api_key_env=("JINA_API_KEY",),
    headquarters="DE",
    privacy_policy_url="https://jina.ai/legal/#privacy-policy",
    terms_of_service_url="https://jina.ai/legal/#terms-and-conditions",
    docs_url="https://api.jina.ai/redoc",
)
