"""A conversation of another dialect in this one's words: what fits is said, the rest reported.

stripped → names and ids that fit → alternating turns → thinking → tools → settings → marks
"""

import re
from typing import Final

import msgspec

from turnout.core.conversation import Conversation
from turnout.core.errors import Refusal
from turnout.core.types import Endpoint
from turnout.dialects.adapter import Undo
from turnout.dialects.anthropic_messages.families import Family, family_of
from turnout.dialects.anthropic_messages.marks import kept_marks
from turnout.dialects.anthropic_messages.quirks import Quirks
from turnout.dialects.anthropic_messages.schemas import closed
from turnout.dialects.anthropic_messages.thinking import config_of, thinking_of
from turnout.dialects.anthropic_messages.turns import Told, turns_for
from turnout.dialects.anthropic_messages.writing import (
    choice_of,
    content_of,
    number,
    tier_of,
    tool_of,
)
from turnout.dialects.foreign import stripped
from turnout.dialects.lowering.names import NameRule, renamed
from turnout.dialects.lowering.schema_tool import AsText, by_forced_tool
from turnout.dialects.openai_chat.deltas import Json

TOOL_NAMES: Final = NameRule(
    re.compile(r"[a-zA-Z0-9_-]{1,128}"), 128, re.compile(r"[^a-zA-Z0-9_-]")
)
"""Source: recorded 400s of the dialect: "should match pattern '^[a-zA-Z0-9_-]{1,128}$'"."""

_UNSAYABLE: Final = (
    "min_p", "top_a", "frequency_penalty", "presence_penalty", "repetition_penalty", "seed",
    "logit_bias", "logprobs", "top_logprobs", "n",
)  # fmt: skip
_USUAL_OUTPUT_TOK: Final = 8_192
_LEAST_OUTPUT_TOK: Final = 1_024
_BYTES_PER_TOK: Final = 3


class Lowered(msgspec.Struct, frozen=True, kw_only=True):
    """The dialect's fields, and what became of the caller's."""

    fields: dict[str, Json]
    dropped: tuple[str, ...]
    translated: tuple[str, ...]
    emulated: tuple[str, ...]
    undo: tuple[Undo, ...]


def lowered(conversation: Conversation, quirks: Quirks, endpoint: Endpoint) -> Lowered:
    """The fields for this endpoint's model; raises Refusal for what cannot be said at all."""
    family = family_of(endpoint.upstream_model)
    automatic = conversation.extra.get("cache_control")
    own, lost = stripped(conversation, "anthropic.messages")
    told = Told()
    told.dropped.update(
        (name, None) for name in lost if name not in ("cache_control", "messages.cache_control")
    )
    undo: list[Undo] = []
    own = _shaped(own, family, told, undo)
    own, names = renamed(own, TOOL_NAMES)
    if names is not None:
        undo.insert(0, names)
        told.translated["tools.name"] = None
    turns = turns_for(own, quirks, family, told)
    fields: dict[str, Json] = {}
    if turns.system:
        fields["system"] = content_of(turns.system)
    fields["messages"] = [
        {"role": turn.role, "content": content_of(turn.parts)} for turn in turns.turns
    ]
    _tools(own, quirks, family, told, fields)
    fields["max_tokens"] = own.max_output_tok or _room(endpoint, fields)
    thinking = thinking_of(own, turns.turns, family, fields["max_tokens"], told)
    if thinking is not None:
        fields["thinking"] = thinking.said
    _sampling(own, family, told, fields, budget=thinking is not None and thinking.budget)
    config = config_of(own, family, told, thinks=thinking is not None and thinking.on)
    if own.output is not None and own.output.schema is not None and family.schema:
        config["format"] = {"type": "json_schema", "schema": closed(own.output.schema)}
    if config:
        fields["output_config"] = config
    _rest(own, told, fields)
    if automatic is not None:
        if quirks.auto_cache:
            fields["cache_control"] = automatic
        else:
            told.dropped["cache_control"] = None
    return Lowered(
        fields=kept_marks(fields, told.translated),
        dropped=tuple(told.dropped),
        translated=tuple(told.translated),
        emulated=tuple(told.emulated),
        undo=tuple(undo),
    )


