"""Azure OpenAI: OpenAI's models in a resource of your own, on the surface without api-versions.

A deployment is yours to name, so its models come from `[[providers.azure.models]]`, with the
deployment as `upstream`; prices too, for they depend on region and contract. A token of Entra goes
into `[providers.azure.headers]` as `authorization = "env:…"`, beside `base_url` and without a key.

Source: learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle and recorded traffic (read
2026-11-25).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.embeddings.compatible import EmbeddingQuirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_responses.adapter import OpenAIResponses
from turnout.dialects.openai_responses.quirks import Quirks as ResponsesQuirks
from turnout.dialects.openai_sides import embeds
from turnout.dialects.provider import Provider, Side

QUIRKS: Final = Quirks(
    # as at OpenAI: an unknown argument is a 400
    drop=frozenset({"top_k", "min_p", "top_a", "repetition_penalty"}),
    # learn.microsoft.com/azure/ai-foundry/openai/how-to/reasoning
    rename={"max_tokens": "max_completion_tokens"},
)
# learn.microsoft.com/legal/cognitive-services/openai/data-privacy: abuse monitoring
DATA_POLICY: Final = DataPolicy(trains=False, retains=True, retention_days=30)

PROVIDER: Final = Provider(
    id="azure",
    name="Azure",
    adapter=OpenAIChat(QUIRKS),
    sides=(
        # recorded; sealed by Azure's own keys
        Side(adapter=OpenAIResponses(ResponsesQuirks(sealed="azure-openai-responses-v1"))),
        # learn.microsoft.com/azure/ai-foundry/openai/latest: /embeddings on the same surface
        embeds(EmbeddingQuirks(input_type=None, max_inputs=2048)),
    ),
    base_url="{AZURE_OPENAI_ENDPOINT}/openai/v1",
    aliases=("azure-openai",),
    api_key_env=("AZURE_OPENAI_API_KEY",),
    auth="api-key",
    data_policy=DATA_POLICY,
    headquarters="US",
    privacy_policy_url="https://learn.microsoft.com/legal/cognitive-services/openai/data-privacy",
    terms_of_service_url="https://www.microsoft.com/licensing/terms/productoffering",
    status_page_url="https://azure.status.microsoft/",
    docs_url="https://learn.microsoft.com/azure/ai-foundry/openai/",
    cancels=True,
)
