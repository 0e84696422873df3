"""A conversation as the API's fields, before any quirk."""

from typing import Final

import msgspec

from turnout.core.conversation import (
    Conversation,
    Message,
    OutputFormat,
    ReasoningWish,
    Text,
    Tool,
    ToolChoice,
)
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_responses.item_writing import items_of

LOGPROBS: Final = "message.output_text.logprobs"
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_MERGED: Final = frozenset({"tools", "reasoning", "text", "include"})


def fields_of(conversation: Conversation) -> dict[str, msgspec.Raw]:
    """Every field the conversation says; what is unsaid is absent."""
    custom = custom_names(conversation.tools)
    instructions, messages = _instructions(conversation.messages)
    fields: dict[str, Json] = {
        "instructions": instructions,
        "input": list[Json](items_of(messages, custom)),
        "max_output_tokens": conversation.max_output_tok,
        **_sampling(conversation),
        "tools": _tools(conversation),
        "tool_choice": _choice(conversation.tool_choice, custom),
        "parallel_tool_calls": conversation.parallel_tool_calls,
        "reasoning": _merged(conversation, "reasoning", _knob(conversation.reasoning)),
        "text": _merged(conversation, "text", _text(conversation)),
        "include": _include(conversation),
        "user": conversation.user,
        "service_tier": conversation.service_tier,
        "prompt_cache_key": conversation.prompt_cache_key,
        "stream": conversation.stream or None,
    }
    said = {name: _raw(value) for name, value in fields.items() if value is not None}
    for name, raw in conversation.extra.items():
        if name not in _MERGED:
            said.setdefault(name, raw)
    return said


def custom_names(tools: tuple[Tool, ...]) -> frozenset[str]:
    """Names of the tools that take free text: `Tool.extra["custom"]` holds them as they came."""
    return frozenset(tool.name for tool in tools if "custom" in tool.extra)


def _raw(value: Json) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _instructions(messages: tuple[Message, ...]) -> tuple[str | None, tuple[Message, ...]]:
    """The first message where it instructs in words alone; the others stay items."""
    first = messages[0] if messages else None
    if first is None or first.role != "system" or first.extra or first.name:
        return None, messages
    texts = [part.text for part in first.parts if isinstance(part, Text) and not part.extra]
    if len(texts) != len(first.parts) or len(messages) == 1:
        return None, messages
    return "\n".join(texts), messages[1:]


def _sampling(conversation: Conversation) -> dict[str, Json]:
    """`logprobs` is said in `include`."""
    said: dict[str, Json] = {}
    sampling = conversation.sampling
    for name in sampling.__struct_fields__:
        value = getattr(sampling, name)
        if name != "logprobs" and value is not None and value != ():
            said[name] = _raw(value)
    return said


def _include(conversation: Conversation) -> Json:
    raw = conversation.extra.get("include")
    names = list[Json](_ITEMS.decode(raw)) if raw is not None else []
    if conversation.sampling.logprobs:
        names.append(LOGPROBS)
    return names or None


def _merged(conversation: Conversation, name: str, ours: dict[str, Json]) -> Json:
    """Our members of an object beside those of the client's that have no slot."""
    raw = conversation.extra.get(name)
    theirs = _OBJECT.decode(raw) if raw is not None else {}
    return {**theirs, **ours} or None


def _knob(wish: ReasoningWish | None) -> dict[str, Json]:
    if wish is None:
        return {}
    knob: dict[str, Json] = {
        "effort": wish.effort,
        "summary": wish.summary,
        "max_tokens": wish.max_tok,
        "exclude": wish.exclude,
        "enabled": wish.enabled,
    }
    return {name: value for name, value in knob.items() if value is not None}


def _text(conversation: Conversation) -> dict[str, Json]:
    said: dict[str, Json] = {}
    if conversation.output is not None:
        said["format"] = _format(conversation.output)
    if conversation.verbosity is not None:
        said["verbosity"] = conversation.verbosity
    return said


def _format(output: OutputFormat) -> Json:
    fields: dict[str, Json] = {"type": output.kind}
    if output.kind == "json_schema":
        fields["name"] = output.name
        if output.description is not None:
            fields["description"] = output.description
        fields["schema"] = output.schema if output.schema is not None else {}
        if output.strict is not None:
            fields["strict"] = output.strict
    return fields


def _tools(conversation: Conversation) -> Json:
    """Functions, and the built-in tools as the client spelled them."""
    tools = [_tool(tool) for tool in conversation.tools]
    if "tools" in conversation.extra:
        tools += _ITEMS.decode(conversation.extra["tools"])
    return tools or None


def _tool(tool: Tool) -> Json:
    if "custom" in tool.extra:
        return tool.extra["custom"]
    fields: dict[str, Json] = {"type": "function", "name": tool.name}
    if tool.description is not None:
        fields["description"] = tool.description
    fields["parameters"] = tool.parameters
    if tool.strict is not None:
        fields["strict"] = tool.strict
    return {**fields, **tool.extra}


def _choice(choice: ToolChoice | None, custom: frozenset[str]) -> Json:
    if choice is None:
        return None
    if choice.mode == "named":
        return {"type": "custom" if choice.name in custom else "function", "name": choice.name}
    return choice.mode
