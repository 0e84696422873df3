"""What llama.cpp must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import SYSTEM_ONLY, TEMPLATE, Changes, remembering

SENT: Final[Changes] = {**SYSTEM_ONLY, **TEMPLATE, **remembering(reasoning_content="2+2")}
