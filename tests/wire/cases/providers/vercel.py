"""What Vercel AI Gateway must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import OBJECT, Changes, remembering
from tests.wire.heard import Counts

SENT: Final[Changes] = {**OBJECT, **remembering(reasoning="2+2")}

COUNTED: Final = {"thinking as reasoning": Counts(10, 7, 0, 3)}
