"""What Cerebras must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import SYSTEM_ONLY, Changes, remembering, without

SENT: Final[Changes] = {
    **SYSTEM_ONLY,
    **without("frequency_penalty", "presence_penalty", "logit_bias", "parallel_tool_calls"),
    **remembering(reasoning="2+2"),
}
