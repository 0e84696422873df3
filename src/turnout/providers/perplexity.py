"""Perplexity: answers grounded in web search.

Source: perplexity.mintlify.app/guides/chat-completions-guide and recorded traffic (read
2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="perplexity",
    name="Perplexity",
    adapter=OpenAIChat(
        Quirks(
            # it lists none: docs.deepintshield.com/providers/supported-providers/perplexity
            models_path=None,
            # no function calling, no such knobs: same page
            drop=frozenset(
                {
                    "tools",
                    "tool_choice",
                    "parallel_tool_calls",
                    "stop",
                    "logit_bias",
                    "logprobs",
                    "top_logprobs",
                    "seed",
                    "n",
                    "service_tier",
                }
            ),
            rename={"max_completion_tokens": "max_tokens"},
            # recorded: usage rides on every chunk, unasked
            stream_usage="always",
            developer_role=False,
            # "After the (optional) system message(s), user and assistant roles should be
            # alternating": github.com/langchain-ai/langchain/issues/16887
            alternating=True,
            # recorded
            sources=True,
        )
    ),
    base_url="https://api.perplexity.ai",
    api_key_env=("PERPLEXITY_API_KEY", "PPLX_API_KEY"),
    catalog_ids={"models-dev": ("perplexity",), "genai-prices": ("perplexity",)},
    # www.perplexity.ai/hub/legal/perplexity-api-terms-of-service
    data_policy=DataPolicy(trains=False),
    headquarters="US",
    privacy_policy_url="https://www.perplexity.ai/hub/legal/privacy-policy",
    terms_of_service_url="https://www.perplexity.ai/hub/legal/perplexity-api-terms-of-service",
    status_page_url="https://status.perplexity.com/",
    docs_url="https://docs.perplexity.ai",
    cancels=False,
)
