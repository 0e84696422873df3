"""What Vercel AI Gateway must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import OBJECT, Changes, remembering

SENT: Final[Changes] = {**OBJECT, **remembering(reasoning="2+2")}
