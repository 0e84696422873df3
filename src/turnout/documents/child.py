"""The child that reads one PDF: bytes on stdin, JSON on stdout. A bad file can only hurt it.

python -m turnout.documents.child MAX_PAGES MAX_CHARS MEMORY_BYTES
"""

import io
import sys

import msgspec


class Read(msgspec.Struct, omit_defaults=True):
    """What the child says.

    Attributes:
        pages: Texts of the pages, in order.
        total: Pages that the file has.
        cut: Text was left out because there was too much.
        problem: Why there is no text at all; names nothing of the file.
    """

    pages: list[str] = []
    total: int = 0
    cut: bool = False
    problem: str | None = None


def read(data: bytes, max_pages: int, max_chars: int) -> Read:
    """The text of a PDF as far as the bounds let it."""
    try:
        from pypdf import PdfReader  # noqa: PLC0415 (an extra, and slow to load: only here)
        from pypdf.errors import FileNotDecryptedError, PyPdfError  # noqa: PLC0415 (likewise)
    except ImportError:
        return Read(problem="reading PDFs needs the extra pdf: pip install 'turnout[pdf]'")
    out = Read()
    left = max_chars
    try:
        reader = PdfReader(io.BytesIO(data))
        out.total = len(reader.pages)
        for page in reader.pages[:max_pages]:
            text = page.extract_text()
            out.pages.append(text[:left])
            left -= len(text)
            if left <= 0:
                break
    except FileNotDecryptedError:
        return Read(problem="the file is encrypted")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        if not out.pages:
            return Read(problem="the file is no readable PDF")
    except MemoryError:
        return Read(problem="the file needs too much memory")
    out.cut = left < 0 or len(out.pages) < out.total
    return out


def main() -> None:
    """Bounds itself, reads, answers."""
    max_pages, max_chars, memory_bytes = (int(word) for word in sys.argv[1:4])
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 (not everywhere)

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    said = read(sys.stdin.buffer.read(), max_pages, max_chars)
    sys.stdout.buffer.write(msgspec.json.encode(said))


if __name__ == "__main__":
    main()
