"""What MiniMax must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import NO_KNOB, SYSTEM_ONLY, Changes, remembering, without

SENT: Final[Changes] = {
    **SYSTEM_ONLY,
    **NO_KNOB,
    **without("presence_penalty", "frequency_penalty", "logit_bias"),
    **remembering(reasoning="2+2"),
}
EVERYWHERE: Final = {"reasoning_split": True}
