"""A conversation as the dialect's fields, before any quirk."""

from collections.abc import Mapping
from typing import Final, assert_never

import msgspec

from turnout.core.conversation import (
    Audio,
    CacheMark,
    Conversation,
    Document,
    FileId,
    Image,
    Inline,
    Message,
    OutputFormat,
    Part,
    Reasoning,
    Refused,
    Role,
    Source,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Url,
    Video,
)
from turnout.core.errors import Refusal
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.knobs import wish_fields

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])


def fields_of(conversation: Conversation) -> dict[str, msgspec.Raw]:
    """Every field the conversation says; what is unsaid is absent."""
    fields: dict[str, Json] = {
        "messages": [_message(message) for message in conversation.messages],
        "max_tokens": conversation.max_output_tok,
        **_sampling(conversation),
        "parallel_tool_calls": conversation.parallel_tool_calls,
        "response_format": _output(conversation.output),
        "tool_choice": _choice(conversation.tool_choice),
        "verbosity": conversation.verbosity,
        "user": conversation.user,
        "service_tier": conversation.service_tier,
        "prompt_cache_key": conversation.prompt_cache_key,
        "stream": conversation.stream or None,
    }
    if conversation.reasoning is not None:
        fields.update(wish_fields(conversation.reasoning))
    tools: list[Json] = [_tool(tool) for tool in conversation.tools]
    said = {n: _raw(value) for n, value in fields.items() if value is not None}
    for name, raw in conversation.extra.items():
        if name == "tools":  # server tools, which have no slot
            tools.extend(_ITEMS.decode(raw))
        else:
            said.setdefault(name, raw)
    if tools:
        said["tools"] = _raw(tools)
    return said


def _raw(value: Json) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _sampling(conversation: Conversation) -> dict[str, Json]:
    said: dict[str, Json] = {}
    sampling = conversation.sampling
    for name in sampling.__struct_fields__:
        value = getattr(sampling, name)
        if value is not None and value != ():
            said[name] = _raw(value)
    return said


def _message(message: Message) -> Json:
    fields: dict[str, Json] = {"role": message.role}
    if message.name is not None:
        fields["name"] = message.name
    content: list[Part] = []
    thoughts: list[Reasoning] = []
    calls: list[Json] = []
    for part in message.parts:
        match part:
            case Reasoning():
                thoughts.append(part)
            case ToolCall():
                calls.append(_call(part))
            case ToolResult():
                fields["tool_call_id"] = part.call_id
                content.extend(part.parts)
            case Refused():
                fields["refusal"] = part.text
            case _:
                content.append(part)
    if content and "cache_control" in message.extra:
        content[-1] = _unmarked(content[-1])  # said on the message, not to be said twice
    fields["content"] = _content(content, message.role)
    fields.update(_thoughts(thoughts))
    if calls:
        fields["tool_calls"] = calls
    return {**fields, **message.extra}


def _unmarked(part: Part) -> Part:
    if isinstance(part, Reasoning | ToolCall | Refused):
        return part
    return msgspec.structs.replace(part, cache=None)


def _content(parts: list[Part], role: Role) -> Json:
    """One bare text is a string, as nearly every client and every upstream has it."""
    if not parts:
        return None if role == "assistant" else ""
    first = parts[0]
    if len(parts) == 1 and isinstance(first, Text) and first.cache is None and not first.extra:
        return first.text
    return [_part(part) for part in parts]


def _part(part: Part) -> Json:
    match part:
        case Text():
            return _marked({"type": "text", "text": part.text}, part.cache, part.extra)
        case Image():
            image: dict[str, Json] = {"url": _address(part.source)}
            if part.detail is not None:
                image["detail"] = part.detail
            return _marked({"type": "image_url", "image_url": image}, part.cache, part.extra)
        case Audio(source=Inline(data=data)):
            sound: dict[str, Json] = {"data": data}
            if part.format is not None:
                sound["format"] = part.format
            return _marked({"type": "input_audio", "input_audio": sound}, part.cache, part.extra)
        case Video():
            video: Json = {"url": _address(part.source)}
            return _marked({"type": "video_url", "video_url": video}, part.cache, part.extra)
        case Document():
            return _marked({"type": "file", "file": _file(part)}, part.cache, part.extra)
        case Audio() | Refused() | Reasoning() | ToolCall() | ToolResult():
            raise Refusal(
                "invalid_request", f"A part of kind {part.__struct_config__.tag} cannot go here."
            )
        case _:
            assert_never(part)


