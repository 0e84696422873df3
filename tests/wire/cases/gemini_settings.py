"""Gemini's table: thinking, sampling, forms of answers. By hand from Google's documentation."""

from typing import Any, Final

from tests.wire.cases.gemini_case import (
    BUDGET,
    HI,
    HI_SENT,
    LATEST,
    OLD,
    SIMPLE,
    Case,
    Fields,
    config,
    tool,
)


def thinking(id_: str, model: str, wish: Fields, said: Fields | None, **more: Any) -> Case:
    """One turn of the knob."""
    sent = HI_SENT if said is None else config(thinkingConfig=said)
    return Case(id_, {**HI, "reasoning": wish}, sent, model, **more)


THINKING: Final = (
    thinking(
        "effort as level",
        LATEST,
        {"effort": "low"},
        {"thinkingLevel": "low", "includeThoughts": True},
    ),
    thinking(
        "effort beyond the levels",
        LATEST,
        {"effort": "xhigh"},
        {"thinkingLevel": "high", "includeThoughts": True},
        translated=("reasoning.effort",),
    ),
    thinking(
        "effort between the levels of a pro",
        "gemini-3-pro-preview",
        {"effort": "medium"},
        {"thinkingLevel": "low", "includeThoughts": True},
        translated=("reasoning.effort",),
    ),
    thinking(
        "a budget goes as one",
        LATEST,
        {"max_tokens": 700},
        {"thinkingBudget": 700, "includeThoughts": True},
    ),
    thinking(
        "off is the least a model can",
        LATEST,
        {"effort": "none"},
        {"thinkingLevel": "minimal"},
        translated=("reasoning.effort",),
    ),
    thinking("off where it can be", BUDGET, {"enabled": False}, {"thinkingBudget": 0}),
    thinking(
        "effort as a share of the limit",
        BUDGET,
        {"effort": "high"},
        {"thinkingBudget": 13107, "includeThoughts": True},
        translated=("reasoning.effort",),
    ),
    thinking(
        "a budget within the model's bounds",
        "gemini-2.5-pro",
        {"max_tokens": 5},
        {"thinkingBudget": 128, "includeThoughts": True},
        translated=("reasoning.max_tokens",),
    ),
    thinking("hidden", LATEST, {"effort": "high", "exclude": True}, {"thinkingLevel": "high"}),
    thinking("only hidden", LATEST, {"exclude": True}, None),
    thinking(
        "just on", LATEST, {"enabled": True}, {"thinkingLevel": "medium", "includeThoughts": True}
    ),
    thinking("a model that cannot", OLD, {"effort": "high"}, None, dropped=("reasoning",)),
    thinking(
        "a model with its own mind",
        "gemini-3-pro-image-preview",
        {"effort": "high"},
        {"includeThoughts": True},
        dropped=("reasoning.effort",),
    ),
)

SETTINGS: Final = (
    Case(
        "sampling by Gemini's names",
        {
            **HI,
            "temperature": 0.5,
            "top_p": 0.9,
            "top_k": 40,
            "frequency_penalty": 0.1,
            "presence_penalty": -0.2,
            "seed": 7,
            "n": 2,
            "stop": ["a", "", "b"],
            "max_tokens": 100,
            "logprobs": True,
            "top_logprobs": 3,
        },
        config(
            temperature=0.5,
            topP=0.9,
            topK=40,
            frequencyPenalty=0.1,
            presencePenalty=-0.2,
            seed=7,
            candidateCount=2,
            stopSequences=["a", "b"],
            responseLogprobs=True,
            logprobs=3,
            maxOutputTokens=100,
        ),
    ),
    Case(
        "what Gemini has no word for is told",
        {
            **HI,
            "min_p": 0.1,
            "top_a": 0.1,
            "repetition_penalty": 1.1,
            "logit_bias": {"1": 2},
            "verbosity": "low",
            "user": "u",
            "prompt_cache_key": "k",
            "service_tier": "flex",
        },
        HI_SENT,
        dropped=(
            "min_p",
            "top_a",
            "repetition_penalty",
            "logit_bias",
            "verbosity",
            "user",
            "prompt_cache_key",
            "service_tier",
        ),
    ),
    Case(
        "a field that nobody knows is told",
        {**HI, "frobnicate": 1, "service_tier": "auto", "provider": {"order": ["x"]}},
        HI_SENT,
        dropped=("frobnicate",),
    ),
    Case(
        "pictures and voice as answers",
        {
            **HI,
            "modalities": ["text", "image"],
            "image_config": {"aspect_ratio": "16:9", "image_size": "2K"},
            "audio": {"voice": "Kore", "format": "wav"},
        },
        config(
            responseModalities=["TEXT", "IMAGE"],
            imageConfig={"aspectRatio": "16:9", "imageSize": "2K"},
            speechConfig={"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Kore"}}},
        ),
        "gemini-2.5-flash-image",
    ),
    Case(
        "safety settings and cached content as they are",
        {**HI, "safety_settings": [{"category": "C", "threshold": "T"}], "cachedContent": "c/1"},
        {
            **HI_SENT,
            "safetySettings": [{"category": "C", "threshold": "T"}],
            "cachedContent": "c/1",
        },
    ),
    Case(
        "any JSON",
        {**HI, "response_format": {"type": "json_object"}},
        config(responseMimeType="application/json"),
    ),
    Case(
        "JSON of a schema",
        {
            **HI,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": SIMPLE},
            },
        },
        config(responseMimeType="application/json", responseJsonSchema=SIMPLE),
    ),
    Case(
        "a schema in the smaller vocabulary",
        {
            **HI,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": SIMPLE},
            },
        },
        config(responseMimeType="application/json", responseSchema=SIMPLE),
        "gemini-1.5-flash",
    ),
    Case(
        "a schema beside tools, where the model can",
        {
            **HI,
            "tools": [tool("f")],
            "reasoning": {"exclude": True},
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": SIMPLE},
            },
        },
        {
            **config(responseMimeType="application/json", responseJsonSchema=SIMPLE),
            "tools": [{"functionDeclarations": [{"name": "f"}]}],
        },
        LATEST,
    ),
    Case(
        "a schema beside tools by a forced tool, where it cannot",
        {
            **HI,
            "tools": [tool("f")],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": SIMPLE},
            },
        },
        {
            **HI_SENT,
            "tools": [
                {
                    "functionDeclarations": [
                        {"name": "f"},
                        {
                            "name": "structured_answer",
                            "description": (
                                "Gives the answer (n): call it once, with the whole answer as its"
                                " arguments."
                            ),
                            "parametersJsonSchema": SIMPLE,
                        },
                    ]
                }
            ],
            "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
        },
        emulated=("response_format",),
    ),
)
