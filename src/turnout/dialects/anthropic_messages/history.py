"""Messages of the dialect as the internal conversation: a full decode, on demand."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Final, TypeAlias, TypeVar

import msgspec

from turnout.core.conversation import (
    NO_EXTRA,
    CacheMark,
    Conversation,
    Document,
    Extra,
    FileId,
    Image,
    Inline,
    Message,
    Part,
    Reasoning,
    Source,
    Text,
    ToolCall,
    ToolResult,
    Url,
)
from turnout.core.errors import invalid
from turnout.dialects.anthropic_messages.refusals import wrong_shape
from turnout.dialects.anthropic_messages.sealed import unpack
from turnout.dialects.anthropic_messages.settings import settings_of
from turnout.wire import anthropic_messages as wire

T = TypeVar("T")
Inside: TypeAlias = Text | Image | Document

_MESSAGES: Final = msgspec.json.Decoder(list[msgspec.Raw])
_MESSAGE: Final = msgspec.json.Decoder(wire.Message)
_BLOCK: Final = msgspec.json.Decoder(wire.Block)
_SOURCE: Final = msgspec.json.Decoder(wire.MediaSource)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CONTENT: Final = msgspec.json.Decoder(str | list[msgspec.Raw])
_SYSTEM: Final = msgspec.json.Decoder(str | list[msgspec.Raw])

_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "text": frozenset({"type", "text", "cache_control"}),
    "image": frozenset({"type", "source", "cache_control"}),
    "document": frozenset({"type", "source", "title", "cache_control"}),
    "thinking": frozenset({"type", "thinking", "signature"}),
    "redacted_thinking": frozenset({"type", "data"}),
    "tool_use": frozenset({"type", "id", "name", "input"}),
    "tool_result": frozenset({"type", "tool_use_id", "content", "is_error", "cache_control"}),
}


def conversation_of(fields: Mapping[str, msgspec.Raw]) -> Conversation:
    """The request in the internal form; raises Refusal for what has no meaning in it."""
    messages: list[Message] = []
    if "system" in fields:
        instructions = _inside(_decode(_SYSTEM, fields["system"], "system"), "system")
        messages.append(Message(role="system", parts=tuple(instructions)))
    for place, raw in enumerate(_decode(_MESSAGES, fields["messages"], "messages")):
        messages += _spoken(raw, f"messages[{place}]")
    return settings_of(fields, tuple(messages))


def _decode(decoder: msgspec.json.Decoder[T], raw: msgspec.Raw, path: str) -> T:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise wrong_shape(error, path) from error


def _spoken(raw: msgspec.Raw, path: str) -> list[Message]:
    """One message of the dialect: each tool result becomes a message of its own."""
    message = _decode(_MESSAGE, raw, path)
    beside = {n: v for n, v in _OBJECT.decode(raw).items() if n not in ("role", "content")}
    extra: Extra = beside or NO_EXTRA
    if isinstance(message.content, str):
        return [Message(role=message.role, parts=(Text(text=message.content),), extra=extra)]
    parts = [
        _part(block, f"{path}.content[{place}]") for place, block in enumerate(message.content)
    ]
    out: list[Message] = []
    plain: list[Part] = []
    for part in parts:
        if isinstance(part, ToolResult):
            if plain:
                out.append(Message(role=message.role, parts=tuple(plain), extra=extra))
                plain = []
            out.append(Message(role="tool", parts=(part,)))
        else:
            plain.append(part)
    if plain or not out:
        out.append(Message(role=message.role, parts=tuple(plain), extra=extra))
    return out


def _part(raw: msgspec.Raw, path: str) -> Part:  # noqa: PLR0911 (one arm for each kind of block)
    block = _decode(_BLOCK, raw, path)
    match block.type:
        case "text" if block.text is not None:
            return Text(text=block.text, cache=_cache(block), extra=_extra(raw, block))
        case "image":
            source = _media(block, path)
            return Image(source=source, cache=_cache(block), extra=_extra(raw, block))
        case "document":
            return _document(raw, block, path)
        case "thinking":
            seal = unpack(block.signature or "", redacted=False)
            thought = block.thinking or ""
            return Reasoning(text=thought, opaque=seal, extra=_extra(raw, block))
        case "redacted_thinking":
            seal = unpack(block.data or "", redacted=True)
            return Reasoning(kind="encrypted", opaque=seal, extra=_extra(raw, block))
        case "tool_use":
            return _call(raw, block, path)
        case "tool_result":
            return _result(raw, block, path)
        case _:
            return Text(text=_words(block), extra={block.type: raw})


def _cache(block: wire.Block) -> CacheMark | None:
    return CacheMark(ttl=block.cache_control.ttl) if block.cache_control is not None else None


def _extra(raw: msgspec.Raw, block: wire.Block) -> Extra:
    known = _KNOWN[block.type]
    return {n: value for n, value in _OBJECT.decode(raw).items() if n not in known} or NO_EXTRA


def _media(block: wire.Block, path: str) -> Source:
    if not isinstance(block.source, msgspec.Raw):
        raise invalid(f"{path}.source", "this field is required for a block of its type.")
    source = _decode(_SOURCE, block.source, f"{path}.source")
    match source:
        case wire.MediaSource(type="base64", media_type=str(kind), data=str(data)):
            return Inline(media_type=kind, data=data)
        case wire.MediaSource(type="text", data=str(data)):
            encoded = b64encode(data.encode()).decode()
            return Inline(media_type=source.media_type or "text/plain", data=encoded)
        case wire.MediaSource(type="url", url=str(url)):
            return Url(url=url)
        case wire.MediaSource(type="file", file_id=str(id_)):
            return FileId(id=id_)
        case _:
            raise invalid(
                f"{path}.source",
                "allowed are base64 (media_type, data), text (data), url (url), file (file_id).",
            )


def _document(raw: msgspec.Raw, block: wire.Block, path: str) -> Part:
    """A file; one made of blocks is kept whole, with its words beside it."""
    if isinstance(block.source, msgspec.Raw):
        source = _OBJECT.decode(block.source) if bytes(block.source).startswith(b"{") else {}
        if source.get("type") == msgspec.Raw(b'"content"') and "content" in source:
            words = _text_in(source["content"])
            return Text(text=words, extra={"document": raw})
    media = _media(block, path)
    extra = _extra(raw, block)
    return Document(source=media, filename=block.title, cache=_cache(block), extra=extra)


def _call(raw: msgspec.Raw, block: wire.Block, path: str) -> ToolCall:
    if not block.id or not block.name:
        raise invalid(f"{path}.{'name' if block.id else 'id'}", "this field is required.")
    arguments = bytes(block.input).decode() if isinstance(block.input, msgspec.Raw) else "{}"
    return ToolCall(id=block.id, name=block.name, arguments=arguments, extra=_extra(raw, block))


def _result(raw: msgspec.Raw, block: wire.Block, path: str) -> ToolResult:
    if not block.tool_use_id:
        raise invalid(f"{path}.tool_use_id", "a tool result names the call it answers.")
    content: str | list[msgspec.Raw] = []
    if isinstance(block.content, msgspec.Raw) and bytes(block.content) != b"null":
        content = _decode(_CONTENT, block.content, f"{path}.content")
    return ToolResult(
        call_id=block.tool_use_id,
        parts=tuple(_inside(content, f"{path}.content")),
        is_error=block.is_error or False,
        cache=_cache(block),
        extra=_extra(raw, block),
    )


def _inside(content: str | list[msgspec.Raw], path: str) -> list[Inside]:
    """What stands in instructions and tool results: text and media."""
    if isinstance(content, str):
        return [Text(text=content)]
    found: list[Inside] = []
    for place, raw in enumerate(content):
        part = _part(raw, f"{path}[{place}]")
        if not isinstance(part, Text | Image | Document):
            raise invalid(f"{path}[{place}].type", "allowed here: text, image, document.")
        found.append(part)
    return found


def _words(block: wire.Block) -> str:
    """What of an unknown block is text that another model can read (a search result's content)."""
    if block.type != "search_result" or not isinstance(block.content, msgspec.Raw):
        return ""
    return _text_in(block.content)


def _text_in(content: msgspec.Raw) -> str:
    try:
        found = _CONTENT.decode(content)
        if isinstance(found, str):
            return found
        return "\n".join(_BLOCK.decode(raw).text or "" for raw in found)
    except msgspec.DecodeError:
        return ""
