"""Messages and fields of the dialect as the internal conversation: a full decode, on demand."""

from collections.abc import Mapping
from typing import Final, TypeAlias, TypeVar, assert_never

import msgspec

from turnout.core.conversation import (
    NO_EXTRA,
    Audio,
    CacheMark,
    Conversation,
    Document,
    Extra,
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
from turnout.core.errors import invalid
from turnout.dialects.openai_chat.refusals import wrong_shape
from turnout.dialects.openai_chat.settings import settings_of
from turnout.dialects.openai_chat.tool_calls import seal_of
from turnout.wire.openai_chat import (
    CacheControl,
    ContentPart,
    Detail,
    EarlierCall,
    FileRef,
    FullMessage,
    ImageUrl,
    VideoUrl,
)

T = TypeVar("T")
Content: TypeAlias = Text | Image | Document | Audio | Video | Refused

_MESSAGES: Final = msgspec.json.Decoder(list[msgspec.Raw])
_MESSAGE: Final = msgspec.json.Decoder(FullMessage)
_PART: Final = msgspec.json.Decoder(ContentPart)
_CALL: Final = msgspec.json.Decoder(EarlierCall)
_DETAIL: Final = msgspec.json.Decoder(Detail)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])

_IN_MESSAGE: Final = frozenset(FullMessage.__struct_fields__) - {"cache_control"}
_IN_PART: Final = frozenset(ContentPart.__struct_fields__)
_IN_CALL: Final = frozenset({"id", "type", "function"})
_IN_DETAIL: Final = frozenset(Detail.__struct_fields__)


def conversation_of(fields: Mapping[str, msgspec.Raw]) -> Conversation:
    """The request in the internal form; raises Refusal for what has no meaning in it."""
    messages = [
        _message(raw, f"messages[{place}]")
        for place, raw in enumerate(_MESSAGES.decode(fields["messages"]))
    ]
    return settings_of(fields, tuple(messages))


def _decode(decoder: msgspec.json.Decoder[T], raw: msgspec.Raw, path: str) -> T:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise wrong_shape(error, path) from error


def _message(raw: msgspec.Raw, path: str) -> Message:
    wire = _decode(_MESSAGE, raw, path)
    extra = _unknown(raw, _IN_MESSAGE)
    match wire.role:
        case "tool" | "function":
            result = _result(wire, path)
            return Message(role="tool", parts=(result,), name=wire.name, extra=extra)
        case "assistant":
            parts: list[Part] = [
                *_thoughts(wire, path),
                *_content(wire, path),
                *([Refused(text=wire.refusal)] if wire.refusal else ()),
                *_calls(wire, path),
            ]
            return Message(role="assistant", parts=tuple(parts), name=wire.name, extra=extra)
        case "system" | "developer" | "user":
            content = tuple(_content(wire, path))
            return Message(role=wire.role, parts=content, name=wire.name, extra=extra)
        case _:
            assert_never(wire.role)


def _unknown(raw: msgspec.Raw, known: frozenset[str]) -> Extra:
    extra = {name: value for name, value in _OBJECT.decode(raw).items() if name not in known}
    return extra or NO_EXTRA


def _result(wire: FullMessage, path: str) -> ToolResult:
    call_id = wire.tool_call_id
    if call_id is None and wire.role == "function" and wire.name:
        call_id = _legacy_id(wire.name)
    if call_id is None:
        raise invalid(f"{path}.tool_call_id", "a tool message names the call it answers.")
    parts: list[Text | Image | Document | Audio | Video] = []
    for part in _content(wire, path):
        if isinstance(part, Refused):
            raise invalid(f"{path}.content", "a tool result holds no refusal.")
        parts.append(part)
    return ToolResult(call_id=call_id, parts=tuple(parts))


def _legacy_id(name: str) -> str:
    """`function_call` had no ids; its name ties call and result."""
    return f"call_{name}"


def _calls(wire: FullMessage, path: str) -> list[ToolCall]:
    calls: list[ToolCall] = []
    for place, raw in enumerate(wire.tool_calls or ()):
        call = _decode(_CALL, raw, f"{path}.tool_calls[{place}]")
        extra = _unknown(raw, _IN_CALL)
        calls.append(
            ToolCall(
                id=call.id,
                name=call.function.name,
                arguments=call.function.arguments or "",
                opaque=seal_of(extra.get("extra_content")),
                extra=extra,
            )
        )
    if wire.function_call is not None:
        legacy = wire.function_call
        calls.append(
            ToolCall(id=_legacy_id(legacy.name), name=legacy.name, arguments=legacy.arguments or "")
        )
    return calls


