"""Alibaba Cloud: Qwen from its makers, Model Studio's international site.

Source: docs.qwencloud.com/api-reference/chat/openai-chat and recorded traffic (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.embeddings.compatible import EmbeddingQuirks
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.openai_sides import embeds
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="alibaba",
    name="Alibaba Cloud",
    adapter=OpenAIChat(
        Quirks(
            rename={"max_completion_tokens": "max_tokens"},
            developer_role=False,
            # www.alibabacloud.com/help/en/model-studio/deep-thinking
            reasoning="enable_thinking",
        )
    ),
    # help.aliyun.com/en/model-studio, text embedding, OpenAI-compatible: ten texts a request
    sides=(embeds(EmbeddingQuirks(input_type=None, encoding="none", max_inputs=10, tokens=False)),),
    base_url="https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    api_key_env=("DASHSCOPE_API_KEY", "ALIBABA_API_KEY"),
    catalog_ids={"models-dev": ("alibaba",)},
    headquarters="CN",
    privacy_policy_url="https://www.alibabacloud.com/help/en/legal/latest/alibaba-cloud-international-website-privacy-policy",
    terms_of_service_url="https://www.alibabacloud.com/help/en/legal/latest/alibaba-cloud-international-website-product-terms-of-service-v-3-8-0",
    status_page_url="https://status.alibabacloud.com",
    docs_url="https://www.alibabacloud.com/help/en/model-studio/models",
    cancels=False,
)
