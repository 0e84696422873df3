"""Documents as text, where the endpoint takes no files: the plugin `file-parser`."""

import binascii
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import msgspec

from turnout.core.conversation import Conversation, Document, Inline, Message, Part, Text
from turnout.core.errors import Refusal, invalid
from turnout.core.pipeline import Figure, Stage
from turnout.dialects.lowering.citing import Citing
from turnout.documents.pdf import DocumentError, FileText
from turnout.flow.prepare.media import AnyMedium, mapped, media_of
from turnout.flow.prepare.work import Work

NAME: Final = "file-parser"
_PDF: Final = "application/pdf"


class _Content(msgspec.Struct):
    type: str = ""
    text: str = ""


class _File(msgspec.Struct):
    hash: str
    name: str = ""
    content: list[_Content] = []


class _Annotation(msgspec.Struct):
    """The contract's annotation of a parsed file, which callers may send back."""

    type: str = ""
    file: _File | None = None


_ANNOTATIONS: Final = msgspec.json.Decoder(list[_Annotation] | None)


async def read_files(work: Work) -> None:
    """Puts text where documents were, and annotates the answer with it.

    Raises:
        Refusal: One of them cannot be read; names the field and why.
    """
    documents = [
        (path, one) for path, one in media_of(work.conversation) if isinstance(one, Document)
    ]
    if not documents:
        return
    known = work.this.making.files
    replayed = {text.hash: text for text in _replayed(work.conversation)}
    texts: dict[int, FileText] = {}
    for path, document in documents:
        data = _bytes(document, path)
        digest = sha256(data).hexdigest()
        text = known.get(digest) or replayed.get(digest)
        if text is None:
            text = await _read(work, document, data, path)
        known[digest] = text
        texts[id(document)] = text
    work.conversation = _unannotated(mapped(work.conversation, lambda part: _as_text(part, texts)))
    work.undo.append(Citing(others=tuple(_annotation(text) for text in texts.values())))
    work.note(_stage(list(texts.values()), len(replayed.keys() & known.keys())))


def _bytes(document: Document, path: str) -> bytes:
    if not isinstance(document.source, Inline):
        raise invalid(path, "a file by id cannot be read here; send it as a data URL.")
    try:
        return binascii.a2b_base64(document.source.data)
    except (binascii.Error, ValueError) as error:
        raise invalid(path, "the data of this file is not base64.") from error


async def _read(work: Work, document: Document, data: bytes, path: str) -> FileText:
    digest, name = sha256(data).hexdigest(), document.filename or "file"
    source = document.source
    kind = source.media_type if isinstance(source, Inline) else ""
    if kind.startswith("text/"):
        return FileText(hash=digest, name=name, text=data.decode(errors="replace"))
    if kind != _PDF and not data.startswith(b"%PDF-"):
        raise invalid(path, "only PDF and text can be read for a model that takes no files.")
    this = work.this
    try:
        within_s = this.deadlines.total_at_s - this.gateway.clock.now_s()
        said = await this.gateway.pdf_reader.read(data, within_s)
    except DocumentError as error:
        raise Refusal("unprocessable", f"{path}: {error.message}.", param=path) from error
    text = "\n\n".join(said.pages)
    return FileText(hash=digest, name=name, text=text, pages=len(said.pages), cut=said.cut)


def _as_text(part: AnyMedium, texts: dict[int, FileText]) -> Part:
    text = texts.get(id(part))
    if text is None:
        return part
    end = "\n(The rest of the file was left out.)" if text.cut else ""
    name = text.name.replace('"', "'")
    return Text(text=f'<file name="{name}">\n{text.text}{end}\n</file>', cache=part.cache)


def _replayed(conversation: Conversation) -> Iterator[FileText]:
    """Files that an earlier answer was annotated with and that come back with it."""
    for message in conversation.messages:
        raw = message.extra.get("annotations")
        if raw is None:
            continue
        try:
            annotations = _ANNOTATIONS.decode(raw) or ()
        except msgspec.DecodeError:
            continue
        for one in annotations:
            if one.file is not None and one.file.content:
                text = "\n\n".join(part.text for part in one.file.content if part.type == "text")
                yield FileText(hash=one.file.hash, name=one.file.name, text=text)


def _unannotated(conversation: Conversation) -> Conversation:
    messages = tuple(_without_annotations(message) for message in conversation.messages)
    return msgspec.structs.replace(conversation, messages=messages)


def _without_annotations(message: Message) -> Message:
    if "annotations" not in message.extra:
        return message
    extra = {name: raw for name, raw in message.extra.items() if name != "annotations"}
    return msgspec.structs.replace(message, extra=extra)


def _annotation(text: FileText) -> msgspec.Raw:
    content = [{"type": "text", "text": text.text}]
    file = {"hash": text.hash, "name": text.name, "content": content}
    return msgspec.Raw(msgspec.json.encode({"type": "file", "file": file}))


def _stage(texts: list[FileText], replayed: int) -> Stage:
    pages = sum(text.pages for text in texts)
    data: dict[str, Figure] = {"files": len(texts), "pages": pages, "replayed": replayed}
    if any(text.cut for text in texts):
        data["cut"] = True
    return Stage(
        name=NAME,
        type="plugin",
        summary=f"Read {len(texts)} file(s), {pages} page(s), as text.",
        data=data,
    )
