"""Messages of a conversation as input items, in the words that clients of this API use.

One assistant turn becomes as many items as it has kinds of parts, in order: thinking stands before
the words or calls it led to. Sealed state of every maker is kept here (see `sealed`); what an
upstream cannot read is taken out in `history`.
"""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias, assert_never

import msgspec

from turnout.core.conversation import (
    Audio,
    Document,
    FileId,
    Image,
    Inline,
    Message,
    Opaque,
    Part,
    Reasoning,
    Refused,
    Source,
    Text,
    ToolCall,
    ToolResult,
    Url,
    Video,
)
from turnout.core.errors import Refusal
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_responses.sealed import wrapped

Item: TypeAlias = dict[str, Json]
Media: TypeAlias = Text | Image | Document | Audio | Video

_INPUT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)
_SUFFIXES: Final[Mapping[str, str]] = {"application/pdf": "pdf", "text/plain": "txt"}


def items_of(messages: Iterable[Message], custom: frozenset[str]) -> list[Item]:
    """All items.

    Args:
        messages: In order.
        custom: Names of the tools that take free text; their calls have items of their own kind.
    """
    out: list[Item] = []
    free: set[str] = set()
    for message in messages:
        if not message.parts and message.extra:
            out += [dict[str, Json](_INPUT.decode(raw)) for raw in message.extra.values()]
        elif message.role == "tool":
            out += [_output(part, free) for part in message.parts if isinstance(part, ToolResult)]
        else:
            for part in message.parts:
                if isinstance(part, ToolCall) and part.name in custom:
                    free.add(part.id)
            out += _turn(message, custom)
    return out


def _turn(message: Message, custom: frozenset[str]) -> list[Item]:
    """One message's items: thoughts grouped by what sealed them, words grouped, calls alone."""
    out: list[Item] = []
    words: list[Part] = []
    thoughts: list[Reasoning] = []

    def spoken() -> None:
        if thoughts:
            out.extend(_thoughts(thoughts))
            thoughts.clear()
        if words:
            out.append(_words(message, words))
            words.clear()

    for part in message.parts:
        match part:
            case Reasoning():
                if words:
                    spoken()
                thoughts.append(part)
            case ToolCall():
                spoken()
                out.append(_call(part, custom))
            case ToolResult():
                spoken()
                out.append(_output(part, frozenset()))
            case _:
                if words and _phase(words[-1]) != _phase(part):
                    spoken()
                words.append(part)
    spoken()
    return out


def _phase(part: Part) -> msgspec.Raw | None:
    return part.extra.get("phase") if isinstance(part, Text) else None


def _words(message: Message, parts: list[Part]) -> Item:
    """One bare text is a string, as nearly every client has it."""
    item: Item = {"type": "message", "role": message.role}
    phase = _phase(parts[0])
    first = parts[0]
    if len(parts) == 1 and isinstance(first, Text) and not set(first.extra) - {"phase"}:
        item["content"] = first.text
    else:
        item["content"] = [content_part(part, said=message.role == "assistant") for part in parts]
    if phase is not None:
        item["phase"] = phase
    return {**item, **message.extra}


def content_part(  # noqa: PLR0911, PLR0912 (one arm for each kind)
    part: Part, *, said: bool = False
) -> Json:
    """A part of a message, or of a call's output; `said`: the model's own words."""
    match part:
        case Text():
            extra = {name: raw for name, raw in part.extra.items() if name != "phase"}
            if not said:
                return {"type": "input_text", "text": part.text, **extra}
            return {"type": "output_text", "text": part.text, "annotations": [], **extra}
        case Refused(text=text):
            return {"type": "refusal", "refusal": text}
        case Image():
            image: Item = {"type": "input_image", "detail": part.detail or "auto"}
            if isinstance(part.source, FileId):
                image["file_id"] = part.source.id
            else:
                image["image_url"] = _address(part.source)
            return {**image, **part.extra}
        case Document():
            return {"type": "input_file", **_file(part), **part.extra}
        case Audio(source=Inline(data=data)):
            sound: Item = {"data": data, "format": part.format or "wav"}
            return {"type": "input_audio", "input_audio": sound, **part.extra}
        case Video(source=Url() | Inline() as source):
            return {"type": "input_video", "video_url": _address(source), **part.extra}
        case Audio() | Video() | Reasoning() | ToolCall() | ToolResult():
            raise Refusal(
                "invalid_request", f"A part of kind {part.__struct_config__.tag} cannot go here."
            )
        case _:
            assert_never(part)


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


