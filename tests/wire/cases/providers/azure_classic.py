"""What Azure's older surface must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import NEW_LIMIT, Changes, without

SENT: Final[Changes] = {**NEW_LIMIT, **without("top_k", "min_p", "top_a", "repetition_penalty")}
