"""PDFs in a child of their own: its bounds hold, and a bad file hurts nobody."""

import asyncio
import io
import time
import zlib

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from turnout.documents.child import Read
from turnout.documents.pdf import DocumentError, DocumentRules, PdfReader


def pdf_of(*texts: str, password: str | None = None) -> bytes:
    """A PDF with a line on each page."""
    writer = PdfWriter()
    font = DictionaryObject()
    font[NameObject("/Type")] = NameObject("/Font")
    font[NameObject("/Subtype")] = NameObject("/Type1")
    font[NameObject("/BaseFont")] = NameObject("/Helvetica")
    fonts = DictionaryObject({NameObject("/F1"): font})
    for text in texts:
        page = writer.add_blank_page(300, 300)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = stream
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def read(data: bytes, rules: DocumentRules | None = None, within_s: float = 20.0) -> Read:
    """One file, read by a reader of its own."""

    async def run() -> Read:
        return await PdfReader(rules or DocumentRules()).read(data, within_s)

    return asyncio.run(run())


def test_pdf_gives_the_text_of_each_page() -> None:
    """In order, with their number."""
    assert read(pdf_of("one", "two")) == Read(pages=["one", "two"], total=2)


def test_pdf_is_cut_at_its_bounds() -> None:
    """By pages and by letters, and it says so."""
    assert read(pdf_of("one", "two"), DocumentRules(max_pages=1)) == Read(
        pages=["one"], total=2, cut=True
    )
    long = read(pdf_of("x" * 1500, "two"), DocumentRules(max_chars=1000))
    assert (len(long.pages[0]), len(long.pages), long.cut) == (1000, 1, True)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7 rubbish", "no readable PDF"),
        (b"", "no readable PDF"),
        (pdf_of("secret", password="x"), "encrypted"),
    ],
    ids=["rubbish", "empty", "encrypted"],
)
def test_pdf_that_cannot_be_read_says_why(data: bytes, why: str) -> None:
    """Without a word of what is in it."""
    with pytest.raises(DocumentError, match=why):
        read(data)


def test_pdf_reading_ends_at_its_deadline() -> None:
    """The child is killed; nothing waits for it."""
    began_s = time.monotonic()
    with pytest.raises(DocumentError, match="too long"):
        read(pdf_of(*["page"] * 50), within_s=0.01)
    assert time.monotonic() - began_s < 5


def test_pdf_that_wants_too_much_memory_fails_alone() -> None:
    """A stream that unpacks to half a gigabyte is stopped in the child."""
    bomb = zlib_bomb(1 << 29)
    with pytest.raises(DocumentError):
        read(bomb, DocumentRules(memory_bytes=1 << 28))


def zlib_bomb(size_b: int) -> bytes:
    """A PDF whose page unpacks to that many bytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(size_b >> 20)) + packer.flush()
    whole = pdf_of("x")
    start, end = whole.index(b"stream\n") + 7, whole.index(b"\nendstream")
    body = whole[:start] + packed + whole[end:]
    old = b"/Length %d" % (end - start)
    return body.replace(old, b"/Filter /FlateDecode /Length %d" % len(packed), 1)
