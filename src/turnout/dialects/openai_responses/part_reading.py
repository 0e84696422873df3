"""Content parts of messages and of calls' outputs."""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from turnout.core.conversation import (
    NO_EXTRA,
    Audio,
    CacheMark,
    Document,
    Extra,
    FileId,
    Image,
    Inline,
    Refused,
    Source,
    Text,
    Url,
    Video,
)
from turnout.core.errors import invalid
from turnout.core.types import Modality
from turnout.dialects.openai_chat.history import source_of
from turnout.dialects.openai_chat.refusals import wrong_shape
from turnout.wire.openai_chat import CacheControl
from turnout.wire.openai_responses import InputPart

Content: TypeAlias = Text | Image | Document | Audio | Video

MODALITY_OF_PART: Final[Mapping[str, Modality]] = {
    "input_image": "image",
    "input_file": "file",
    "input_audio": "audio",
    "input_video": "video",
}
_PART: Final = msgspec.json.Decoder(InputPart)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_MARK: Final = msgspec.json.Decoder(CacheControl | None)
_NULL: Final = msgspec.Raw(b"null")
_KNOWN: Final = frozenset(InputPart.__struct_fields__) | {"cache_control", "logprobs"}
_TEXTS: Final = frozenset({"input_text", "output_text", "text", "summary_text"})
_NO_CITATIONS: Final = (msgspec.Raw(b"[]"), _NULL)
_ALLOWED: Final = (
    "input_text, input_image, input_file, input_audio, input_video, output_text, refusal"
)


def part_of(raw: msgspec.Raw, path: str) -> Content | Refused:
    """One part; raises Refusal for an unknown one."""
    try:
        wire = _PART.decode(raw)
    except msgspec.ValidationError as error:
        raise wrong_shape(error, path) from error
    cache, extra = _beside(raw, path)
    match wire:
        case InputPart(type=kind, text=str(text)) if kind in _TEXTS:
            return Text(text=text, cache=cache, extra=extra)
        case InputPart(type="refusal", refusal=str(text)):
            return Refused(text=text)
        case InputPart(type="input_image"):
            source = _source(wire, wire.image_url, path, "image_url or file_id")
            return Image(source=source, detail=wire.detail, cache=cache, extra=extra)
        case InputPart(type="input_file"):
            source = _source(wire, wire.file_data or wire.file_url, path, "file_data, file_url …")
            return Document(source=source, filename=wire.filename, cache=cache, extra=extra)
        case InputPart(type="input_audio", input_audio=sound) if sound is not None:
            inline = Inline(media_type=f"audio/{sound.format or 'wav'}", data=sound.data)
            return Audio(source=inline, format=sound.format, cache=cache, extra=extra)
        case InputPart(type="input_video", video_url=str(url)):
            return Video(source=source_of(url), cache=cache, extra=extra)
        case InputPart(type=kind):
            known = kind in _TEXTS or kind in MODALITY_OF_PART or kind == "refusal"
            what = "lacks the field of its type" if known else f"unknown part; allowed: {_ALLOWED}"
            raise invalid(f"{path}.type", f"{what}.")


def _beside(raw: msgspec.Raw, path: str) -> tuple[CacheMark | None, Extra]:
    """The cache breakpoint and what no slot holds; empty citations say nothing."""
    fields = _OBJECT.decode(raw)
    if fields.keys() <= _KNOWN and "cache_control" not in fields:
        return None, NO_EXTRA
    try:
        control = _MARK.decode(fields.get("cache_control", _NULL))
    except msgspec.ValidationError as error:
        raise wrong_shape(error, f"{path}.cache_control") from error
    extra = {
        name: value
        for name, value in fields.items()
        if name not in _KNOWN
        and value != _NULL
        and not (name == "annotations" and value in _NO_CITATIONS)
    }
    return CacheMark(ttl=control.ttl) if control is not None else None, extra or NO_EXTRA


def _source(wire: InputPart, address: str | None, path: str, needed: str) -> Source:
    if wire.file_id is not None:
        return FileId(id=wire.file_id)
    if not address:
        raise invalid(path, f"needs {needed}.")
    source = source_of(address)
    if isinstance(source, Url) and address == wire.file_data:
        # bare base64, as some clients send it: only the name tells what it is
        kind = "application/pdf" if (wire.filename or "").endswith(".pdf") else "text/plain"
        return Inline(media_type=kind, data=address)
    return source
