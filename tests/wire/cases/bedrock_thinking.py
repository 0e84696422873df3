"""Bedrock's table: the one reasoning knob, by family, and thinking of earlier turns."""

from typing import Final

from tests.wire.cases.bedrock_words import (
    GPT_OSS,
    LLAMA,
    LOOK,
    LOOKS,
    NOVA,
    NOVA_2,
    OPUS_47,
    QWEN,
    R1,
    SONNET_4,
    SONNET_5,
    SONNET_46,
    Bedrock,
    called,
    came,
    result,
    says,
    use,
    user,
)
from tests.wire.cases.wire_case import Fields

SIGNED: Final[Fields] = {
    "type": "reasoning.text",
    "text": "hm",
    "signature": "sig",
    "format": "anthropic-claude-v1",
    "index": 0,
}
SEALED: Final[Fields] = {
    "type": "reasoning.encrypted",
    "data": "c2VhbGVk",
    "format": "anthropic-claude-v1",
    "index": 1,
}
FOREIGN: Final[Fields] = {
    "type": "reasoning.encrypted",
    "data": "gAAA",
    "format": "openai-responses-v1",
    "index": 0,
}


def thought(*details: Fields) -> list[Fields]:
    """A tool loop whose call was thought about."""
    return [user("hi"), {**called(), "reasoning_details": list(details)}, result()]


