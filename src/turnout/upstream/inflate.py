"""Undoes gzip and deflate for upstreams that compress although we asked for identity."""

import zlib

from turnout.core.errors import FailureKind, UpstreamError

_GZIP_BITS = 31
_ZLIB_BITS = 15
_RAW_BITS = -15


class Inflater:
    """One compressed body, fed as it arrives and taken in bounded pieces.

    The bound is what keeps a small bomb from filling the memory: input that would expand beyond it
    waits compressed.

    Raises:
        UpstreamError: DECODE, for a coding that is neither gzip nor deflate.
    """

    __slots__ = ("_full", "_gzip", "_inner", "_input")

    def __init__(self, coding: str) -> None:
        word = coding.strip().lower()
        if word not in {"gzip", "x-gzip", "deflate"}:
            raise UpstreamError(FailureKind.DECODE, "the answer is in a coding nobody asked for")
        self._gzip = word != "deflate"
        self._inner = zlib.decompressobj(_GZIP_BITS) if self._gzip else None
        self._input = b""
        self._full = False  # the last take hit its bound: zlib may hold output back without input

    @property
    def pending(self) -> bool:
        """`take` may give more without `feed`."""
        return self._full or bool(self._input)

    def feed(self, data: bytes) -> None:
        """Adds compressed bytes."""
        self._input = self._input + data if self._input else data

    def take(self, limit: int) -> bytes:
        """At most `limit` plain bytes; b"" when more input is needed.

        Raises:
            UpstreamError: DECODE, for bytes that are not of the coding.
        """
        out = b""
        try:
            while self.pending and not out:
                out = self._step(limit)
        except zlib.error as error:
            raise UpstreamError(FailureKind.DECODE, "the answer's compression is broken") from error
        return out

    def finish(self) -> None:
        """Checks that the compressed stream ended where the message did.

        Raises:
            UpstreamError: DECODE, when it was cut.
        """
        if self._inner is not None and not self._inner.eof:
            raise UpstreamError(FailureKind.DECODE, "the answer's compression is cut short")

    def _step(self, limit: int) -> bytes:
        inner = self._inner
        if inner is None:
            # RFC 9110 8.4.1.2 means zlib's format by "deflate"; some servers send it bare.
            bits = _ZLIB_BITS if self._input[0] & 0x0F == zlib.DEFLATED else _RAW_BITS
            inner = zlib.decompressobj(bits)
        elif inner.eof:
            self._full = False
            if not self._gzip or not self._input:
                self._input = b""
                return b""
            inner = zlib.decompressobj(_GZIP_BITS)  # gzip members may follow each other
        self._inner = inner
        out = inner.decompress(self._input, limit)
        self._full = len(out) == limit
        self._input = inner.unused_data if inner.eof else inner.unconsumed_tail
        return out
