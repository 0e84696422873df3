"""Edits that some upstreams need in `messages`; decoded only when the bytes hint at one of them."""

from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.quirks import Quirks
from turnout.wire.openai_chat import Detail

_MESSAGES: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_PARTS: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_TEXT: Final = msgspec.json.Decoder(str)
_DETAILS: Final = msgspec.json.Decoder(list[Detail])
_SYSTEM: Final = msgspec.Raw(b'"system"')
_DEVELOPER: Final = msgspec.Raw(b'"developer"')
_ASSISTANT: Final = msgspec.Raw(b'"assistant"')
_TEXT_TYPE: Final = msgspec.Raw(b'"text"')
_VIDEO_ALIAS: Final = msgspec.Raw(b'"input_video"')
_NULL: Final = msgspec.Raw(b"null")
_THOUGHTS: Final = ("reasoning", "reasoning_content", "reasoning_details")


def edited(raw: bytes, quirks: Quirks, dropped: list[str]) -> Json | None:
    """The messages as this upstream takes them, None when they are right already."""
    marks = not quirks.cache_marks and b'"cache_control"' in raw
    thoughts = b'"reasoning' in raw
    developer = not quirks.developer_role and b'"developer"' in raw
    flat = quirks.parts_as_text and b'"text"' in raw
    alias = b'"input_video"' in raw
    names = not quirks.message_names and b'"name"' in raw
    if not (marks or thoughts or developer or flat or alias or names):
        return None
    out: list[Json] = []
    for message in _MESSAGES.decode(raw):
        fields: dict[str, Json] = dict(message)
        if developer and message.get("role") == _DEVELOPER:
            fields["role"] = _SYSTEM
        if names and fields.pop("name", None) is not None:
            _once(dropped, "messages.name")
        if thoughts:
            _remember(message, fields, quirks)
        if marks and fields.pop("cache_control", None) is not None:
            _once(dropped, "cache_control")
        content = message.get("content")
        if content is not None and bytes(content).startswith(b"["):
            fields["content"] = _parts(_PARTS.decode(content), quirks, dropped, marks=marks)
        out.append(fields)
    return out


def _once(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _remember(message: Mapping[str, msgspec.Raw], fields: dict[str, Json], quirks: Quirks) -> None:
    """Earlier thinking under the upstream's own name for it, or not at all."""
    for name in _THOUGHTS:
        fields.pop(name, None)
    want = quirks.reasoning_history
    if want is None or message.get("role") != _ASSISTANT:
        return
    if want == "reasoning_details":
        details = message.get("reasoning_details")
        if details is not None and details != _NULL:
            fields["reasoning_details"] = details
        elif (text := _thought(message)) is not None:
            fields["reasoning"] = text
    elif (text := _thought(message)) is not None:
        fields[want] = text


def _thought(message: Mapping[str, msgspec.Raw]) -> str | None:
    for name in ("reasoning_content", "reasoning"):
        raw = message.get(name)
        if raw is not None and raw != _NULL:
            return _TEXT.decode(raw)
    details = message.get("reasoning_details")
    if details is None or details == _NULL:
        return None
    return "".join(item.text or item.summary or "" for item in _DETAILS.decode(details)) or None


def _parts(
    parts: list[dict[str, msgspec.Raw]], quirks: Quirks, dropped: list[str], *, marks: bool
) -> Json:
    if quirks.parts_as_text and all(part.get("type") == _TEXT_TYPE for part in parts):
        return "\n".join(_TEXT.decode(part["text"]) for part in parts if "text" in part)
    out: list[Json] = []
    for part in parts:
        fields: dict[str, Json] = dict(part)
        if marks and fields.pop("cache_control", None) is not None:
            _once(dropped, "cache_control")
        if part.get("type") == _VIDEO_ALIAS:
            fields["type"] = "video_url"
            fields["video_url"] = fields.pop("input_video", None) or fields.get("video_url")
        out.append(fields)
    return out


def without_marks(tools: msgspec.Raw) -> Json:
    """Tools without their cache breakpoints."""
    return [
        {name: raw for name, raw in tool.items() if name != "cache_control"}
        for tool in _MESSAGES.decode(tools)
    ]
