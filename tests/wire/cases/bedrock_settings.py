"""Bedrock's table: limits, sampling, formats, tiers, metadata, addresses."""

from typing import Final

from tests.wire.cases.bedrock_words import (
    ASKED_SCHEMA,
    BOUNDED,
    BOUNDED_SENT,
    CLOSED,
    HAIKU,
    LLAMA,
    NOVA,
    QWEN,
    SCHEMA,
    Bedrock,
)
from tests.wire.cases.wire_case import Fields


def asked_schema(schema: Fields) -> Fields:
    """A response format."""
    return {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}


def schema_sent(schema: str, name: str) -> Fields:
    """The same in Bedrock's words."""
    inner = {"jsonSchema": {"schema": schema, "name": name}}
    return {"outputConfig": {"textFormat": {"type": "json_schema", "structure": inner}}}


SETTINGS: Final = (
    Bedrock(
        "limits-and-sampling",
        NOVA,
        {"max_tokens": 9, "temperature": 0.25, "top_p": 0.5, "stop": ["a", "b"], "top_k": 3},
        {
            "inferenceConfig": {
                "maxTokens": 9,
                "temperature": 0.25,
                "topP": 0.5,
                "stopSequences": ["a", "b"],
            },
            "additionalModelRequestFields": {"inferenceConfig": {"topK": 3}},
        },
    ),
    Bedrock(
        "temperature-above-one",
        NOVA,
        {"temperature": 1.5},
        {"inferenceConfig": {"temperature": 1.0}},
        translated=("temperature",),
    ),
    Bedrock(
        "temperature-or-top-p",
        HAIKU,
        {"temperature": 0.5, "top_p": 0.5},
        {"inferenceConfig": {"temperature": 0.5}},
        dropped=("top_p",),
    ),
    Bedrock(
        "blank-stop",
        NOVA,
        {"stop": [" ", "x"]},
        {"inferenceConfig": {"stopSequences": ["x"]}},
        dropped=("stop",),
    ),
    Bedrock(
        "what-converse-has-no-word-for",
        NOVA,
        {
            "seed": 1,
            "frequency_penalty": 1,
            "presence_penalty": 1,
            "repetition_penalty": 1,
            "min_p": 0.1,
            "top_a": 0.1,
            "logit_bias": {"1": 1},
            "logprobs": True,
            "top_logprobs": 1,
            "n": 2,
            "user": "u",
            "prompt_cache_key": "k",
            "prediction": {"type": "content"},
        },
        {},
        dropped=(
            "prediction",
            "user",
            "prompt_cache_key",
            "min_p",
            "top_a",
            "frequency_penalty",
            "presence_penalty",
            "repetition_penalty",
            "seed",
            "logit_bias",
            "logprobs",
            "top_logprobs",
            "n",
        ),
    ),
    Bedrock(
        "schema",
        HAIKU,
        {"response_format": ASKED_SCHEMA},
        schema_sent(SCHEMA, "answer"),
        translated=("response_format",),
    ),
    Bedrock(
        "schema-with-bounds",
        QWEN,
        {"response_format": asked_schema(BOUNDED)},
        schema_sent(BOUNDED_SENT, "x"),
        translated=("response_format",),
    ),
    Bedrock(
        "schema-as-it-is",
        HAIKU,
        {"response_format": asked_schema(CLOSED)},
        schema_sent('{"additionalProperties":false,"type":"object","properties":{}}', "x"),
    ),
    Bedrock(
        "schema-by-a-tool",
        NOVA,
        {"response_format": ASKED_SCHEMA},
        {
            "toolConfig": {
                "tools": [
                    {
                        "toolSpec": {
                            "name": "structured_answer",
                            "description": "Gives the answer (answer): call it once, with the whole"
                            " answer as its arguments.",
                            "inputSchema": {
                                "json": {"type": "object", "properties": {"a": {"type": "integer"}}}
                            },
                        }
                    }
                ],
                "toolChoice": {"tool": {"name": "structured_answer"}},
            }
        },
        emulated=("response_format",),
    ),
    Bedrock(
        "json-by-a-tool-that-cannot-be-demanded",
        LLAMA,
        {"response_format": {"type": "json_object"}},
        {
            "toolConfig": {
                "tools": [
                    {
                        "toolSpec": {
                            "name": "structured_answer",
                            "description": "Gives the answer: call it once, with the whole answer"
                            " as its arguments.",
                            "inputSchema": {"json": {"type": "object"}},
                        }
                    }
                ],
                "toolChoice": {"auto": {}},
            }
        },
        emulated=("response_format",),
    ),
    Bedrock("tier", NOVA, {"service_tier": "flex"}, {"serviceTier": {"type": "flex"}}),
    Bedrock(
        "tier-by-another-name",
        NOVA,
        {"service_tier": "fast"},
        {"serviceTier": {"type": "priority"}},
        translated=("service_tier",),
    ),
    Bedrock("tier-auto", NOVA, {"service_tier": "auto"}, {}),
    Bedrock("tier-unknown", NOVA, {"service_tier": "scale"}, {}, dropped=("service_tier",)),
    Bedrock(
        "metadata",
        NOVA,
        {"metadata": {"team": "a b"}},
        {"requestMetadata": {"team": "a b"}},
        translated=("metadata",),
    ),
    Bedrock(
        "metadata-that-does-not-fit", NOVA, {"metadata": {"team": "é"}}, {}, dropped=("metadata",)
    ),
    Bedrock(
        "arn-as-a-model",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3",
        {},
        {},
        path="/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile"
        "%2Fa1b2c3/converse",
    ),
)
