"""What Xiaomi must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import SYSTEM_ONLY, Changes, remembering

SENT: Final[Changes] = {**SYSTEM_ONLY, **remembering(reasoning_content="2+2")}
