"""Cerebras: open models on wafer-scale chips.

Source: hexdocs.pm/req_llm/cerebras.html, docs.getbifrost.ai and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="cerebras",
    name="Cerebras",
    adapter=OpenAIChat(
        Quirks(
            # 400 when supplied: hexdocs.pm/req_llm/cerebras.html; docs.getbifrost.ai, Cerebras
            drop=frozenset(
                {
                    "frequency_penalty",
                    "presence_penalty",
                    "logit_bias",
                    "parallel_tool_calls",
                    "service_tier",
                    "store",
                    "prompt_cache_key",
                }
            ),
            developer_role=False,
            # recorded
            reasoning_history="reasoning",
        )
    ),
    base_url="https://api.cerebras.ai/v1",
    api_key_env=("CEREBRAS_API_KEY",),
    catalog_ids={"models-dev": ("cerebras",), "genai-prices": ("cerebras",)},
    # github.com/theopenco/llmgateway, packages/models/src/providers.ts
    data_policy=DataPolicy(trains=False),
    headquarters="US",
    privacy_policy_url="https://cerebras.ai/privacy-policy",
    terms_of_service_url="https://www.cerebras.ai/terms-of-service",
    status_page_url="https://status.cerebras.ai",
    docs_url="https://inference-docs.cerebras.ai",
)
