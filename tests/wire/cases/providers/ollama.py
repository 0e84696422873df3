"""What Ollama must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import COMPATIBLE, Changes, remembering, without

SENT: Final[Changes] = {
    **COMPATIBLE,
    **without("logit_bias", "n", "user"),
    **remembering(reasoning="2+2"),
}
