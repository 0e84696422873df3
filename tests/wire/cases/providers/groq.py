"""What Groq must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import NO_NAMES, Changes, without

SENT: Final[Changes] = {
    **NO_NAMES,
    **without(
        "logprobs", "logit_bias", "top_logprobs", "top_k", "min_p", "top_a", "repetition_penalty"
    ),
}
