"""Azure OpenAI's older surface: the deployment in the path, an api-version behind it.

`upstream` of a model is its deployment, and may bring another api-version than the usual one:
"my-gpt?api-version=2025-04-01-preview". Everything else is as in `azure`.

Source: learn.microsoft.com/azure/ai-foundry/openai/reference and recorded traffic (read
2026-11-25).
"""

from typing import Final

import msgspec

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.provider import Provider
from turnout.providers.azure import DATA_POLICY, QUIRKS

PROVIDER: Final = Provider(
    id="azure-classic",
    name="Azure Classic",
    adapter=OpenAIChat(
        msgspec.structs.replace(
            QUIRKS,
            # the last version that is no preview
            path="/deployments/{model}/chat/completions?api-version=2024-10-21",
            # what it lists is what could be deployed, not what is: same reference
            models_path=None,
        )
    ),
    base_url="{AZURE_OPENAI_ENDPOINT}/openai",
    api_key_env=("AZURE_CLASSIC_API_KEY",),
    auth="api-key",
    data_policy=DATA_POLICY,
    headquarters="US",
    privacy_policy_url="https://learn.microsoft.com/legal/cognitive-services/openai/data-privacy",
    terms_of_service_url="https://www.microsoft.com/licensing/terms/productoffering",
    status_page_url="https://azure.status.microsoft/",
    docs_url="https://learn.microsoft.com/azure/ai-foundry/openai/reference",
    cancels=True,
)
