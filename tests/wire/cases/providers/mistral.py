"""What Mistral must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import COMPATIBLE, NO_NAMES, Changes

SENT: Final[Changes] = {
    **COMPATIBLE,
    **NO_NAMES,
    "every parameter": {
        "logit_bias": None,
        "logprobs": None,
        "top_logprobs": None,
        "top_k": None,
        "min_p": None,
        "top_a": None,
        "repetition_penalty": None,
        "user": None,
        "seed": None,
        "random_seed": 7,
    },
    "tool that must be called": {"tool_choice": "any"},
    "stream": {"stream_options": None},
}
