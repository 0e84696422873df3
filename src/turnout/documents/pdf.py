"""Text of PDFs, read in a child of its own for each file: bounded in time, memory and length."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import Annotated, Final

import msgspec

from turnout.documents.child import Read

_READ: Final = msgspec.json.Decoder(Read)


class DocumentRules(msgspec.Struct, frozen=True, kw_only=True):
    """Reading of PDFs for endpoints that take no files.

    Attributes:
        enabled: Whether they are read here at all; else only endpoints that take files serve them.
        timeout_s: For one file.
        max_pages: Later pages are left out, and the answer says so.
        max_chars: Of the text of one file; what is beyond is left out, and the answer says so.
        memory_bytes: Of the child that reads one file.
        parallel: Files read at once, of all requests together.
    """

    enabled: bool = True
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 20.0
    max_pages: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 500
    max_chars: Annotated[int, msgspec.Meta(ge=1000, le=100_000_000)] = 1_000_000
    memory_bytes: Annotated[int, msgspec.Meta(ge=1 << 27, le=1 << 36)] = 1 << 30
    parallel: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2


class FileText(msgspec.Struct, frozen=True, kw_only=True):
    """A document as text.

    Attributes:
        hash: SHA-256 of its bytes, hex.
        pages: How many were read; 0 for what has none, and for what the caller sent back.
        cut: There was more than is here.
    """

    hash: str
    name: str
    text: str
    pages: int = 0
    cut: bool = False


class DocumentError(Exception):
    """A file that cannot be read; `message` names nothing of what is in it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class PdfReader:
    """Reads PDFs for all requests."""

    def __init__(self, rules: DocumentRules) -> None:
        self.rules = rules
        self._slots = asyncio.Semaphore(rules.parallel)

    async def read(self, data: bytes, within_s: float) -> Read:
        """The text of a PDF.

        Args:
            within_s: Bound beside that of the rules; waiting for a free slot included.

        Raises:
            DocumentError: It is none, is encrypted, or took too long.
        """
        try:
            async with asyncio.timeout(min(within_s, self.rules.timeout_s)), self._slots:
                said = await self._ask(data)
        except TimeoutError as error:
            raise DocumentError("reading it took too long") from error
        if said.problem is not None:
            raise DocumentError(said.problem)
        return said

    async def _ask(self, data: bytes) -> Read:
        rules = self.rules
        bounds = (str(n) for n in (rules.max_pages, rules.max_chars, rules.memory_bytes))
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "turnout.documents.child", *bounds,
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
        )  # fmt: skip
        try:
            out, _ = await child.communicate(data)
        finally:
            await _end(child)
        try:
            return _READ.decode(out)
        except msgspec.DecodeError as error:
            raise DocumentError("the reader of the file failed") from error


async def _end(child: Process) -> None:
    if child.returncode is None:
        child.kill()
        await child.wait()
