"""Everything of a request but its input: sampling, tools, output format, the unknown.

Built-in tools (`web_search`, `openrouter:web_search`, `file_search`, `mcp`, …) have no slot: they
stay in `Conversation.extra["tools"]` as a list of the client's own objects, where whoever can do
their work finds them.
"""

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
from turnout.dialects.openai_chat.refusals import wrong_shape
from turnout.dialects.openai_responses.schemas import is_closed
from turnout.dialects.openai_responses.writing import LOGPROBS
from turnout.wire.openai_chat import CacheControl
from turnout.wire.openai_responses import (
    ABSENT,
    Choice,
    Format,
    FunctionTool,
    Knob,
    ResponsesRequest,
)

_REQUEST: Final = msgspec.json.Decoder(ResponsesRequest)
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_TOOL: Final = msgspec.json.Decoder(FunctionTool)
_KIND: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_MARK: Final = msgspec.json.Decoder(CacheControl | None)
_NAMES: Final = msgspec.json.Decoder(list[str])
_SEED: Final = msgspec.json.Decoder(int | None)
_NULL: Final = msgspec.Raw(b"null")
_FREE_TEXT: Final = msgspec.Raw(
    b'{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],'
    b'"additionalProperties":false}'
)
SEALED: Final = "reasoning.encrypted_content"

_IN_TOOL: Final = frozenset(
    {"type", "name", "description", "parameters", "strict", "cache_control"}
)
_IN_KNOB: Final = frozenset(Knob.__struct_fields__)
_IN_TEXT: Final = frozenset({"format", "verbosity"})
_SLOTS: Final = frozenset(
    {
        "input",
        "instructions",
        "model",
        "temperature",
        "top_p",
        "top_k",
        "frequency_penalty",
        "presence_penalty",
        "stop",
        "seed",
        "max_output_tokens",
        "top_logprobs",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "text",
        "reasoning",
        "include",
        "user",
        "service_tier",
        "prompt_cache_key",
        "stream",
        "store",
        "background",
        "previous_response_id",
        "conversation",
    }
)
_DEFAULTS: Final[Mapping[str, msgspec.Raw]] = {"truncation": msgspec.Raw(b'"disabled"')}
"""Fields without a slot that say nothing when they say this."""


def settings_of(fields: Mapping[str, msgspec.Raw], messages: tuple[Message, ...]) -> Conversation:
    """The conversation; fields without a slot ride in `extra`."""
    rest = {name: raw for name, raw in fields.items() if name != "input" and raw != _NULL}
    try:
        wire = _REQUEST.decode(msgspec.json.encode(rest))
    except msgspec.ValidationError as error:
        raise wrong_shape(error) from error
    tools, extra = _tools(rest)
    choice = wire.tool_choice
    if isinstance(choice, Choice) and choice.type == "allowed_tools":
        allowed = {tool.name for tool in choice.tools}
        tools = tuple(tool for tool in tools if tool.name in allowed)
    elif isinstance(choice, Choice) and choice.type not in ("function", "custom"):
        extra["tool_choice"] = rest["tool_choice"]
    extra.update(_unslotted(rest, wire))
    return Conversation(
        dialect="openai.responses",
        messages=messages,
        max_output_tok=wire.max_output_tokens,
        sampling=_sampling(wire, rest),
        tools=tools,
        tool_choice=_tool_choice(choice),
        parallel_tool_calls=wire.parallel_tool_calls,
        output=_output(wire.text.format if wire.text else None),
        reasoning=_wish(wire.reasoning),
        verbosity=wire.text.verbosity if wire.text else None,
        user=wire.user,
        service_tier=wire.service_tier,
        prompt_cache_key=wire.prompt_cache_key,
        stream=wire.stream or False,
        extra=extra,
    )