def _marked(
    fields: dict[str, Json], cache: CacheMark | None, extra: Mapping[str, msgspec.Raw]
) -> Json:
    if cache is not None:
        fields["cache_control"] = _mark(cache)
    return {**fields, **extra}


def _mark(cache: CacheMark) -> Json:
    return {"type": "ephemeral", "ttl": cache.ttl} if cache.ttl else {"type": "ephemeral"}


def _address(source: Source) -> str:
    match source:
        case Url(url=url):
            return url
        case Inline(media_type=kind, data=data):
            return f"data:{kind};base64,{data}"
        case FileId():
            raise Refusal("invalid_request", "Media by file id cannot go to this provider.")
        case _:
            assert_never(source)


def _file(part: Document) -> Json:
    file: dict[str, Json] = {}
    if isinstance(part.source, FileId):
        file["file_id"] = part.source.id
    else:
        file["file_data"] = _address(part.source)
    if part.filename is not None:
        file["filename"] = part.filename
    return file


def _call(call: ToolCall) -> Json:
    function: Json = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function, **call.extra}


def _thoughts(thoughts: list[Reasoning]) -> dict[str, Json]:
    """Plain thinking as one text, sealed or indexed thinking as the details it came in."""
    if not thoughts:
        return {}
    text = "".join(thought.text for thought in thoughts)
    fields: dict[str, Json] = {"reasoning": text} if text else {}
    if any(thought.opaque or thought.index is not None for thought in thoughts):
        fields["reasoning_details"] = [_detail(thought) for thought in thoughts]
    return fields


def _detail(thought: Reasoning) -> Json:
    item: dict[str, Json] = {"type": f"reasoning.{thought.kind}"}
    opaque = thought.opaque
    if thought.kind == "encrypted":
        item["data"] = (opaque.data if opaque else None) or ""
    else:
        item["text" if thought.kind == "text" else "summary"] = thought.text
    if opaque is not None:
        sealed = {"signature": opaque.signature, "id": opaque.id, "format": opaque.format}
        item.update({name: value for name, value in sealed.items() if value is not None})
    if thought.index is not None:
        item["index"] = thought.index
    return {**item, **thought.extra}


def _tool(tool: Tool) -> Json:
    function: dict[str, Json] = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    if tool.parameters is not None:
        function["parameters"] = tool.parameters
    if tool.strict is not None:
        function["strict"] = tool.strict
    fields: dict[str, Json] = {"type": "function", "function": function}
    if tool.cache is not None:
        fields["cache_control"] = _mark(tool.cache)
    for name, raw in tool.extra.items():
        if name == "function":  # what the function says beyond our slots
            function.update(_OBJECT.decode(raw))
        else:
            fields[name] = raw
    return fields


def _choice(choice: ToolChoice | None) -> Json:
    if choice is None:
        return None
    if choice.mode == "named":
        return {"type": "function", "function": {"name": choice.name}}
    return choice.mode


def _output(output: OutputFormat | None) -> Json:
    if output is None:
        return None
    fields: dict[str, Json] = {"type": output.kind}
    if output.kind == "json_schema":
        schema: dict[str, Json] = {"name": output.name}
        if output.description is not None:
            schema["description"] = output.description
        if output.schema is not None:
            schema["schema"] = output.schema
        if output.strict is not None:
            schema["strict"] = output.strict
        fields["json_schema"] = schema
    if output.grammar is not None:
        fields["grammar"] = output.grammar
    return fields
