"""What DeepSeek must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import COMPATIBLE, THINKING, Changes, remembering

SENT: Final[Changes] = {**COMPATIBLE, **THINKING, **remembering(reasoning_content="2+2")}
