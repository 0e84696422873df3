"""Voyage AI: embeddings and rerank, no chat.

Source: https://docs.voyageai.com/reference/embeddings-api and reranker-api, and recorded traffic
(read 2026-11-25).
"""

from typing import Final

import msgspec

from turnout.dialects.embeddings.bridge import embeddings
from turnout.dialects.embeddings.compatible import EmbeddingQuirks, OpenAIEmbedder
from turnout.dialects.openai_sides import ranks
from turnout.dialects.provider import Provider
from turnout.dialects.rerank.upstream import VOYAGE

PROVIDER: Final = Provider(
    id="voyage",
    name="Voyage AI",
    adapter=embeddings(
        OpenAIEmbedder(
            EmbeddingQuirks(
                dimensions="output_dimension",
                input_types={
                    "search_query": "query",
                    "search_document": "document",
                    "passage": "document",
                },
                # of the two forms it knows only base64 by name; without one it sends numbers
                encoding="base64",
                tokens=False,
                # it cuts long texts unless told not to
                defaults={"truncation": msgspec.Raw(b"false")},
                drop=frozenset({"user"}),
                max_inputs=1000,
            )
        )
    ),
    sides=(ranks(VOYAGE),),
    base_url="https://api.voyageai.com/v1",
    aliases=("voyageai",),
    api_key_env=("VOYAGE_API_KEY",),
    catalog_ids={"genai-prices": ("voyageai",)},
    headquarters="US",
    privacy_policy_url="https://www.voyageai.com/privacy",
    terms_of_service_url="https://www.voyageai.com/tos",
    docs_url="https://docs.voyageai.com",
)
