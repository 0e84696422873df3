"""What GitHub Models must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import Changes

SENT: Final[Changes] = {}
