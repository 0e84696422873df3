"""Everything of a request but its messages: sampling, tools, output format, the unknown."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.core.conversation import (
    CacheMark,
    Conversation,
    Message,
    OutputFormat,
    ReasoningWish,
    Sampling,
    Tool,
    ToolChoice,
)
from turnout.dialects.anthropic_messages.refusals import wrong_shape
from turnout.dialects.anthropic_messages.usage import members_of
from turnout.wire import anthropic_messages as wire

_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_TOOL: Final = msgspec.json.Decoder(wire.Tool)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REQUEST: Final = msgspec.json.Decoder(wire.MessagesRequest)

_IN_TOOL: Final = frozenset({"name", "description", "input_schema", "strict", "cache_control"})
SLOTS: Final = frozenset(
    {
        "messages", "model", "system", "max_tokens", "temperature", "top_p", "top_k",
        "stop_sequences", "tools", "tool_choice", "thinking", "output_config", "output_format",
        "metadata", "service_tier", "stream", "user",
    }
)  # fmt: skip
_THINKING: Final = frozenset({"type", "budget_tokens", "display"})
_SCHEMA_NAME: Final = "structured_answer"


def settings_of(fields: Mapping[str, msgspec.Raw], messages: tuple[Message, ...]) -> Conversation:
    """The conversation; fields without a slot ride in `extra`."""
    rest = {**fields, "messages": msgspec.Raw(b"[]")}
    try:
        asked = _REQUEST.decode(msgspec.json.encode(rest))
    except msgspec.ValidationError as error:
        raise wrong_shape(error) from error
    extra = {name: raw for name, raw in fields.items() if name not in SLOTS}
    tools = _tools(fields, extra)
    choice = asked.tool_choice
    parallel = choice.disable_parallel_tool_use if choice is not None else None
    return Conversation(
        dialect="anthropic.messages",
        messages=messages,
        max_output_tok=asked.max_tokens,
        sampling=Sampling(
            temperature=asked.temperature,
            top_p=asked.top_p,
            top_k=asked.top_k,
            stop=tuple(asked.stop_sequences or ()),
        ),
        tools=tools,
        tool_choice=_choice(choice),
        parallel_tool_calls=None if parallel is None else not parallel,
        output=_output(asked),
        reasoning=_reasoning(fields, asked, extra),
        user=_user(fields, asked, extra),
        service_tier={"standard_only": "default"}.get(asked.service_tier or "", asked.service_tier),
        stream=asked.stream or False,
        extra=_with_config(fields, extra),
    )


def _tools(fields: Mapping[str, msgspec.Raw], extra: dict[str, msgspec.Raw]) -> tuple[Tool, ...]:
    """The caller's own tools in their slot; Anthropic's, which run there, in `extra`."""
    own: list[Tool] = []
    theirs: list[msgspec.Raw] = []
    for raw in _ITEMS.decode(fields["tools"]) if "tools" in fields else ():
        try:
            tool = _TOOL.decode(raw)
        except msgspec.ValidationError:
            theirs.append(raw)
            continue
        if tool.type not in (None, "custom"):
            theirs.append(raw)
            continue
        schema = tool.input_schema
        own.append(
            Tool(
                name=tool.name,
                description=tool.description,
                parameters=schema if isinstance(schema, msgspec.Raw) else None,
                strict=tool.strict,
                cache=CacheMark(ttl=tool.cache_control.ttl) if tool.cache_control else None,
                extra={n: v for n, v in _OBJECT.decode(raw).items() if n not in _IN_TOOL},
            )
        )
    if theirs:
        extra["tools"] = msgspec.Raw(msgspec.json.encode(theirs))
    return tuple(own)


def _choice(choice: wire.Choice | None) -> ToolChoice | None:
    if choice is None:
        return None
    match choice.type:
        case "any":
            return ToolChoice(mode="required")
        case "tool":
            return ToolChoice(mode="named", name=choice.name)
        case "auto" | "none":
            return ToolChoice(mode=choice.type)


def _output(asked: wire.MessagesRequest) -> OutputFormat | None:
    shape = asked.output_config.format if asked.output_config else None
    shape = shape or asked.output_format
    if shape is None:
        return None
    schema = shape.schema if isinstance(shape.schema, msgspec.Raw) else None
    return OutputFormat(kind="json_schema", name=_SCHEMA_NAME, schema=schema, strict=True)


def _reasoning(
    fields: Mapping[str, msgspec.Raw],
    asked: wire.MessagesRequest,
    extra: dict[str, msgspec.Raw],
) -> ReasoningWish | None:
    """The one knob; a `thinking` object that says more than it can is kept as it is."""
    thinking = asked.thinking
    effort = asked.output_config.effort if asked.output_config else None
    if thinking is None:
        return ReasoningWish(effort=effort) if effort is not None else None
    known = thinking.type in ("enabled", "disabled", "adaptive") and thinking.display in (
        None,
        "summarized",
        "omitted",
    )
    if not known or not _OBJECT.decode(fields["thinking"]).keys() <= _THINKING:
        extra["thinking"] = fields["thinking"]
    return ReasoningWish(
        effort=effort,
        max_tok=thinking.budget_tokens if thinking.type == "enabled" else None,
        enabled=thinking.type != "disabled",
        exclude=True if thinking.display == "omitted" else None,
        summary="auto" if thinking.display == "summarized" else None,
    )


def _user(
    fields: Mapping[str, msgspec.Raw], asked: wire.MessagesRequest, extra: dict[str, msgspec.Raw]
) -> str | None:
    told = asked.metadata.user_id if asked.metadata else None
    rest = {n: v for n, v in members_of(fields.get("metadata")).items() if n != "user_id"}
    if rest:
        extra["metadata"] = msgspec.Raw(msgspec.json.encode(rest))
    return told or asked.user


def _with_config(
    fields: Mapping[str, msgspec.Raw], extra: dict[str, msgspec.Raw]
) -> dict[str, msgspec.Raw]:
    """What `output_config` says beyond effort and format (a task budget) stays its own."""
    config = members_of(fields.get("output_config"))
    rest = {n: v for n, v in config.items() if n not in ("effort", "format")}
    if rest:
        extra["output_config"] = msgspec.Raw(msgspec.json.encode(rest))
    return extra
