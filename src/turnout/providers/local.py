"""Local: the small model this package serves itself.

Source: the module turnout.local, which starts it (read 2026-11-23).
"""

from typing import Final

from turnout.core.types import DataPolicy
from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="local",
    name="Local",
    adapter=OpenAIChat(
        Quirks(
            developer_role=False,
            # SmolLM2 does not think
            reasoning="none",
            # its server takes `tools` and does not hold the model to them (tried 2026-11-23)
            tools="grammar",
        )
    ),
    base_url=None,
    keyless=True,
    auth="none",
    # a child process of this gateway
    data_policy=DataPolicy(trains=False, retains=False),
    cancels=True,
)
