"""Parts of a turn that are no words: pictures, files, sound and video, by value or by reference."""

from collections.abc import Mapping
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import msgspec

from turnout.core.conversation import Audio, Document, FileId, Image, Inline, Text, Url, Video
from turnout.core.errors import Refusal
from turnout.core.types import Modality
from turnout.dialects.gemini.quirks import Quirks

Json: TypeAlias = "str | int | float | bool | msgspec.Raw | list[Json] | dict[str, Json] | None"
Fields: TypeAlias = dict[str, Json]
Media: TypeAlias = Image | Document | Audio | Video

_MODALITY: Final[Mapping[type[Media], Modality]] = {
    Image: "image",
    Document: "file",
    Audio: "audio",
    Video: "video",
}
_BY_ENDING: Final[Mapping[str, str]] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "md": "text/markdown",
    "html": "text/html",
    "csv": "text/csv",
    "json": "application/json",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mpeg": "video/mpeg",
    "webm": "video/webm",
}
_USUAL: Final[Mapping[Modality, str]] = {
    "image": "image/jpeg",
    "file": "application/pdf",
    "audio": "audio/mpeg",
    "video": "video/mp4",
}
_VIDEO_SITES: Final = ("youtube.com", "youtu.be")
_OTHER_NAMES: Final[Mapping[str, str]] = {"image/jpg": "image/jpeg", "audio/mp3": "audio/mpeg"}


def media_part(part: Media, quirks: Quirks) -> Fields:
    """The part as Gemini has it.

    Raises:
        Refusal: It is a reference that this house cannot follow.
    """
    kind = _MODALITY[type(part)]
    match part.source:
        case Inline(media_type=media_type, data=data):
            known = _OTHER_NAMES.get(media_type, media_type)
            return {"inlineData": {"mimeType": known or _USUAL[kind], "data": data}}
        case Url(url=url):
            if not follows(url, kind, quirks):
                raise Refusal(
                    "invalid_request", f"This provider fetches no {kind} by that address."
                )
            return _file(url, _named_type(part, url) or _USUAL[kind])
        case FileId(id=id_):
            if quirks.files is None or not id_.startswith("files/"):
                raise Refusal("invalid_request", f"This provider has no {kind} of that id.")
            return _file(f"{quirks.files}/{id_}", _named_type(part, "") or _USUAL[kind])


def follows(url: str, kind: Modality, quirks: Quirks) -> bool:
    """Its own stores and files, videos of the site of its own house, and what a house fetches."""
    if kind in quirks.takes_urls or url.startswith("gs://"):
        return True
    host = (urlsplit(url).hostname or "").lower()
    if quirks.files is not None and url.startswith(f"{quirks.files}/files/"):
        return True
    return kind == "video" and any(host == s or host.endswith(f".{s}") for s in _VIDEO_SITES)


def _file(url: str, media_type: str) -> Fields:
    return {"fileData": {"mimeType": media_type, "fileUri": url}}


def _named_type(part: Media, url: str) -> str | None:
    """The media type that a file's name tells."""
    names = [url.partition("?")[0].partition("#")[0]]
    if isinstance(part, Document) and part.filename:
        names.insert(0, part.filename)
    if isinstance(part, Audio) and part.format:
        names.insert(0, f".{part.format}")
    found = (_BY_ENDING.get(name.rpartition(".")[2].lower()) for name in names)
    return next((media_type for media_type in found if media_type), None)


def content_part(part: Text | Media, quirks: Quirks) -> Fields:
    """Words or media."""
    return {"text": part.text} if isinstance(part, Text) else media_part(part, quirks)
