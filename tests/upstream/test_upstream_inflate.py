"""The decoder of compressed answers by itself: bounds and cuts."""

import gzip
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from turnout.upstream.inflate import Inflater


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def test_inflater_expands_no_further_than_asked() -> None:
    """A small bomb waits compressed: each take is bounded, and all of them together are whole."""
    inflater = Inflater("gzip")
    inflater.feed(gzip.compress(bytes(100_000)))
    sizes: list[int] = []
    while inflater.pending and (piece := inflater.take(1000)):
        sizes.append(len(piece))
    assert max(sizes) == 1000
    assert sum(sizes) == 100_000
    inflater.finish()


@given(
    plain=st.binary(max_size=40).map(lambda seed: seed * 30),
    name=st.sampled_from(["gzip", "zlib", "raw"]),
    limit=st.integers(1, 600),
    step=st.integers(1, 50),
)
@settings(deadline=None)
def test_inflater_gives_the_same_text_whatever_the_steps(
    plain: bytes, name: str, limit: int, step: int
) -> None:
    """Neither how input is cut nor how much is taken at once changes what comes out."""
    pack = {"gzip": gzip.compress, "zlib": zlib.compress, "raw": _raw_deflate}[name]
    packed = pack(plain)
    inflater = Inflater("gzip" if name == "gzip" else "deflate")
    out = b""
    for at in range(0, len(packed), step):
        inflater.feed(packed[at : at + step])
        while inflater.pending:
            out += inflater.take(limit)
    assert out == plain
    inflater.finish()
