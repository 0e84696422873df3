"""Messages in the shapes that some upstreams insist on: turns that alternate, ids of one length.

What is changed says the same: turns of one side in a row are joined, an id is made from the
caller's. Equal messages give equal bytes, so prompt caches keep hitting.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from turnout.dialects.lowering.names import fitting_id
from turnout.dialects.openai_chat.deltas import Json
from turnout.dialects.openai_chat.quirks import Quirks

Message = dict[str, Json]

_MESSAGES: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_PARTS: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_WORD: Final = msgspec.json.Decoder(str | None)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_FILE: Final = msgspec.Raw(b'"file"')
_OPENING: Final[Message] = {"role": "user", "content": "Continue."}


def reshaped(messages: bytes, quirks: Quirks, translated: list[str]) -> Json | None:
    """The messages in this upstream's shapes, None when it has none of its own."""
    if not (quirks.call_id_length or quirks.prefix or quirks.alternating or quirks.document_url):
        return None
    out: list[Message] = [dict(message) for message in _MESSAGES.decode(messages)]
    for message in out:
        _think_aloud(message)
        if quirks.call_id_length:
            _fit_ids(message, quirks.call_id_length)
        if quirks.document_url:
            _show_documents(message)
    if quirks.prefix and out and _role(out[-1]) == "assistant" and "tool_calls" not in out[-1]:
        out[-1].setdefault("prefix", True)
    if quirks.alternating:
        turns = _alternating(out)
        if len(turns) != len(out):
            translated.append("messages")
        out = turns
    return list[Json](out)


def _decoded(value: Json) -> Json:
    """A field as it can be looked into."""
    return msgspec.json.decode(value) if isinstance(value, msgspec.Raw) else value


def _role(message: Mapping[str, Json]) -> Json:
    return _decoded(message.get("role"))


def _fit_ids(message: Message, length: int) -> None:
    """Ids of calls, and of the calls that are answered."""
    fits = re.compile(rf"[a-zA-Z0-9]{{{length}}}")
    answered = message.get("tool_call_id")
    if isinstance(answered, msgspec.Raw) and (id_ := _WORD.decode(answered)):
        message["tool_call_id"] = fitting_id(id_, fits, length)
    calls = message.get("tool_calls")
    if not isinstance(calls, msgspec.Raw) or bytes(calls) == b"null":
        return
    fitted: list[Json] = []
    for call in _PARTS.decode(calls):
        id_ = _WORD.decode(call["id"]) if "id" in call else None
        fitted.append({**call, "id": fitting_id(id_, fits, length)} if id_ else dict(call))
    message["tool_calls"] = fitted


def _think_aloud(message: Message) -> None:
    """Earlier thinking as the first part of the content, where it goes by that name."""
    thought = message.pop("thinking", None)
    if thought is None:
        return
    words: Json = {"type": "thinking", "thinking": [{"type": "text", "text": _decoded(thought)}]}
    message["content"] = [words, *_parts(message.get("content"))]


def _parts(content: Json) -> list[Json]:
    """Content as parts; nothing for nothing."""
    if isinstance(content, list):
        return content
    if isinstance(content, msgspec.Raw):
        if bytes(content)[:1] == b"[":
            return [dict(part) for part in _PARTS.decode(content)]
        content = _WORD.decode(content)
    return [{"type": "text", "text": content}] if content else []


def _show_documents(message: Message) -> None:
    """A file by value or address is a `document_url` part there."""
    content = message.get("content")
    if not isinstance(content, msgspec.Raw) or b'"file"' not in bytes(content):
        return
    message["content"] = [
        _document(_OBJECT.decode(part["file"])) if part.get("type") == _FILE else dict(part)
        for part in _PARTS.decode(content)
    ]


def _document(file: Mapping[str, msgspec.Raw]) -> Json:
    if "file_data" not in file:
        return {"type": "file", **({"file_id": file["file_id"]} if "file_id" in file else {})}
    named: Message = {"document_name": file["filename"]} if "filename" in file else {}
    return {"type": "document_url", "document_url": file["file_data"], **named}


def _alternating(messages: list[Message]) -> list[Message]:
    """Behind the instructions the user first, then each in turn."""
    out: list[Message] = []
    for message in messages:
        role, before = _role(message), _role(out[-1]) if out else None
        if role == "assistant" and before not in ("user", "assistant", "tool"):
            out.append(_OPENING)
        if role == before and role in ("user", "assistant"):
            joined = _joined(out[-1].get("content"), message.get("content"))
            out[-1] = {**out[-1], **message, "content": joined}
        else:
            out.append(message)
    return out


def _joined(first: Json, second: Json) -> Json:
    one, two = _decoded(first), _decoded(second)
    if isinstance(one, str) and isinstance(two, str):
        return f"{one}\n\n{two}"
    return [*_parts(first), *_parts(second)]
