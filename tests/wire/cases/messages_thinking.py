"""The one reasoning knob, and thoughts that go back: what Anthropic receives of them."""

from typing import Final

from tests.wire.cases.lowering import (
    HAIKU_35,
    HI,
    LOOK,
    OPUS_47,
    SONNET_5,
    SONNET_46,
    TOOL,
    Lowering,
    called,
    result,
    text,
    use,
)
from tests.wire.cases.wire_case import Fields

SEALED: Final = {
    "type": "reasoning.text",
    "text": "2+2",
    "signature": "sig",
    "format": "anthropic-claude-v1",
    "index": 0,
}
REDACTED: Final = {
    "type": "reasoning.encrypted",
    "data": "xyz",
    "format": "anthropic-claude-v1",
    "index": 1,
}
THOUGHT: Final = {"type": "thinking", "thinking": "2+2", "signature": "sig"}
LOOP: Final[list[Fields]] = [
    *HI,
    {"role": "assistant", "content": None, "tool_calls": [called(1)]},
    {"role": "tool", "tool_call_id": "call_1", "content": "a"},
]
LOOP_SENT: Final[list[Fields]] = [
    *HI,
    {"role": "assistant", "content": [use(1)]},
    {"role": "user", "content": [result(1, "a")]},
]


def budget(tokens: int) -> Fields:
    """Thinking within a budget."""
    return {"thinking": {"type": "enabled", "budget_tokens": tokens}}


ADAPTIVE: Final[Fields] = {"thinking": {"type": "adaptive", "display": "summarized"}}

THINKING: Final = (
    Lowering(
        "sealed and redacted thoughts go back unchanged and in order",
        {
            "messages": [
                *HI,
                {
                    "role": "assistant",
                    "content": None,
                    "reasoning_details": [SEALED, REDACTED],
                    "tool_calls": [called(1)],
                },
                LOOP[2],
            ]
        },
        {
            "messages": [
                *HI,
                {
                    "role": "assistant",
                    "content": [THOUGHT, {"type": "redacted_thinking", "data": "xyz"}, use(1)],
                },
                LOOP_SENT[2],
            ]
        },
    ),
    Lowering(
        "a thought collected in pieces is one thought",
        {
            "messages": [
                *HI,
                {
                    "role": "assistant",
                    "content": "4",
                    "reasoning_details": [
                        {**SEALED, "text": "2", "signature": None},
                        {**SEALED, "text": "+2", "signature": None},
                        {**SEALED, "text": "", "signature": "sig"},
                    ],
                },
                *HI,
            ]
        },
        {"messages": [*HI, {"role": "assistant", "content": [THOUGHT, text("4")]}, *HI]},
    ),
    Lowering(
        "thoughts of another make, or without a seal, do not go",
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": "4", "reasoning": "2+2"},
                *HI,
                {
                    "role": "assistant",
                    "content": "5",
                    "reasoning_details": [{**SEALED, "format": "google-gemini-v1"}],
                },
                *HI,
            ]
        },
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": "4"},
                *HI,
                {"role": "assistant", "content": "5"},
                *HI,
            ]
        },
        dropped={"messages.reasoning"},
    ),
    Lowering(
        "an effort is a share of the limit",
        {"reasoning": {"effort": "medium"}, "max_tokens": 8000},
        {**budget(4000), "max_tokens": 8000},
        translated={"reasoning.effort"},
    ),
    Lowering(
        "a budget as given",
        {"reasoning": {"max_tokens": 2000}, "max_tokens": 8000},
        {**budget(2000), "max_tokens": 8000},
    ),
    Lowering(
        "a budget of less than the least",
        {"reasoning": {"max_tokens": 5}, "max_tokens": 8000},
        {**budget(1024), "max_tokens": 8000},
        translated={"reasoning.max_tokens"},
    ),
    Lowering(
        "the limit stays as given and is more than the budget",
        {"reasoning": {"max_tokens": 9000}, "max_tokens": 8000},
        {**budget(7999), "max_tokens": 8000},
        translated={"reasoning.max_tokens"},
    ),
    Lowering(
        "an answer too short to think in",
        {"reasoning": {"effort": "high"}, "max_tokens": 500},
        {"max_tokens": 500},
        dropped={"reasoning"},
    ),
    Lowering(
        "thinking gives way to a tool that must be called",
        {
            "reasoning": {"effort": "high"},
            "max_tokens": 8000,
            "tools": [TOOL],
            "tool_choice": "required",
        },
        {"max_tokens": 8000, "tools": [LOOK], "tool_choice": {"type": "any"}},
        dropped={"reasoning"},
    ),
    Lowering(
        "thinking gives way in a loop whose first thought is lost",
        {
            "reasoning": {"effort": "high"},
            "max_tokens": 8000,
            "tools": [TOOL],
            "messages": LOOP,
        },
        {"max_tokens": 8000, "tools": [LOOK], "messages": LOOP_SENT},
        dropped={"reasoning"},
    ),
    Lowering(
        "with a budget the sampling is fixed",
        {
            "reasoning": {"max_tokens": 2000},
            "max_tokens": 8000,
            "temperature": 0.5,
            "top_p": 0.9,
            "top_k": 5,
        },
        {**budget(2000), "max_tokens": 8000},
        dropped={"temperature", "top_p", "top_k"},
    ),
    Lowering(
        "so it is while the model thinks by itself",
        {"reasoning": {"enabled": True}, "temperature": 0.5, "top_p": 0.97},
        {**ADAPTIVE, "top_p": 0.97},
        model=SONNET_46,
        dropped={"temperature"},
    ),
    Lowering(
        "models that leave thinking to themselves take an effort",
        {"reasoning": {"effort": "xhigh"}},
        {**ADAPTIVE, "output_config": {"effort": "xhigh"}},
        model=OPUS_47,
        translated={"reasoning.effort"},
    ),
    Lowering(
        "the nearest effort the model knows",
        {"reasoning": {"effort": "xhigh"}},
        {**ADAPTIVE, "output_config": {"effort": "high"}},
        model=SONNET_46,
        translated={"reasoning.effort"},
    ),
    Lowering(
        "a budget where the model takes both",
        {"reasoning": {"max_tokens": 2000}, "max_tokens": 8000},
        {**budget(2000), "max_tokens": 8000},
        model=SONNET_46,
    ),
    Lowering(
        "a budget where the model takes only an effort",
        {"reasoning": {"max_tokens": 4000}, "max_tokens": 8000},
        {**ADAPTIVE, "output_config": {"effort": "medium"}, "max_tokens": 8000},
        model=OPUS_47,
        translated={"reasoning.max_tokens", "reasoning.effort"},
    ),
    Lowering(
        "thoughts that are not to be shown",
        {"reasoning": {"enabled": True, "exclude": True}},
        {"thinking": {"type": "adaptive", "display": "omitted"}},
        model=OPUS_47,
    ),
    Lowering(
        "no thinking, to a model that thinks unasked",
        {"reasoning": {"enabled": False}},
        {"thinking": {"type": "disabled"}},
        model=SONNET_5,
    ),
    Lowering("no thinking, to any other", {"reasoning": {"effort": "none"}}, {}),
    Lowering(
        "thinking, to a model that cannot",
        {"reasoning": {"effort": "low"}},
        {},
        model=HAIKU_35,
        dropped={"reasoning"},
    ),
)
