"""What Hugging Face must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import COMPATIBLE, Changes

SENT: Final[Changes] = {**COMPATIBLE}
