"""Pictures, files, sound and video as Bedrock's blocks: bytes in base64, or an object in S3."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final, TypeAlias

from turnout.core.conversation import Audio, Document, FileId, Image, Inline, Source, Url, Video
from turnout.core.errors import invalid
from turnout.dialects.lowering.losses import Losses
from turnout.dialects.openai_chat.deltas import Json

Media: TypeAlias = Image | Document | Audio | Video

_S3: Final = "s3://"
_LONGEST_NAME: Final = 200
_UNFIT: Final = re.compile(r"[^a-zA-Z0-9 \-()\[\]]+")
_SPACES: Final = re.compile(r"\s+")
_MAGIC: Final = (
    ("iVBORw0KGgo", "png"),
    ("/9j/", "jpeg"),
    ("R0lGOD", "gif"),
    ("UklGR", "webp"),
)
"""How the formats begin in base64. Models check, and refuse a picture whose label is wrong."""

_IMAGES: Final = frozenset({"png", "jpeg", "gif", "webp"})
_DOCUMENTS: Final[Mapping[str, str]] = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/markdown": "md",
    "text/x-markdown": "md",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_VIDEOS: Final = frozenset({"mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"})
_VIDEO_NAMES: Final[Mapping[str, str]] = {
    "quicktime": "mov",
    "x-matroska": "mkv",
    "x-flv": "flv",
    "x-ms-wmv": "wmv",
    "3gpp": "three_gp",
    "3gp": "three_gp",
}
_SOUNDS: Final = frozenset(
    {
        "mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg",
        "mpga", "pcm", "webm",
    }
)  # fmt: skip
_SOUND_NAMES: Final[Mapping[str, str]] = {"x-wav": "wav", "x-m4a": "m4a", "mpeg": "mp3"}


class Names:
    """Names of files in one request: of allowed characters only, and each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def fit(self, filename: str | None, kind: str) -> str:
        """A name for a file; without its ending, which is said apart."""
        stem = PurePosixPath(filename or "").stem
        name = _SPACES.sub(" ", _UNFIT.sub(" ", stem)).strip()[: _LONGEST_NAME - 8].strip()
        name = name or f"Document {kind}"
        unique, number = name, 1
        while unique in self._taken:
            number += 1
            unique = f"{name} {number}"
        self._taken.add(unique)
        return unique


def block(part: Media, names: Names, losses: Losses) -> dict[str, Json]:
    """The block; raises Refusal for what Bedrock takes in no form."""
    match part:
        case Image():
            return {"image": _image(part, losses)}
        case Document():
            return {"document": _document(part, names, losses)}
        case Video():
            kind = _format(part.source, "video", _VIDEOS, _VIDEO_NAMES)
            return {"video": {"format": kind, "source": _source(part.source, "video_url")}}
        case Audio():
            kind = part.format or _format(part.source, "audio", _SOUNDS, _SOUND_NAMES)
            if kind not in _SOUNDS:
                raise invalid("messages.input_audio.format", f"allowed here: {_list(_SOUNDS)}.")
            return {"audio": {"format": kind, "source": _source(part.source, "input_audio")}}


def _image(part: Image, losses: Losses) -> dict[str, Json]:
    if part.detail is not None:
        losses.drop("messages.image_url.detail")
    source = part.source
    told = _told(source, "image")
    kind = "jpeg" if told == "jpg" else told
    if isinstance(source, Inline):
        real = next((name for begin, name in _MAGIC if source.data.startswith(begin)), kind)
        if real != kind:
            losses.translate("messages.image_url")
            kind = real
    if kind not in _IMAGES:
        raise invalid("messages.image_url", f"pictures here are {_list(_IMAGES)}.")
    return {"format": kind, "source": _source(source, "image_url")}


def _document(part: Document, names: Names, losses: Losses) -> dict[str, Json]:
    source, ending = part.source, PurePosixPath(part.filename or "").suffix[1:].lower()
    kind = (
        _DOCUMENTS.get(source.media_type.partition(";")[0].strip().lower(), "")
        if isinstance(source, Inline)
        else _told(source, "document")
    )
    kinds = frozenset(_DOCUMENTS.values())
    kind = kind if kind in kinds else ending
    if kind not in kinds:
        if not _is_text(source):
            raise invalid("messages.file", f"files here are {_list(kinds)}.")
        losses.translate("messages.file")
        kind = "txt"
    name = names.fit(part.filename, kind)
    return {"format": kind, "name": name, "source": _source(source, "file")}


def _is_text(source: Source) -> bool:
    """Source code and the like: text by its type, or plain UTF-8 without a zero byte."""
    if not isinstance(source, Inline):
        return False
    if source.media_type.startswith("text/"):
        return True
    try:
        sample = b64decode(source.data[:4096])
        sample.decode("ascii")
    except (NotBase64, ValueError):
        return False
    return b"\x00" not in sample


def _told(source: Source, family: str) -> str:
    """The format by media type, or by the ending of an S3 object."""
    if isinstance(source, Inline):
        kind, _, name = source.media_type.partition(";")[0].strip().lower().partition("/")
        return name if family in (kind, "document") else ""
    if isinstance(source, Url):
        return PurePosixPath(source.url.partition("?")[0]).suffix[1:].lower()
    return ""


def _format(source: Source, family: str, allowed: frozenset[str], names: Mapping[str, str]) -> str:
    told = _told(source, family)
    kind = names.get(told, told)
    if kind not in allowed:
        raise invalid(f"messages.{family}", f"formats here are {_list(allowed)}.")
    return kind


def _source(source: Source, field: str) -> dict[str, Json]:
    match source:
        case Inline():
            return {"bytes": source.data}
        case Url() if source.url.startswith(_S3):
            return {"s3Location": {"uri": source.url}}
        case Url() | FileId():
            text = "this provider takes media by value or as an s3:// address only."
            raise invalid(f"messages.{field}", text)


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