def _shaped(
    conversation: Conversation, family: Family, told: Told, undo: list[Undo]
) -> Conversation:
    """An output format in the model's own way, else by a forced tool."""
    output = conversation.output
    if output is None or output.kind == "text":
        return conversation
    if output.kind in ("grammar", "python"):
        told.dropped["response_format"] = None
        return msgspec.structs.replace(conversation, output=None)
    if output.schema is not None and family.schema:
        told.translated["response_format"] = None
        return conversation
    told.emulated["response_format"] = None
    undo.append(AsText())
    return by_forced_tool(conversation)


def _tools(
    conversation: Conversation, quirks: Quirks, family: Family, told: Told, fields: dict[str, Json]
) -> None:
    if not conversation.tools:
        return
    tools = [tool_of(tool) for tool in conversation.tools]
    for tool in tools:
        tool["input_schema"] = _object_schema(tool["input_schema"])
        if "strict" in tool and not family.schema:
            told.dropped["tools.strict"] = None
            del tool["strict"]
        if quirks.eager_tools and conversation.stream:
            tool["eager_input_streaming"] = True
    fields["tools"] = [*tools]
    parallel = conversation.parallel_tool_calls
    unsaid = parallel is not False  # parallel calls are what the dialect does by itself
    plain = conversation.tool_choice is None or conversation.tool_choice.mode == "auto"
    if unsaid and plain:
        return
    if unsaid:
        conversation = msgspec.structs.replace(conversation, parallel_tool_calls=None)
    else:
        told.translated["parallel_tool_calls"] = None
    fields["tool_choice"] = choice_of(conversation)


_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _object_schema(schema: Json) -> Json:
    """The schema as it is where it says that it is an object's; the dialect asks for the word."""
    if not isinstance(schema, msgspec.Raw):
        return schema
    try:
        members = _OBJECT.decode(schema)
    except msgspec.DecodeError as error:
        raise Refusal("invalid_request", "A tool's parameters must be a JSON Schema.") from error
    if "type" in members:
        return schema
    return {"type": "object", "properties": {}, **members}


def _room(endpoint: Endpoint, fields: dict[str, Json]) -> int:
    """The output limit when nobody named one: the model's own, or what its context leaves."""
    most = endpoint.max_output_tok or _USUAL_OUTPUT_TOK
    if endpoint.context_tok <= 0:
        return most
    prompt_tok = len(msgspec.json.encode(fields)) // _BYTES_PER_TOK
    return max(min(most, endpoint.context_tok - prompt_tok), min(most, _LEAST_OUTPUT_TOK))


def _sampling(
    conversation: Conversation, family: Family, told: Told, fields: dict[str, Json], *, budget: bool
) -> None:
    sampling = conversation.sampling
    for name in _UNSAYABLE:
        if getattr(sampling, name) is not None and not (name == "n" and sampling.n == 1):
            told.dropped[name] = None
    warmth, nucleus, top_k = sampling.temperature, sampling.top_p, sampling.top_k or None
    if warmth is not None and warmth > 1:
        warmth, told.translated["temperature"] = 1.0, None
    free = family.sampling != "none"
    # With a thinking budget: temperature 1, top_p from 0.95 up, no top_k.
    fits = {
        "temperature": warmth is None or (free and (not budget or warmth == 1)),
        "top_p": nucleus is None or (free and (not budget or nucleus >= 0.95)),
        "top_k": top_k is None or (free and not budget),
    }
    told.dropped.update((name, None) for name, fit in fits.items() if not fit)
    if (
        family.sampling == "one"
        and warmth is not None
        and nucleus is not None
        and all(fits.values())
    ):
        nucleus, told.dropped["top_p"] = None, None
    for name, value in (("temperature", warmth), ("top_p", nucleus), ("top_k", top_k)):
        if value is not None and fits[name]:
            fields[name] = number(value)
    stop = [one for one in sampling.stop if one.strip()]
    if len(stop) != len(sampling.stop):
        told.dropped["stop"] = None  # whitespace alone is a 400
    if stop:
        fields["stop_sequences"] = [*stop]


def _rest(conversation: Conversation, told: Told, fields: dict[str, Json]) -> None:
    if conversation.user is not None:
        fields["metadata"] = {"user_id": conversation.user}
    if conversation.service_tier is not None:
        tier = tier_of(conversation.service_tier)
        if tier is None:
            told.dropped["service_tier"] = None
        else:
            fields["service_tier"] = tier
    if conversation.prompt_cache_key is not None:
        told.dropped["prompt_cache_key"] = None
    if conversation.stream:
        fields["stream"] = True
