"""What xAI must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import Changes, remembering

SENT: Final[Changes] = {**remembering(reasoning_content="2+2")}
