"""Cloudflare Workers AI: open models at the edge.

Source: developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility and recorded
traffic (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_sides import EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="cloudflare",
    name="Cloudflare Workers AI",
    adapter=OpenAIChat(
        Quirks(
            # only chat and embeddings on this surface:
            # developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility
            models_path=None,
            rename={"max_completion_tokens": "max_tokens"},
            developer_role=False,
        )
    ),
    # developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility: embeddings
    sides=(EMBEDS,),
    base_url="https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/v1",
    aliases=("cloudflare-workers-ai",),
    api_key_env=("CLOUDFLARE_API_KEY", "CLOUDFLARE_API_TOKEN"),
    catalog_ids={"models-dev": ("cloudflare-workers-ai",), "genai-prices": ("cloudflare",)},
    headquarters="US",
    privacy_policy_url="https://www.cloudflare.com/privacypolicy/",
    terms_of_service_url="https://www.cloudflare.com/service-specific-terms-developer-platform/#developer-platform-terms",
    status_page_url="https://www.cloudflarestatus.com/",
    docs_url="https://developers.cloudflare.com/workers-ai",
    cancels=True,
)
