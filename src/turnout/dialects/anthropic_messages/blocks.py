"""Parts as the dialect's content blocks: the one place that spells them."""

from base64 import b64decode
from typing import Final, assert_never

import msgspec

from turnout.core.conversation import (
    Audio,
    CacheMark,
    Document,
    Extra,
    FileId,
    Image,
    Inline,
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
from turnout.dialects.anthropic_messages.sealed import pack
from turnout.dialects.openai_chat.deltas import Json
from turnout.wire.anthropic_messages import Typed

_TYPED: Final = msgspec.json.Decoder(Typed)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)
_NO_INPUT: Final = msgspec.Raw(b"{}")


def whole_block(part: Part) -> msgspec.Raw | None:
    """The block itself, where a part stands for one that the internal form has no noun for.

    Such a part is a Text with what of the block is text, and the block in `extra` under its type.
    """
    if not isinstance(part, Text) or len(part.extra) != 1:
        return None
    ((name, raw),) = part.extra.items()
    try:
        return raw if _TYPED.decode(raw).type == name else None
    except msgspec.DecodeError:
        return None


def block_of(part: Part) -> Json:  # noqa: PLR0911 (one arm for each kind of part)
    """One block; raises Refusal for what the dialect cannot say."""
    match part:
        case Text():
            whole = whole_block(part)
            return whole if whole is not None else _marked("text", part, {"text": part.text})
        case Image():
            return _marked("image", part, {"source": _image_source(part.source)})
        case Document():
            title: dict[str, Json] = {"title": part.filename} if part.filename else {}
            return _marked("document", part, {"source": _file_source(part.source), **title})
        case Reasoning():
            return _thought(part)
        case ToolCall():
            called: dict[str, Json] = {"id": part.id, "name": part.name}
            called["input"] = input_of(part.arguments) or _NO_INPUT
            return {"type": "tool_use", **called, **part.extra}
        case ToolResult():
            return _result(part)
        case Refused():
            return {"type": "text", "text": part.text}
        case Audio() | Video():
            kind = part.__struct_config__.tag
            raise Refusal("invalid_request", f"This provider takes no {kind} input.")
        case _:
            assert_never(part)


def _marked(kind: str, part: Text | Image | Document, said: dict[str, Json]) -> dict[str, Json]:
    return {"type": kind, **said, **_cache(part.cache), **part.extra}


def _cache(cache: CacheMark | None) -> dict[str, Json]:
    return {"cache_control": mark_of(cache)} if cache is not None else {}


def mark_of(cache: CacheMark) -> Json:
    """A prompt-cache breakpoint."""
    return {"type": "ephemeral", "ttl": cache.ttl} if cache.ttl else {"type": "ephemeral"}


def _image_source(source: Source) -> Json:
    if isinstance(source, Inline):
        kind = "image/jpeg" if source.media_type == "image/jpg" else source.media_type
        return {"type": "base64", "media_type": kind, "data": source.data}
    return _elsewhere(source)


def _file_source(source: Source) -> Json:
    """PDF by value as it is, text decoded: the dialect takes no other files by value."""
    if not isinstance(source, Inline):
        return _elsewhere(source)
    kind = source.media_type
    if kind == "application/pdf":
        return {"type": "base64", "media_type": kind, "data": source.data}
    if kind.startswith("text/"):
        try:
            text = b64decode(source.data, validate=True).decode()
        except ValueError as error:
            raise Refusal(
                "invalid_request", "A text document is not base64 of UTF-8 text."
            ) from error
        return {"type": "text", "media_type": "text/plain", "data": text}
    raise Refusal("invalid_request", f"This provider takes PDF and text files, not {kind[:80]}.")


def _elsewhere(source: Url | FileId) -> Json:
    match source:
        case Url(url=url):
            return {"type": "url", "url": url}
        case FileId(id=id_):
            return {"type": "file", "file_id": id_}
        case _:
            assert_never(source)


def _thought(part: Reasoning) -> Json:
    seal = pack(part.opaque) if part.opaque is not None else ""
    if part.kind == "encrypted":
        return {"type": "redacted_thinking", "data": seal, **part.extra}
    return {"type": "thinking", "thinking": part.text, "signature": seal, **part.extra}


def _result(part: ToolResult) -> Json:
    said: dict[str, Json] = {"type": "tool_result", "tool_use_id": part.call_id}
    parts = [one for one in part.parts if not (isinstance(one, Text) and is_blank(one))]
    first = parts[0] if parts else None
    if len(parts) == 1 and isinstance(first, Text) and first.cache is None and not first.extra:
        said["content"] = first.text
    elif parts:
        said["content"] = [block_of(one) for one in parts]
    if part.is_error:
        said["is_error"] = True
    return {**said, **_cache(part.cache), **part.extra}


def is_blank(text: Text) -> bool:
    """Says nothing: such a block is a 400."""
    return not text.text.strip() and not text.extra


def input_of(arguments: str) -> msgspec.Raw | None:
    """Arguments as the object they must be, {} for none; None for what is no object.

    Arguments that were encoded twice are decoded once.
    """
    text = arguments.strip()
    if text in ("", "null"):
        return _NO_INPUT
    try:
        if text.startswith('"'):
            text = _TEXT.decode(text)
        _OBJECT.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return msgspec.Raw(text.encode())


def without(extra: Extra, *names: str) -> Extra:
    """The extra without these."""
    return {name: raw for name, raw in extra.items() if name not in names}
