"""Counts tokens when a provider sends no usage: with a real tokenizer, in a process of its own.

The tokenizer (OpenAI's o200k vocabulary, package `bpe-openai`) costs 140 MB and half a second to
load, so it lives in a child that is started at the first need, and never where all providers report
usage. When it is absent or late the count is bytes / 4; either way the usage is marked as
estimated. Source of the ratio: OpenAI's help pages, about four characters of English a token.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Final, Protocol, cast

BYTES_PER_TOKEN: Final = 4
DEADLINE_S: Final = 1.5
LONGEST_TEXT: Final = 256 * 1024
"""Bytes that are really counted; a longer text is scaled up from its beginning."""


def count_in_child(texts: Sequence[str]) -> list[int]:
    """Tokens of each text; runs in the child process."""
    bindings = cast("_Bindings", import_module("bpe_openai._bindings"))  # 140 MB: only here
    tokenizer = bindings.tokenizer_for_encoding("o200k_base")
    return [tokenizer.count(text) for text in texts]


class _Tokenizer(Protocol):
    def count(self, text: str) -> int: ...


class _Bindings(Protocol):
    """What we use of the package, which ships no types for it."""

    def tokenizer_for_encoding(self, name: str) -> _Tokenizer: ...


def by_bytes(text: bytes | bytearray) -> int:
    """The rough count: bytes / 4, rounded up."""
    return -(-len(text) // BYTES_PER_TOKEN)


class Estimator:
    """Counts on demand. One per gateway; `close` ends its child."""

    def __init__(self) -> None:
        self._child: ProcessPoolExecutor | None = None
        self._usable = find_spec("bpe_openai") is not None  # false after close

    async def count(self, texts: Sequence[bytes]) -> list[int]:
        """Tokens of each UTF-8 text, in at most DEADLINE_S; rough when that fails."""
        if not self._usable or not any(texts):
            return [by_bytes(text) for text in texts]
        if self._child is None:
            # spawn, not fork: a forked child would hold the gateway's sockets open.
            self._child = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
        heads = [text[:LONGEST_TEXT].decode(errors="replace") for text in texts]
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(DEADLINE_S):
                counts = await loop.run_in_executor(self._child, count_in_child, heads)
        except (TimeoutError, BrokenProcessPool, ImportError, RuntimeError):
            return [by_bytes(text) for text in texts]
        except asyncio.CancelledError:
            if self._usable:
                raise
            return [by_bytes(text) for text in texts]  # `close` cancelled the count, not the caller
        return [
            count if len(text) <= LONGEST_TEXT else count * len(text) // LONGEST_TEXT
            for count, text in zip(counts, texts, strict=True)
        ]

    def close(self) -> None:
        """Ends the child without waiting for what it still counts; later counts are by bytes."""
        self._usable = False
        if self._child is not None:
            self._child.shutdown(wait=False, cancel_futures=True)
            self._child = None
