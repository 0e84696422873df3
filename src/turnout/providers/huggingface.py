"""Hugging Face: one key for many hosts of open models.

Source: huggingface.co/docs/inference-providers and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="huggingface",
    name="Hugging Face",
    adapter=OpenAIChat(
        Quirks(
            rename={"max_completion_tokens": "max_tokens"},
            developer_role=False,
            # recorded: where Groq is the host
            usage_key="x_groq",
        )
    ),
    base_url="https://router.huggingface.co/v1",
    api_key_env=("HF_TOKEN", "HUGGINGFACE_API_KEY"),
    catalog_ids={"models-dev": ("huggingface",)},
    # The data policy is unknown: it keeps nothing, but the hosts behind it decide for
    # themselves; see huggingface.co/docs/inference-providers/security
    headquarters="US",
    privacy_policy_url="https://huggingface.co/privacy",
    terms_of_service_url="https://huggingface.co/terms-of-service",
    status_page_url="https://status.huggingface.co/",
    docs_url="https://huggingface.co/docs/inference-providers",
    cancels=False,
)
