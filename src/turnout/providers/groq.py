"""Groq: open models on Groq's own chips.

Source: console.groq.com/docs/openai and recorded traffic (read 2026-11-23).
"""

from typing import Final

import msgspec

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.quirks import NOT_AT_OPENAI, OPEN_MODELS
from turnout.dialects.provider import Provider, Side

PROVIDER: Final = Provider(
    id="groq",
    name="Groq",
    adapter=OpenAIChat(
        Quirks(
            # 400 when supplied: console.groq.com/docs/openai
            drop=frozenset(
                {
                    "logprobs",
                    "logit_bias",
                    "top_logprobs",
                    "top_k",
                    "min_p",
                    "top_a",
                    "repetition_penalty",
                }
            ),
            # messages[].name is a 400 too, same page
            message_names=False,
            # recorded: streams without stream_options carry usage there alone
            usage_key="x_groq",
        )
    ),
    sides=(
        Side(
            # in beta: console.groq.com/docs/responses-api
            adapter=OpenAIResponses(
                msgspec.structs.replace(
                    OPEN_MODELS,
                    store=False,
                    # "not supported yet": same page
                    drop=NOT_AT_OPENAI
                    | {"truncation", "include", "safety_identifier", "prompt_cache_key"},
                )
            )
        ),
    ),
    base_url="https://api.groq.com/openai/v1",
    api_key_env=("GROQ_API_KEY",),
    catalog_ids={"models-dev": ("groq",), "genai-prices": ("groq",)},
    # only for reliability and abuse, and it can be switched off:
    # console.groq.com/docs/your-data
    data_policy=DataPolicy(trains=False, retains=True, retention_days=30),
    headquarters="US",
    privacy_policy_url="https://groq.com/privacy-policy",
    terms_of_service_url="https://groq.com/terms-of-use",
    status_page_url="https://groqstatus.com",
    docs_url="https://console.groq.com/docs/openai",
    cancels=False,
)