THINKING: Final = (
    Bedrock(
        "budget",
        SONNET_4,
        {"reasoning": {"max_tokens": 2000}, "max_tokens": 4000},
        {
            "inferenceConfig": {"maxTokens": 4000},
            "additionalModelRequestFields": {
                "thinking": {"type": "enabled", "budget_tokens": 2000}
            },
        },
    ),
    Bedrock(
        "budget-by-effort",
        SONNET_4,
        {
            "reasoning_effort": "high",
            "max_tokens": 10_000,
            "temperature": 0.5,
            "top_k": 5,
            "top_p": 0.9,
        },
        {
            "inferenceConfig": {"maxTokens": 10_000},
            "additionalModelRequestFields": {
                "thinking": {"type": "enabled", "budget_tokens": 8000}
            },
        },
        dropped=("temperature", "top_p", "top_k"),
        translated=("reasoning",),
    ),
    Bedrock(
        "budget-beyond-the-limit",
        SONNET_4,
        {"reasoning": {"max_tokens": 9000}, "max_tokens": 4000},
        {
            "inferenceConfig": {"maxTokens": 4000},
            "additionalModelRequestFields": {
                "thinking": {"type": "enabled", "budget_tokens": 3999}
            },
        },
        translated=("reasoning",),
    ),
    Bedrock(
        "budget-with-no-room",
        SONNET_4,
        {"reasoning_effort": "low", "max_tokens": 500},
        {"inferenceConfig": {"maxTokens": 500}},
        dropped=("reasoning",),
    ),
    Bedrock(
        "demanded-call-wins-over-thinking",
        SONNET_4,
        {"reasoning_effort": "low", **LOOK, "tool_choice": "required"},
        {"toolConfig": {**LOOKS, "toolChoice": {"any": {}}}},
        dropped=("reasoning",),
    ),
    Bedrock(
        "thinking-goes-back-sealed",
        SONNET_4,
        {"messages": thought(SIGNED, SEALED), **LOOK, "reasoning": {"max_tokens": 2000}},
        {
            "messages": [
                says("user", "hi"),
                says(
                    "assistant",
                    {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "sig"}}},
                    {"reasoningContent": {"redactedContent": "YzJWaGJHVms="}},
                    use(q=1),
                ),
                says("user", came("found")),
            ],
            "toolConfig": LOOKS,
            "additionalModelRequestFields": {
                "thinking": {"type": "enabled", "budget_tokens": 2000}
            },
        },
    ),
    Bedrock(
        "loop-whose-thinking-was-stripped",
        SONNET_4,
        {"messages": [user("hi"), called(), result()], **LOOK, "reasoning": {"max_tokens": 2000}},
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1)),
                says("user", came("found")),
            ],
            "toolConfig": LOOKS,
        },
        dropped=("reasoning",),
    ),
    Bedrock(
        "foreign-thinking-stays-behind",
        SONNET_4,
        {"messages": thought(FOREIGN), **LOOK},
        {
            "messages": [
                says("user", "hi"),
                says("assistant", use(q=1)),
                says("user", came("found")),
            ],
            "toolConfig": LOOKS,
        },
        dropped=("messages.reasoning",),
    ),
    Bedrock(
        "thinking-of-r1-goes-back-as-text",
        R1,
        {
            "messages": [
                user("a"),
                {"role": "assistant", "content": "b", "reasoning": "hm"},
                user("c"),
            ]
        },
        {
            "messages": [
                says("user", "a"),
                says("assistant", {"reasoningContent": {"reasoningText": {"text": "hm"}}}, "b"),
                says("user", "c"),
            ]
        },
    ),
    Bedrock(
        "adaptive",
        SONNET_46,
        {"reasoning": {"enabled": True}},
        {"additionalModelRequestFields": {"thinking": {"type": "adaptive"}}},
    ),
    Bedrock(
        "adaptive-with-effort",
        SONNET_46,
        {"reasoning_effort": "xhigh"},
        {
            "additionalModelRequestFields": {
                "thinking": {"type": "adaptive"},
                "output_config": {"effort": "high"},
            }
        },
        translated=("reasoning",),
    ),
    Bedrock(
        "budget-where-both-are-known",
        SONNET_46,
        {"reasoning": {"max_tokens": 2000}},
        {"additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2000}}},
    ),
    Bedrock(
        "sampling-of-a-model-without",
        OPUS_47,
        {"reasoning_effort": "max", "temperature": 1, "top_p": 0.99, "top_k": 1},
        {
            "additionalModelRequestFields": {
                "thinking": {"type": "adaptive"},
                "output_config": {"effort": "max"},
            }
        },
        dropped=("temperature", "top_p", "top_k"),
    ),
    Bedrock("off", SONNET_4, {"reasoning_effort": "none"}, {}),
    Bedrock(
        "off-where-it-thinks-unasked",
        SONNET_5,
        {"reasoning": {"enabled": False}},
        {"additionalModelRequestFields": {"thinking": {"type": "disabled"}}},
    ),
    Bedrock(
        "nova",
        NOVA_2,
        {"reasoning_effort": "low", "max_tokens": 100},
        {
            "inferenceConfig": {"maxTokens": 100},
            "additionalModelRequestFields": {
                "reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}
            },
        },
    ),
    Bedrock(
        "nova-high-beside-a-limit",
        NOVA_2,
        {"reasoning_effort": "high", "max_tokens": 100},
        {
            "inferenceConfig": {"maxTokens": 100},
            "additionalModelRequestFields": {
                "reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"}
            },
        },
        translated=("reasoning",),
    ),
    Bedrock(
        "gpt-oss",
        GPT_OSS,
        {"reasoning_effort": "minimal"},
        {"additionalModelRequestFields": {"reasoning_effort": "low"}},
        translated=("reasoning",),
    ),
    Bedrock(
        "gpt-oss-off",
        GPT_OSS,
        {"reasoning_effort": "none"},
        {"additionalModelRequestFields": {"reasoning_effort": "low"}},
        translated=("reasoning",),
    ),
    Bedrock(
        "qwen",
        QWEN,
        {"reasoning_effort": "high"},
        {"additionalModelRequestFields": {"reasoning_config": "high"}},
    ),
    Bedrock(
        "none-where-nobody-thinks",
        LLAMA,
        {"reasoning": {"effort": "high", "exclude": True, "summary": "auto"}},
        {},
        dropped=("reasoning.exclude", "reasoning.summary", "reasoning"),
    ),
    Bedrock(
        "verbosity",
        OPUS_47,
        {"verbosity": "low"},
        {"additionalModelRequestFields": {"output_config": {"effort": "low"}}},
        translated=("verbosity",),
    ),
    Bedrock("verbosity-where-unknown", NOVA, {"verbosity": "low"}, {}, dropped=("verbosity",)),
)
