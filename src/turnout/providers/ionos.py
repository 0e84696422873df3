"""IONOS AI Model Hub: open models in German data centres.

Source: address and key variable as public clients configure them (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="ionos",
    name="IONOS AI Model Hub",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://openai.inference.de-txl.ionos.com/v1",
    api_key_env=("IONOS_API_TOKEN",),
    headquarters="DE",
    datacenters=("DE",),
    docs_url="https://docs.ionos.com/cloud/ai/ai-model-hub",
)
