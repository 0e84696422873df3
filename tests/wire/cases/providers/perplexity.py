"""What Perplexity must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.changes import COMPATIBLE, Changes, without

SENT: Final[Changes] = {
    **COMPATIBLE,
    **without("parallel_tool_calls", "stop", "logit_bias", "logprobs", "top_logprobs", "seed", "n"),
    "tool that must be called": {"tools": None, "tool_choice": None},
    "stream": {"stream_options": None},
}