def _unslotted(rest: Mapping[str, msgspec.Raw], wire: ResponsesRequest) -> dict[str, msgspec.Raw]:
    """Fields as they came, and of the objects that we read the members that we do not."""
    extra = {
        name: raw for name, raw in rest.items() if name not in _SLOTS and raw != _DEFAULTS.get(name)
    }
    for name, known in (("reasoning", _IN_KNOB), ("text", _IN_TEXT)):
        inner = _KIND.decode(rest[name]) if name in rest else {}
        if unknown := {n: raw for n, raw in inner.items() if n not in known and raw != _NULL}:
            extra[name] = msgspec.Raw(msgspec.json.encode(unknown))
    if others := [name for name in wire.include or () if name not in (SEALED, LOGPROBS)]:
        extra["include"] = msgspec.Raw(msgspec.json.encode(others))
    return extra


def _sampling(wire: ResponsesRequest, rest: Mapping[str, msgspec.Raw]) -> Sampling:
    stop = (wire.stop,) if isinstance(wire.stop, str) else tuple(wire.stop or ())
    try:
        seed = _SEED.decode(rest.get("seed", _NULL))
    except msgspec.ValidationError as error:
        raise wrong_shape(error, "seed") from error
    odds = LOGPROBS in (wire.include or ()) or bool(wire.top_logprobs)
    return Sampling(
        temperature=wire.temperature,
        top_p=wire.top_p,
        top_k=wire.top_k,
        frequency_penalty=wire.frequency_penalty,
        presence_penalty=wire.presence_penalty,
        seed=seed,
        stop=stop,
        logprobs=odds or None,
        top_logprobs=wire.top_logprobs,
    )


def _tools(fields: Mapping[str, msgspec.Raw]) -> tuple[tuple[Tool, ...], dict[str, msgspec.Raw]]:
    tools: list[Tool] = []
    others: list[msgspec.Raw] = []
    for place, raw in enumerate(_ITEMS.decode(fields["tools"]) if "tools" in fields else ()):
        kind = bytes(_KIND.decode(raw).get("type", b""))
        if kind in (b'"function"', b'"custom"'):
            tools.append(_tool(raw, f"tools[{place}]", custom=kind == b'"custom"'))
        else:
            others.append(raw)
    rest = {"tools": msgspec.Raw(msgspec.json.encode(others))} if others else {}
    return tuple(tools), rest


def _tool(raw: msgspec.Raw, path: str, *, custom: bool) -> Tool:
    """A function; a tool that takes free text is one with a single string, until it is undone."""
    fields = _KIND.decode(raw)
    try:
        wire = _TOOL.decode(raw)
        control = _MARK.decode(fields.get("cache_control", _NULL))
    except msgspec.ValidationError as error:
        raise wrong_shape(error, path) from error
    if custom:
        return Tool(
            name=wire.name,
            description=wire.description,
            parameters=_FREE_TEXT,
            extra={"custom": raw},
        )
    parameters = None if wire.parameters in (ABSENT, _NULL) else wire.parameters
    strict = wire.strict
    if "strict" not in fields and parameters is not None and is_closed(parameters):
        strict = True  # what is unsaid is strict here, where the schema lets it
    return Tool(
        name=wire.name,
        description=wire.description,
        parameters=parameters,
        strict=strict,
        cache=CacheMark(ttl=control.ttl) if control is not None else None,
        extra={name: value for name, value in fields.items() if name not in _IN_TOOL},
    )


def _tool_choice(choice: str | Choice | None) -> ToolChoice | None:
    match choice:
        case "none" | "auto" | "required":
            return ToolChoice(mode=choice)
        case Choice(type="function" | "custom", name=str(name)):
            return ToolChoice(mode="named", name=name)
        case Choice(type="allowed_tools", mode=mode):
            return ToolChoice(mode=mode)
        case _:
            return None


def _wish(knob: Knob | None) -> ReasoningWish | None:
    if knob is None:
        return None
    return ReasoningWish(
        effort=knob.effort,
        max_tok=knob.max_tokens,
        exclude=knob.exclude,
        enabled=knob.enabled,
        summary=knob.summary or knob.generate_summary,
    )


def _output(form: Format | None) -> OutputFormat | None:
    if form is None or form.type == "text":
        return None
    if form.type == "json_object":
        return OutputFormat(kind="json_object")
    return OutputFormat(
        kind="json_schema",
        name=form.name,
        description=form.description,
        schema=None if form.schema is msgspec.UNSET or form.schema == _NULL else form.schema,
        strict=form.strict,
    )
