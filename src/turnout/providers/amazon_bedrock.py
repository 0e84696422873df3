"""Amazon Bedrock: the models of many makers in AWS's regions, by Converse.

Source: docs.aws.amazon.com/bedrock/latest/userguide, the pages inference-api.html,
api-keys-use.html and data-protection.html, and recorded traffic (read 2026-11-25).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.bedrock_converse.adapter import BedrockConverse
from turnout.dialects.embeddings.bedrock import BedrockEmbedder
from turnout.dialects.embeddings.bridge import embeddings
from turnout.dialects.provider import Gap, Provider, Side

# docs.aws.amazon.com/general/latest/gr/bedrock.html; China has its own domain
_REGION: Final = Gap(
    variables=("AWS_REGION", "AWS_DEFAULT_REGION"),
    forms=(("cn-.*", "{}.amazonaws.com.cn"), (".*", "{}.amazonaws.com")),
)
PROVIDER: Final = Provider(
    id="amazon-bedrock",
    name="Amazon Bedrock",
    adapter=BedrockConverse(),
    # docs.aws.amazon.com/bedrock/latest/userguide: Titan, Nova and Cohere, by InvokeModel
    sides=(Side(adapter=embeddings(BedrockEmbedder())),),
    aliases=("bedrock", "aws-bedrock"),
    base_url="https://bedrock-runtime.{AWS_REGION}",
    gaps={"AWS_REGION": _REGION},
    api_key_env=("AWS_BEARER_TOKEN_BEDROCK",),
    # Roles of machines and containers are on many of them and no wish: they need a table.
    credentials_env=(
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        ("AWS_PROFILE",),
    ),
    auth="aws-sigv4",
    catalog_ids={"models-dev": ("amazon-bedrock",), "genai-prices": ("aws",)},
    # docs.aws.amazon.com/bedrock/latest/userguide/data-protection.html
    data_policy=DataPolicy(trains=False, retains=False),
    headquarters="US",
    privacy_policy_url="https://aws.amazon.com/privacy/",
    terms_of_service_url="https://aws.amazon.com/service-terms/",
    status_page_url="https://health.aws.amazon.com/health/status",
    docs_url="https://docs.aws.amazon.com/bedrock/",
)
