"""Everything of a request but its messages and tools: limits, sampling, format, tier, metadata."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.conversation import Conversation, Extra, OutputFormat
from turnout.dialects.bedrock_converse.families import Family
from turnout.dialects.bedrock_converse.schemas import taken
from turnout.dialects.bedrock_converse.thinking import Thinking
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.openai_chat.deltas import Json

_UNKNOWN: Final = (
    "min_p",
    "top_a",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "seed",
    "logit_bias",
    "logprobs",
    "top_logprobs",
)
_LEAST_TOP_P_THINKING: Final = 0.95  # Anthropic, "Extended thinking", feature compatibility
_TIERS: Final[Mapping[str, str | None]] = {
    "auto": None,
    "default": "default",
    "flex": "flex",
    "priority": "priority",
    "fast": "priority",  # contract section 3.5
    "ultrafast": "priority",
}
_ANY_OBJECT: Final = msgspec.Raw(b'{"type":"object"}')
_METADATA: Final = msgspec.json.Decoder(dict[str, str])
_FIT_METADATA: Final = re.compile(r"[a-zA-Z0-9\s:_@$#=/+,\-.]{0,256}")
_MOST_METADATA: Final = 16


def inference(
    conversation: Conversation, family: Family, think: Thinking, losses: Losses
) -> dict[str, Json]:
    """`inferenceConfig`."""
    sampling = conversation.sampling
    losses.drop_said(sampling, _UNKNOWN)
    if sampling.n is not None and sampling.n != 1:
        losses.drop("n")
    said: dict[str, Json] = {}
    if conversation.max_output_tok is not None:
        said["maxTokens"] = conversation.max_output_tok
    temperature, top_p = _samplers(conversation, family, think, losses)
    if temperature is not None:
        said["temperature"] = msgspec.Raw(msgspec.json.encode(temperature))
    if top_p is not None:
        said["topP"] = msgspec.Raw(msgspec.json.encode(top_p))
    stops: list[Json] = [stop for stop in sampling.stop if stop.strip()]
    if len(stops) != len(sampling.stop):
        losses.drop("stop")
    if stops:
        said["stopSequences"] = stops
    return said


def _samplers(
    conversation: Conversation, family: Family, think: Thinking, losses: Losses
) -> tuple[float | None, float | None]:
    """Temperature (0 to 1 here) and top_p, as far as the model takes them."""
    temperature, top_p = conversation.sampling.temperature, conversation.sampling.top_p
    if temperature is not None and temperature > 1:
        losses.translate("temperature")
        temperature = 1.0
    if temperature is not None and (not family.samples or (think.claude and temperature != 1)):
        losses.drop("temperature")
        temperature = None
    if top_p is None:
        return temperature, None
    alone = family.both_samplers or temperature is None
    narrow = think.claude and top_p < _LEAST_TOP_P_THINKING
    if not family.samples or narrow or not alone:
        losses.drop("top_p")
        top_p = None
    return temperature, top_p


def model_fields(
    conversation: Conversation, family: Family, think: Thinking, losses: Losses
) -> dict[str, Json]:
    """`additionalModelRequestFields`: thinking, `top_k`, Claude's effort as verbosity."""
    fields: dict[str, Json] = dict(think.fields)
    top_k = conversation.sampling.top_k
    if top_k is not None:
        if not family.top_k or not family.samples or think.claude:
            losses.drop("top_k")
        else:
            value: Json = top_k
            for name in reversed(family.top_k):
                value = {name: value}
            fields = {**fields, **value} if isinstance(value, dict) else fields
    if conversation.verbosity is not None:
        if family.thinks not in ("adaptive", "either"):
            losses.drop("verbosity")
        elif "output_config" in fields:
            losses.drop("verbosity")  # one word for both, and the caller's effort says it
        else:
            known = conversation.verbosity in family.levels
            level = conversation.verbosity if known else "max"
            fields["output_config"] = {"effort": level}
            losses.translate("verbosity")
    return fields


def output_config(output: OutputFormat, losses: Losses) -> dict[str, Json]:
    """`outputConfig` for a JSON Schema; the schema goes as text."""
    asked = output.schema or _ANY_OBJECT
    schema = taken(asked)
    if schema != asked:
        losses.translate("response_format")
    inner: dict[str, Json] = {"schema": bytes(schema).decode()}
    if output.name is not None:
        inner["name"] = output.name
    if output.description is not None:
        inner["description"] = output.description
    return {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": inner}}}


def service_tier(conversation: Conversation, losses: Losses) -> Json:
    """`serviceTier`."""
    asked = conversation.service_tier
    if asked is None:
        return None
    if asked not in _TIERS:
        losses.drop("service_tier")
        return None
    tier = _TIERS[asked]
    if tier is None:
        return None
    if tier != asked:
        losses.translate("service_tier")
    return {"type": tier}


def request_metadata(extra: Extra, losses: Losses) -> Json:
    """`requestMetadata` from the caller's `metadata`, where Bedrock takes every letter of it."""
    raw = extra.get("metadata")
    if raw is None:
        return None
    try:
        metadata = _METADATA.decode(raw)
    except msgspec.DecodeError:
        metadata = {}
    fits = all(_FIT_METADATA.fullmatch(text) for pair in metadata.items() for text in pair) and all(
        metadata
    )
    if not metadata or not fits or len(metadata) > _MOST_METADATA:
        losses.drop("metadata")
        return None
    losses.translate("metadata")
    said: dict[str, Json] = dict(metadata)
    return said
