"""What bytes really are, by how they begin; a declared type is only believed for plain text."""

from typing import Final

_MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_FTYP: Final = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_PDF_WITHIN_B: Final = 1024  # the header may stand behind a little rubbish: ISO 32000-1, annex H


def sniffed(data: bytes, declared: str = "") -> str | None:
    """The media type of the bytes; None for what is none we know.

    Args:
        declared: What the sender says; counts only for text, which has no marks of its own.
    """
    for offset, magic, media_type in _MAGIC:
        if data.startswith(magic, offset):
            return media_type
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _FTYP.get(data[8:12], "video/mp4")
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] & 0x18 != 0x08:
        return "audio/mpeg"  # a bare MPEG audio frame: eleven bits of sync, a version that exists
    if b"%PDF-" in data[:_PDF_WITHIN_B]:
        return "application/pdf"
    return _text(data, declared)


def _text(data: bytes, declared: str) -> str | None:
    kind = declared.partition(";")[0].strip().lower()
    if not kind.startswith("text/") or b"\x00" in data:
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    return kind
