"""Everything of a request but its messages: sampling, tools, output format, the unknown."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.conversation import (
    CacheMark,
    Conversation,
    Message,
    OutputFormat,
    Sampling,
    Tool,
    ToolChoice,
)
from turnout.dialects.openai_chat.knobs import KNOBS, wish_of
from turnout.dialects.openai_chat.refusals import wrong_shape
from turnout.wire.openai_chat import ChatRequest, FullTool, FunctionTool, ResponseFormat

_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_TOOL: Final = msgspec.json.Decoder(FullTool)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NULL: Final = msgspec.Raw(b"null")

_IN_TOOL: Final = frozenset({"type", "function", "cache_control"})
_IN_FUNCTION: Final = frozenset(FunctionTool.__struct_fields__)
_SAMPLING: Final = frozenset(Sampling.__struct_fields__)
_SLOTS: Final = (
    _SAMPLING
    | KNOBS
    | {
        "messages",
        "model",
        "max_tokens",
        "max_completion_tokens",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "response_format",
        "verbosity",
        "user",
        "service_tier",
        "prompt_cache_key",
        "stream",
    }
)


def settings_of(fields: Mapping[str, msgspec.Raw], messages: tuple[Message, ...]) -> Conversation:
    """The conversation; fields without a slot ride in `extra`."""
    rest = {name: raw for name, raw in fields.items() if name != "messages" and raw != _NULL}
    try:
        wire = msgspec.json.decode(msgspec.json.encode(rest), type=ChatRequest)
    except msgspec.ValidationError as error:
        raise wrong_shape(error) from error
    tools, extra = _tools(rest)
    choice = _tool_choice(wire)
    if choice is None and "tool_choice" in rest:
        extra["tool_choice"] = rest["tool_choice"]
    extra.update({name: raw for name, raw in rest.items() if name not in _SLOTS})
    return Conversation(
        dialect="openai.chat",
        messages=messages,
        max_output_tok=wire.max_completion_tokens or wire.max_tokens,
        sampling=_sampling(wire),
        tools=tools,
        tool_choice=choice,
        parallel_tool_calls=wire.parallel_tool_calls,
        output=_output(wire.response_format),
        reasoning=wish_of(rest),
        verbosity=wire.verbosity,
        user=wire.user,
        service_tier=wire.service_tier,
        prompt_cache_key=wire.prompt_cache_key,
        stream=wire.stream or False,
        extra=extra,
    )


def _sent(raw: msgspec.Raw | msgspec.UnsetType) -> msgspec.Raw | None:
    return None if raw is msgspec.UNSET or raw == _NULL else raw


def _sampling(wire: ChatRequest) -> Sampling:
    stop = (wire.stop,) if isinstance(wire.stop, str) else tuple(wire.stop or ())
    return Sampling(
        temperature=wire.temperature,
        top_p=wire.top_p,
        top_k=wire.top_k,
        min_p=wire.min_p,
        top_a=wire.top_a,
        frequency_penalty=wire.frequency_penalty,
        presence_penalty=wire.presence_penalty,
        repetition_penalty=wire.repetition_penalty,
        seed=wire.seed,
        stop=stop,
        logit_bias=wire.logit_bias,
        logprobs=wire.logprobs,
        top_logprobs=wire.top_logprobs,
        n=wire.n,
    )


def _tools(fields: Mapping[str, msgspec.Raw]) -> tuple[tuple[Tool, ...], dict[str, msgspec.Raw]]:
    """Function tools in their slot; server tools, which no other dialect shares, in `extra`."""
    if "tools" not in fields:
        return (), {}
    tools: list[Tool] = []
    others: list[msgspec.Raw] = []
    for place, raw in enumerate(_ITEMS.decode(fields["tools"])):
        try:
            wire = _TOOL.decode(raw)
        except msgspec.ValidationError as error:
            raise wrong_shape(error, f"tools[{place}]") from error
        if wire.function is None:
            others.append(raw)
            continue
        mark = CacheMark(ttl=wire.cache_control.ttl) if wire.cache_control else None
        extra = {n: v for n, v in _OBJECT.decode(raw).items() if n not in _IN_TOOL}
        if inner := _unknown_of_function(raw):
            extra["function"] = inner
        tools.append(
            Tool(
                name=wire.function.name,
                description=wire.function.description,
                parameters=_sent(wire.function.parameters),
                strict=wire.function.strict,
                cache=mark,
                extra=extra,
            )
        )
    rest = {"tools": msgspec.Raw(msgspec.json.encode(others))} if others else {}
    return tuple(tools), rest


def _unknown_of_function(tool: msgspec.Raw) -> msgspec.Raw | None:
    """What a tool's function says beyond our slots, as an object."""
    fields = _OBJECT.decode(_OBJECT.decode(tool)["function"])
    unknown = {name: raw for name, raw in fields.items() if name not in _IN_FUNCTION}
    return msgspec.Raw(msgspec.json.encode(unknown)) if unknown else None


def _tool_choice(wire: ChatRequest) -> ToolChoice | None:
    choice = wire.tool_choice
    match choice:
        case None:
            return None
        case "none" | "auto" | "required":
            return ToolChoice(mode=choice)
        case _:
            named = choice.function if choice.type == "function" else None
            return ToolChoice(mode="named", name=named.name) if named is not None else None


def _output(wire: ResponseFormat | None) -> OutputFormat | None:
    if wire is None:
        return None
    schema = wire.json_schema
    if schema is None:
        return OutputFormat(kind=wire.type, grammar=wire.grammar)
    return OutputFormat(
        kind=wire.type,
        name=schema.name,
        description=schema.description,
        schema=_sent(schema.schema),
        strict=schema.strict,
        grammar=wire.grammar,
    )
