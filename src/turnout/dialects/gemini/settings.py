"""Everything of `generationConfig`, and the few fields beside it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.conversation import Conversation, Extra, OutputFormat, Sampling
from turnout.core.errors import invalid
from turnout.core.types import Endpoint
from turnout.dialects.gemini.media import Fields, Json
from turnout.dialects.gemini.quirks import Family
from turnout.dialects.gemini.thinking import thinking_config
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.lowering.schema import GEMINI_JSON_SCHEMA, GEMINI_SCHEMA, lowered

MOST_STOPS: Final = 5
"""Source: https://ai.google.dev/api/generate-content#generationconfig (read 2026-11-25)."""

_NAMES: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "frequency_penalty": "frequencyPenalty",
    "presence_penalty": "presencePenalty",
    "seed": "seed",
    "n": "candidateCount",
}
_UNKNOWN: Final = ("min_p", "top_a", "repetition_penalty", "logit_bias")
_UNSAYABLE: Final = ("verbosity", "user", "service_tier", "prompt_cache_key")
_IDLE_TIERS: Final = ("auto", "default")
_BESIDE: Final[Mapping[str, str]] = {
    "safety_settings": "safetySettings",
    "safetySettings": "safetySettings",
    "cached_content": "cachedContent",
    "cachedContent": "cachedContent",
}
"""Gemini's own fields that clients of other dialects send at the top, as they know them."""

_WORDS: Final = msgspec.json.Decoder(list[str])
_NULL: Final = msgspec.Raw(b"null")


class _Image(msgspec.Struct):
    aspect_ratio: str | None = None
    image_size: str | None = None


class _Voice(msgspec.Struct):
    voice: str | None = None


_IMAGE: Final = msgspec.json.Decoder(_Image)
_VOICE: Final = msgspec.json.Decoder(_Voice)

TAKEN: Final = frozenset({"modalities", "image_config", "audio", *_BESIDE})
"""Fields beyond the internal form that have a place here, whichever dialect they came in."""


def config_fields(
    conversation: Conversation, taken: Extra, family: Family, endpoint: Endpoint, losses: Losses
) -> Fields:
    """`generationConfig`; `taken`: the fields of `TAKEN` that the caller sent."""
    fields = _sampling(conversation.sampling, losses)
    if conversation.max_output_tok is not None:
        fields["maxOutputTokens"] = conversation.max_output_tok
    losses.drop_said(conversation, _UNSAYABLE[:2])
    losses.drop_said(conversation, _UNSAYABLE[3:])
    if conversation.service_tier not in (None, *_IDLE_TIERS):
        losses.drop("service_tier")
    if conversation.output is not None:
        fields |= _output(conversation.output, family, losses)
    limit = conversation.max_output_tok or endpoint.max_output_tok
    thinking = thinking_config(conversation.reasoning, family, limit, losses)
    if thinking is not None:
        fields["thinkingConfig"] = thinking
    return fields | _media_out(taken)


def beside(taken: Extra) -> Fields:
    """The caller's safety settings and cached content, as they are."""
    return {_BESIDE[name]: raw for name, raw in taken.items() if name in _BESIDE}


def _sampling(sampling: Sampling, losses: Losses) -> Fields:
    fields: Fields = {}
    for ours, theirs in _NAMES.items():
        value: Json = getattr(sampling, ours)
        if value is not None:
            fields[theirs] = value
    losses.drop_said(sampling, _UNKNOWN)
    stops = [stop for stop in sampling.stop if stop]
    if len(stops) > MOST_STOPS:
        raise invalid("stop", f"this provider takes {MOST_STOPS} stop sequences at most.")
    if stops:
        fields["stopSequences"] = list[Json](stops)
    if sampling.logprobs:
        fields["responseLogprobs"] = True
        if sampling.top_logprobs:
            fields["logprobs"] = sampling.top_logprobs
    return fields


def _output(output: OutputFormat, family: Family, losses: Losses) -> Fields:
    match output.kind:
        case "text":
            return {}
        case "grammar" | "python":
            losses.drop("response_format")
            return {}
        case _:
            fields: Fields = {"responseMimeType": "application/json"}
    if output.schema is None:
        return fields
    words = GEMINI_JSON_SCHEMA if family.json_schema else GEMINI_SCHEMA
    low = lowered(output.schema, words, "response_format.json_schema.schema")
    if low.lossy:
        losses.translate("response_format")
    fields["responseJsonSchema" if family.json_schema else "responseSchema"] = low.schema
    return fields


def _media_out(taken: Extra) -> Fields:
    """What kinds of answer are wanted, in OpenAI's words and in Gemini's."""
    fields: Fields = {}
    try:
        if "modalities" in taken:
            kinds: list[Json] = [kind.upper() for kind in _WORDS.decode(taken["modalities"])]
            fields["responseModalities"] = kinds
        if "image_config" in taken:
            image = _IMAGE.decode(taken["image_config"])
            said = {"aspectRatio": image.aspect_ratio, "imageSize": image.image_size}
            fields["imageConfig"] = {name: value for name, value in said.items() if value}
        if "audio" in taken and (voice := _VOICE.decode(taken["audio"]).voice):
            named: Fields = {"prebuiltVoiceConfig": {"voiceName": voice}}
            fields["speechConfig"] = {"voiceConfig": named}
    except msgspec.ValidationError as error:
        raise invalid("modalities, image_config, audio", str(error)) from error
    return fields


def taken_of(extra: Extra) -> Extra:
    """The caller's fields that have a place here."""
    return {name: raw for name, raw in extra.items() if name in TAKEN and raw != _NULL}
