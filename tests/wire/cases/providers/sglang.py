"""What SGLang must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import SYSTEM_ONLY, TEMPLATE, Changes

SENT: Final[Changes] = {**SYSTEM_ONLY, **TEMPLATE}