def _file(part: Document) -> Item:
    """A file by value needs a name: the API refuses one without."""
    source = part.source
    match source:
        case FileId(id=id_):
            return {"file_id": id_}
        case Url(url=url):
            return {"file_url": url}
        case Inline():
            name = part.filename or f"document.{_SUFFIXES.get(source.media_type, 'bin')}"
            return {"filename": name, "file_data": _address(source)}
        case _:
            assert_never(source)


def _call(call: ToolCall, custom: frozenset[str]) -> Item:
    head: Item = {"call_id": call.id, "name": call.name}
    if call.name in custom:
        return {"type": "custom_tool_call", **head, "input": free_text(call.arguments)}
    arguments = call.arguments if call.arguments.strip() else "{}"
    return {"type": "function_call", **head, "arguments": arguments, **call.extra}


def free_text(arguments: str) -> str:
    """The one string of a custom tool's call; what is no such object is the text itself."""
    try:
        return _TEXT.decode(_INPUT.decode(arguments)["input"])
    except (msgspec.DecodeError, RecursionError, KeyError):
        return arguments


def _output(result: ToolResult, free: Iterable[str]) -> Item:
    kind = "custom_tool_call_output" if result.call_id in free else "function_call_output"
    parts = list(result.parts)
    if result.is_error:
        parts = _failed(parts)
    only = parts[0] if len(parts) == 1 else None
    output: Json = [content_part(part) for part in parts]
    if not parts:
        output = ""
    elif isinstance(only, Text) and not only.extra:
        output = only.text
    return {"type": kind, "call_id": result.call_id, "output": output, **result.extra}


def _failed(parts: list[Media]) -> list[Media]:
    """A failed call says so in words: the API has no field for it."""
    first = parts[0] if parts else None
    if isinstance(first, Text) and not first.text.lower().startswith("error"):
        return [msgspec.structs.replace(first, text=f"Error: {first.text}"), *parts[1:]]
    return parts or [Text(text="Error")]


def _thoughts(thoughts: list[Reasoning]) -> list[Item]:
    """Reasoning items: parts of one item share its id, and what is sealed closes it."""
    groups: list[list[Reasoning]] = []
    for thought in thoughts:
        if groups and _same_item(groups[-1], thought):
            groups[-1].append(thought)
        else:
            groups.append([thought])
    return [_thought(group) for group in groups]


def _same_item(group: list[Reasoning], thought: Reasoning) -> bool:
    if any(part.opaque is not None and wrapped(part.opaque) is not None for part in group):
        return False
    ids = {part.opaque.id for part in (*group, thought) if part.opaque and part.opaque.id}
    return len(ids) <= 1 and (group[-1].index == thought.index or bool(ids))


def _thought(group: list[Reasoning]) -> Item:
    item: Item = {"type": "reasoning"}
    sealed = next((p.opaque for p in group if p.opaque and wrapped(p.opaque)), None)
    if (id_ := _id(group)) is not None:
        item["id"] = id_
    summary: list[Json] = [
        {"type": "summary_text", "text": part.text} for part in group if part.kind == "summary"
    ]
    item["summary"] = summary
    if said := [part.text for part in group if part.kind == "text" and part.text]:
        content: list[Json] = [{"type": "reasoning_text", "text": text} for text in said]
        item["content"] = content
    if sealed is not None:
        item["encrypted_content"] = wrapped(sealed)
    return item


def _id(group: list[Reasoning]) -> str | None:
    opaque: list[Opaque] = [part.opaque for part in group if part.opaque is not None]
    return next((one.id for one in opaque if one.id), None)
