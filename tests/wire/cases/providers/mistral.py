"""What Mistral must receive otherwise than OpenAI would."""

from typing import Final

from tests.wire.cases.asked import HELLO, TOOL_RESULTS
from tests.wire.cases.changes import COMPATIBLE, NO_NAMES, Changes
from tests.wire.cases.wire_case import Fields

# Nine letters and digits of a hash (BLAKE2b), the same in every request.
_IDS: Final = {"call_1": "1b231f8ed", "call_2": "545be4197"}
_THOUGHT: Final = {"type": "thinking", "thinking": [{"type": "text", "text": "2+2"}]}


def _fitted(message: Fields) -> Fields:
    fields = dict(message)
    if "tool_call_id" in fields:
        fields["tool_call_id"] = _IDS[fields["tool_call_id"]]
    if "tool_calls" in fields:
        fields["tool_calls"] = [{**call, "id": _IDS[call["id"]]} for call in fields["tool_calls"]]
    return fields


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
    "tool results": {"messages": [_fitted(message) for message in TOOL_RESULTS]},
    "earlier thinking": {
        "messages": [
            *HELLO,
            {"role": "assistant", "content": [_THOUGHT, {"type": "text", "text": "4"}]},
            *HELLO,
        ]
    },
}
