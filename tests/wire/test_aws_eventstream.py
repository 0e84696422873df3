"""AWS event streams, with botocore's reader and a writer from the specification as judges."""

import struct
import zlib
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

import pytest
from botocore import (  # pyright: ignore[reportMissingTypeStubs] (the library has no types)
    eventstream,
)
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.aws_frames import Headers, event, frame

from turnout.core.errors import FailureKind, UpstreamError
from turnout.wire.aws_eventstream import MAX_HEADERS_B, Message, Messages

_BOTOCORE: Any = eventstream

NAMES: Final = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
VALUES: Final = st.one_of(
    st.sampled_from([(0, True), (1, False)]),
    st.tuples(st.just(2), st.integers(-(2**7), 2**7 - 1)),
    st.tuples(st.just(3), st.integers(-(2**15), 2**15 - 1)),
    st.tuples(st.just(4), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just(5), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just(6), st.binary(max_size=40)),
    st.tuples(st.just(7), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)),
    st.tuples(st.just(8), st.integers(0, 2**62)),
    st.tuples(st.just(9), st.uuids().map(str)),
)
MESSAGES: Final = st.lists(
    st.tuples(st.dictionaries(NAMES, VALUES, max_size=5), st.binary(max_size=200)), max_size=5
)


def read(parts: list[bytes]) -> list[Message]:
    """What our reader makes of these pieces."""
    reader = Messages()
    return [message for part in parts for message in reader.feed(part)]


def botocore_reads(body: bytes) -> list[tuple[dict[str, Any], bytes]]:
    """What AWS's own reader makes of a stream; it leaves a UUID as bytes."""
    buffer = _BOTOCORE.EventStreamBuffer()
    buffer.add_data(body)
    return [(message.headers, message.payload) for message in buffer]


@given(MESSAGES, st.lists(st.integers(0, 2_000), max_size=8))
def test_reader_agrees_with_botocore_wherever_the_bytes_are_cut(
    messages: list[tuple[Headers, bytes]], cuts: list[int]
) -> None:
    """Every type of header, any payload, any cut."""
    body = b"".join(frame(headers, payload) for headers, payload in messages)
    edges = sorted({0, len(body), *(at % (len(body) + 1) for at in cuts)})
    got = read([body[a:b] for a, b in pairwise(edges)])
    plain = [
        (
            {n: v.bytes if isinstance(v, UUID) else v for n, v in one.headers.items()},
            one.payload,
        )
        for one in got
    ]
    assert plain == botocore_reads(body)
    assert [one.payload for one in got] == [payload for _, payload in messages]


def test_stream_survives_a_cut_at_every_byte() -> None:
    """One byte at a time says the same as all at once."""
    body = event("messageStart", {"role": "assistant"}) + event("metadata", {"usage": {}})
    whole = read([body])
    assert [one.word(":event-type") for one in whole] == ["messageStart", "metadata"]
    assert read([bytes([byte]) for byte in body]) == whole


BODY: Final = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hé"}})


@pytest.mark.parametrize("place", range(len(BODY)))
def test_every_wrong_bit_is_found(place: int) -> None:
    """Whatever byte is damaged on the way, nothing is made of the message."""
    damaged = bytearray(BODY)
    damaged[place] ^= 0x10
    with pytest.raises(UpstreamError) as caught:
        read([bytes(damaged)])
    assert caught.value.kind is FailureKind.DECODE
    assert "sum" in caught.value.message


def failure_of(parts: list[bytes]) -> FailureKind | None:
    """How reading these pieces fails."""
    try:
        read(parts)
    except UpstreamError as error:
        return error.kind
    return None


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_bytes_raise_anything_else(data: bytes, cut: int) -> None:
    """Foreign bytes are a typed failure or wait for more."""
    assert failure_of([data[:cut], data[cut:]]) in (None, FailureKind.DECODE)


@given(st.binary(max_size=60))
def test_malformed_headers_are_a_typed_failure(block: bytes) -> None:
    """Sums that are right around headers that are not."""
    prelude = struct.pack(">II", 16 + len(block), len(block))
    whole = prelude + struct.pack(">I", zlib.crc32(prelude)) + block
    whole += struct.pack(">I", zlib.crc32(whole))
    assert failure_of([whole]) in (None, FailureKind.DECODE)


@pytest.mark.parametrize(
    ("total", "headers"), [(15, 0), (2**31, 0), (MAX_HEADERS_B + 40, MAX_HEADERS_B + 1), (20, 10)]
)
def test_length_out_of_bounds_is_refused_before_it_is_held(total: int, headers: int) -> None:
    """An upstream cannot fill the memory by announcing much."""
    prelude = struct.pack(">II", total, headers)
    with pytest.raises(UpstreamError) as caught:
        read([prelude + struct.pack(">I", zlib.crc32(prelude))])
    assert caught.value.kind is FailureKind.DECODE


def test_payload_is_bounded() -> None:
    """The bound holds for what is really sent."""
    reader = Messages(limit_b=100)
    assert reader.feed(frame({}, b"x" * 100))[0].payload == b"x" * 100
    with pytest.raises(UpstreamError):
        reader.feed(frame({}, b"x" * 101))


def test_unfinished_message_says_nothing() -> None:
    """A connection that breaks in the middle leaves a cut."""
    reader = Messages()
    assert reader.feed(BODY[:-1]) == []
    assert reader.cut
    assert len(reader.feed(BODY[-1:])) == 1
    assert not reader.cut