def _thoughts(wire: FullMessage, path: str) -> list[Reasoning]:
    if wire.reasoning_details:
        place = f"{path}.reasoning_details"
        return [
            _thought(raw, f"{place}[{index}]") for index, raw in enumerate(wire.reasoning_details)
        ]
    text = wire.reasoning or wire.reasoning_content
    return [Reasoning(text=text)] if text else []


def _thought(raw: msgspec.Raw, path: str) -> Reasoning:
    detail = _decode(_DETAIL, raw, path)
    opaque = None
    if detail.format or detail.signature or detail.data or detail.id:
        opaque = Opaque(
            format=detail.format or "unknown",
            signature=detail.signature,
            data=detail.data,
            id=detail.id,
        )
    extra = _unknown(raw, _IN_DETAIL)
    text = detail.text or detail.summary or ""
    match detail.type:
        case "reasoning.summary":
            return Reasoning(
                kind="summary", text=text, opaque=opaque, index=detail.index, extra=extra
            )
        case "reasoning.encrypted":
            return Reasoning(kind="encrypted", opaque=opaque, index=detail.index, extra=extra)
        case "reasoning.text":
            return Reasoning(text=text, opaque=opaque, index=detail.index, extra=extra)
        case _:
            allowed = "reasoning.text, reasoning.summary, reasoning.encrypted"
            raise invalid(f"{path}.type", f"cannot be translated; allowed: {allowed}.")


def _content(wire: FullMessage, path: str) -> list[Content]:
    mark = _cache(wire.cache_control)
    if wire.content is None:
        return []
    if isinstance(wire.content, str):
        return [Text(text=wire.content, cache=mark)]
    parts = [_part(raw, f"{path}.content[{place}]") for place, raw in enumerate(wire.content)]
    if mark is not None and parts and not isinstance(parts[-1], Refused):
        parts[-1] = msgspec.structs.replace(parts[-1], cache=parts[-1].cache or mark)
    return parts


def _cache(control: CacheControl | None) -> CacheMark | None:
    return CacheMark(ttl=control.ttl) if control is not None else None


def _part(raw: msgspec.Raw, path: str) -> Content:
    wire = _decode(_PART, raw, path)
    cache, extra = _cache(wire.cache_control), _unknown(raw, _IN_PART)
    match wire:
        case ContentPart(type="text", text=str(text)):
            return Text(text=text, cache=cache, extra=extra)
        case ContentPart(type="image_url", image_url=ImageUrl() | str() as image):
            if isinstance(image, str):
                image = ImageUrl(image)
            source = source_of(image.url)
            return Image(source=source, detail=image.detail, cache=cache, extra=extra)
        case ContentPart(type="input_audio", input_audio=sound) if sound is not None:
            inline = Inline(media_type=f"audio/{sound.format or 'wav'}", data=sound.data)
            return Audio(source=inline, format=sound.format, cache=cache, extra=extra)
        case (
            ContentPart(type="video_url", video_url=VideoUrl() | str() as video)
            | ContentPart(type="input_video", input_video=VideoUrl() | str() as video)
        ):
            source = source_of(video if isinstance(video, str) else video.url)
            return Video(source=source, cache=cache, extra=extra)
        case ContentPart(type="file", file=FileRef() as file):
            source = _file_source(file, path)
            return Document(source=source, filename=file.filename, cache=cache, extra=extra)
        case ContentPart(type="refusal", refusal=str(text)):
            return Refused(text=text)
        case ContentPart(type=kind) if kind in _IN_PART:
            raise invalid(f"{path}.{wire.type}", "this field is required for a part of its type.")
        case _:
            allowed = "text, image_url, input_audio, video_url, file, refusal"
            raise invalid(f"{path}.type", f"unknown part; allowed: {allowed}.")


def source_of(url: str) -> Source:
    """A data URL as media by value, any other address as a reference."""
    if url.startswith("data:"):
        head, comma, data = url.partition(",")
        if comma and head.endswith(";base64"):
            return Inline(media_type=head[5:-7], data=data)
    return Url(url=url)


def _file_source(file: FileRef, path: str) -> Source:
    if file.file_id is not None:
        return FileId(id=file.file_id)
    if file.file_data is not None:
        return source_of(file.file_data)
    raise invalid(f"{path}.file", "needs file_data or file_id.")
