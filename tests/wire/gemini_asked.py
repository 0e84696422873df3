"""Recorded Gemini requests as conversations, and requests in one comparable form.

The reader is the test's own: it knows Gemini's words and none of the adapter's code. What a
conversation cannot hold makes a request `Unreadable`, with the reason.
"""

import json
from typing import Any, Final, cast

import msgspec

from turnout.core.conversation import (
    Audio,
    Conversation,
    Document,
    Image,
    Inline,
    Message,
    Opaque,
    OutputFormat,
    Part,
    Reasoning,
    ReasoningWish,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Url,
    Video,
    WebSearch,
)

Fields = dict[str, Any]
FORMAT: Final = "google-gemini-v1"
FREE: Final = frozenset(
    {"args", "response", "parameters", "parametersJsonSchema", "responseSchema"}
    | {"responseJsonSchema", "labels"}
)
SHORT: Final = {"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav", "audio/ogg": "ogg"}
NUMBERS: Final = {1: "string", 2: "number", 3: "integer", 4: "boolean", 5: "array", 6: "object"}


class Unreadable(Exception):  # noqa: N818 (a finding, not a fault)
    """The reason."""


def camel(value: Any) -> Any:
    """Snake case, which Google takes too, as camel case; the caller's own objects untouched."""
    if isinstance(value, list):
        return [camel(one) for one in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    out: Fields = {}
    for name, one in cast("Fields", value).items():
        head, *rest = name.split("_")
        key = head + "".join(word.capitalize() for word in rest)
        out[key] = one if key in FREE else camel(one)
    return out


def _child(fields: Fields, name: str) -> Fields:
    """The object of that name, empty where there is none."""
    return cast("Fields", fields.get(name) or {})


def _groups(asked: Fields) -> list[Fields]:
    """The groups of tools; a lone one may stand without its list."""
    listed: Any = asked.get("tools") or []
    return cast("list[Fields]", listed if isinstance(listed, list) else [listed])


def raw(value: Any) -> msgspec.Raw:
    """As the codec carries it."""
    return msgspec.Raw(msgspec.json.encode(value))


def conversation_of(request: Fields, *, stream: bool) -> Conversation:
    """What a recorded request asks."""
    asked = camel(request)
    config = _child(asked, "generationConfig")
    tools, web = _tools(asked)
    known = ("contents", "systemInstruction", "generationConfig", "tools", "toolConfig")
    extra = {name: raw(value) for name, value in asked.items() if name not in known}
    if "responseModalities" in config:
        extra["modalities"] = raw(config["responseModalities"])
    return Conversation(
        dialect="gemini",
        messages=(*_system(asked), *_messages(asked)),
        max_output_tok=config.get("maxOutputTokens"),
        sampling=_sampling(config),
        tools=tools,
        tool_choice=_choice(asked),
        output=_output(config),
        reasoning=_wish(config),
        web=web,
        stream=stream,
        extra=extra,
    )


def is_blank(request: Fields) -> bool:
    """Nothing is asked: such a request gets a word of ours."""
    return not comparable(request)["contents"]


def _system(asked: Fields) -> list[Message]:
    parts = _child(asked, "systemInstruction").get("parts", [])
    return [Message(role="system", parts=tuple(_part(one) for one in parts))] if parts else []


def _messages(asked: Fields) -> list[Message]:
    messages: list[Message] = []
    open_calls: list[ToolCall] = []
    for content in asked["contents"]:
        if content.get("role") == "model":
            parts = _model_parts(content["parts"], len(messages))
            open_calls = [part for part in parts if isinstance(part, ToolCall)]
            messages.append(Message(role="assistant", parts=tuple(parts)))
            continue
        words: list[Part] = []
        for one in content["parts"]:
            if "functionResponse" in one:
                messages.append(_result(one["functionResponse"], open_calls))
            else:
                words.append(_part(one))
        if words:
            messages.append(Message(role="user", parts=tuple(words)))
    return messages


def _model_parts(wire: list[Fields], turn: int) -> list[Part]:
    parts: list[Part] = []
    for place, one in enumerate(wire):
        seal = one.get("thoughtSignature")
        if "functionCall" in one:
            call = one["functionCall"]
            parts.append(
                ToolCall(
                    id=call.get("id") or f"made-up-{turn}-{place}",
                    name=call["name"],
                    arguments=json.dumps(call.get("args") or {}),
                    opaque=Opaque(format=FORMAT, signature=seal) if seal else None,
                )
            )
        elif one.get("thought"):
            made = Opaque(format=FORMAT, signature=seal)
            parts.append(Reasoning(text=one["text"], opaque=made))
        else:
            parts.append(_part(one))
            if seal:
                made = Opaque(format=FORMAT, data=seal)
                parts.append(Reasoning(kind="encrypted", opaque=made))
    return parts


def _result(wire: Fields, open_calls: list[ToolCall]) -> Message:
    call_id = wire.get("id")
    for call in open_calls:
        if call.id == call_id or (call_id is None and call.name == wire["name"]):
            open_calls.remove(call)
            call_id = call.id
            break
    else:
        raise Unreadable("a result without its call")
    media = cast("list[Image]", [_part(one) for one in wire.get("parts", [])])
    text = Text(text=json.dumps(wire["response"]))
    return Message(role="tool", parts=(ToolResult(call_id=call_id, parts=(text, *media)),))


def _part(one: Fields) -> Part:
    if "videoMetadata" in one:
        raise Unreadable("videoMetadata has no slot")
    if "inlineData" in one:
        blob = one["inlineData"]
        return _media(blob["mimeType"], Inline(media_type=blob["mimeType"], data=blob["data"]))
    if "fileData" in one:
        return _media(one["fileData"]["mimeType"], Url(url=one["fileData"]["fileUri"]))
    if "text" in one:
        return Text(text=one["text"])
    raise Unreadable(f"parts of the kind {next(iter(one))} have no slot")


def _media(kind: str, source: Inline | Url) -> Part:
    match kind.partition("/")[0]:
        case "image":
            return Image(source=source)
        case "audio":
            return Audio(source=source, format=SHORT.get(kind))
        case "video":
            return Video(source=source)
        case _:
            return Document(source=source)


def _tools(asked: Fields) -> tuple[tuple[Tool, ...], WebSearch | None]:
    tools: list[Tool] = []
    web: WebSearch | None = None
    for group in _groups(asked):
        for kind, declared in group.items():
            if kind == "googleSearch":
                web = WebSearch()
            elif kind != "functionDeclarations":
                raise Unreadable(f"the tool {kind} has no slot")
            else:
                tools += (_tool(one) for one in declared)
    return tuple(tools), web


def _tool(one: Fields) -> Tool:
    schema = one.get("parametersJsonSchema", one.get("parameters"))
    return Tool(
        name=one["name"],
        description=one.get("description"),
        parameters=None if schema is None else raw(lower_schema(schema)),
    )


def lower_schema(schema: Any) -> Any:
    """Types in JSON Schema's own words: lower case, no numbers."""
    if isinstance(schema, list):
        return [lower_schema(one) for one in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    out: Fields = {}
    for name, one in cast("Fields", schema).items():
        key = {"property_ordering": "propertyOrdering", "any_of": "anyOf"}.get(name, name)
        if key == "type" and isinstance(one, str | int):
            out[key] = NUMBERS.get(one, "") if isinstance(one, int) else one.lower()
        else:
            out[key] = lower_schema(one)
    return out


def _choice(asked: Fields) -> ToolChoice | None:
    config = _child(_child(asked, "toolConfig"), "functionCallingConfig")
    if not config:
        return None
    names = cast("list[str]", config.get("allowedFunctionNames") or [])
    mode = {"AUTO": "auto", "NONE": "none", "ANY": "required"}.get(config["mode"].upper())
    if mode is None:
        raise Unreadable(f"the mode {config['mode']} has no slot")
    if len(names) > 1 or (names and mode != "required"):
        raise Unreadable("several allowed functions have no slot")
    if names:
        return ToolChoice(mode="named", name=names[0])
    return ToolChoice(mode=cast("Any", mode))


def _sampling(config: Fields) -> Sampling:
    return Sampling(
        temperature=config.get("temperature"),
        top_p=config.get("topP"),
        top_k=int(config["topK"]) if "topK" in config else None,
        frequency_penalty=config.get("frequencyPenalty"),
        presence_penalty=config.get("presencePenalty"),
        seed=config.get("seed"),
        stop=tuple(config.get("stopSequences") or ()),
        n=config.get("candidateCount"),
        logprobs=config.get("responseLogprobs"),
        top_logprobs=config.get("logprobs"),
    )


def _output(config: Fields) -> OutputFormat | None:
    if "responseMimeType" not in config:
        return None
    schema = config.get("responseJsonSchema", config.get("responseSchema"))
    if schema is None:
        return OutputFormat(kind="json_object")
    return OutputFormat(kind="json_schema", name="answer", schema=raw(lower_schema(schema)))


def _wish(config: Fields) -> ReasoningWish:
    thinking = _child(config, "thinkingConfig")
    budget, level = thinking.get("thinkingBudget"), thinking.get("thinkingLevel")
    hidden = not thinking.get("includeThoughts")
    if budget == 0:
        return ReasoningWish(enabled=False)
    return ReasoningWish(
        max_tok=budget, effort=level.lower() if level else None, exclude=hidden or None
    )


# ── comparison ──────────────────────────────────────────────────────────────────────────────────


def comparable(request: Fields) -> Fields:
    """A request with its many spellings of the same thing as one."""
    asked = camel(request)
    choice = dict(_child(_child(asked, "toolConfig"), "functionCallingConfig"))
    choice["mode"] = choice.get("mode", "AUTO").upper()
    if not choice.get("allowedFunctionNames"):
        choice.pop("allowedFunctionNames", None)
    system = cast("list[Fields]", _child(asked, "systemInstruction").get("parts", []))
    out: Fields = {
        "contents": [
            (content.get("role", "user"), _plain(part))
            for content in asked["contents"]
            for part in content["parts"]
            if part != {"text": ""}  # says nothing, and is left out
        ],
        "system": [_plain(part) for part in system],
        "config": _config(_child(asked, "generationConfig")),
        "tools": _comparable_tools(asked),
        "choice": choice,
    }
    told = ("contents", "systemInstruction", "generationConfig", "tools", "toolConfig")
    return out | {name: value for name, value in asked.items() if name not in told}


def _plain(part: Fields) -> Fields:
    part = {name: value for name, value in part.items() if value is not None}
    for kind in ("functionCall", "functionResponse"):
        if kind in part:
            part[kind] = {name: value for name, value in part[kind].items() if name != "id"}
    if "functionCall" in part:
        part["functionCall"].setdefault("args", {})
    return part


def _config(config: Fields) -> Fields:
    out = {name: value for name, value in config.items() if value not in (None, [], {})}
    for name in ("responseJsonSchema", "responseSchema"):
        if name in out:
            out["schema"] = lower_schema(out.pop(name))
    thinking = {
        name: value for name, value in out.pop("thinkingConfig", {}).items() if value is not False
    }
    if thinking.get("thinkingLevel"):
        thinking["thinkingLevel"] = thinking["thinkingLevel"].lower()
    return out | ({"thinking": thinking} if thinking else {})


def _comparable_tools(asked: Fields) -> list[Fields]:
    out: list[Fields] = []
    for group in _groups(asked):
        for kind, declared in group.items():
            if kind == "functionDeclarations":
                out += (_declared(one) for one in declared)
            else:
                out.append({kind: declared})
    return sorted(out, key=lambda one: "name" not in one)


def _declared(one: Fields) -> Fields:
    schema = lower_schema(one.get("parametersJsonSchema", one.get("parameters")))
    if schema is not None and not schema.get("properties"):
        schema = None
    return {"name": one["name"], "description": one.get("description"), "schema": schema}
