"""What Scaleway must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import SYSTEM_ONLY, Changes, without

SENT: Final[Changes] = {**SYSTEM_ONLY, **without("frequency_penalty", "n", "top_logprobs")}
