"""What the embedded model must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import NO_KNOB, SYSTEM_ONLY, Changes

SENT: Final[Changes] = {**SYSTEM_ONLY, **NO_KNOB}
