"""The grammar of server-sent events, line by line of its specification."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.core.errors import FailureKind, UpstreamError
from turnout.wire.sse import Frame, Frames

CASES: Final[tuple[tuple[bytes, list[bytes]], ...]] = (
    (b"data: a\n\n", [b"a"]),
    (b"data:a\n\n", [b"a"]),
    (b"data:  a\n\n", [b" a"]),
    (b"data: a\ndata: b\n\n", [b"a\nb"]),
    (b": comment\n\ndata: a\n\n", [b"a"]),
    (b": c\ndata: a\n: d\n\n", [b"a"]),
    (b"event: x\ndata: a\nid: 1\nretry: 5\n\n", [b"a"]),
    (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
    (b"\n\n\ndata: a\n\n\n\ndata: b\n\n", [b"a", b"b"]),
    (b"data\n\ndata: a\n\n", [b"a"]),
    (b"data: a\r\n\r\ndata: b\r\rdata: c\n\r\n", [b"a", b"b", b"c"]),
    (b"data: \xf0\x9f\x98\x80\n\n", ["😀".encode()]),
    (b"data: a\n", []),
    (b"unknown: x\ndata: a\n\n", [b"a"]),
)


@pytest.mark.parametrize(("body", "payloads"), CASES)
def test_payloads_come_out_wherever_the_bytes_are_cut(body: bytes, payloads: list[bytes]) -> None:
    """Whole, and cut in two at every byte, and byte by byte."""
    for cut in range(len(body) + 1):
        frames = Frames()
        assert frames.feed(body[:cut]) + frames.feed(body[cut:]) == payloads
    frames = Frames()
    got = [payload for byte in body for payload in frames.feed(bytes([byte]))]
    assert got == payloads


def test_names_come_with_their_payloads() -> None:
    """The variant for dialects that name their events."""
    frames = Frames()
    got = frames.frames(b"event: ping\ndata: 1\n\ndata: 2\n\nevent: end\n\n")
    assert got == [Frame("ping", b"1"), Frame("message", b"2")]


LINES: Final = st.lists(
    st.sampled_from(
        (
            "data: a",
            "data:b",
            "data:  c",
            "data: ",
            "data",
            "data: d: e",
            "event: x",
            "event:",
            "event:  y",
            "event: data: f",
            "id: 1",
            ": note",
            "foreign",
            "",
        )
    ),
    max_size=8,
)


def read_slowly(lines: list[str]) -> tuple[list[Frame], list[str]]:
    """Frames and foreign lines, line by line as the specification says."""
    found: list[Frame] = []
    foreign: list[str] = []
    name, texts = "", list[str]()
    for line in lines:
        field, colon, value = line.partition(":")
        value = value.removeprefix(" ") if colon else ""
        if not line:
            if "\n".join(texts):
                found.append(Frame(name or "message", "\n".join(texts).encode()))
            name, texts = "", []
        elif field == "data":
            texts.append(value)
        elif field == "event":
            name = value
        elif field not in ("id", "retry", ""):
            foreign.append(line)
    return found, foreign


@given(LINES)
def test_common_events_are_read_as_any_other(lines: list[str]) -> None:
    """The short way for an event in one read says what the specification says."""
    whole = [*lines, ""]
    expected, foreign = read_slowly(whole)
    body = "".join(f"{line}\n" for line in whole).encode()
    named, unnamed = Frames(), Frames()
    assert named.frames(b"data: 0\n\n") == [Frame("message", b"0")]
    assert unnamed.feed(b"data: 0\n\n") == [b"0"]
    assert named.frames(body) == expected
    assert unnamed.feed(body) == [frame.payload for frame in expected]
    assert named.stray == unnamed.stray == "".join(f"{line}\n" for line in foreign).encode()
    assert named.frames(b"data: 1\n\n") == [Frame("message", b"1")]


def test_last_event_needs_no_blank_line() -> None:
    """What the specification drops and upstreams rely on."""
    frames = Frames()
    assert frames.feed(b"data: a\n\ndata: b") == [b"a"]
    assert frames.end() == [b"b"]
    assert frames.end() == []


def test_unfinished_event_is_bounded() -> None:
    """An upstream that never ends an event cannot fill the memory."""
    frames = Frames(limit_b=1_000)
    frames.feed(b"data: " + b"x" * 900)
    with pytest.raises(UpstreamError) as caught:
        frames.feed(b"x" * 100)
    assert caught.value.kind is FailureKind.DECODE


def test_foreign_lines_are_kept_for_diagnosis() -> None:
    """HTML and bare JSON can be told from a stream."""
    frames = Frames()
    assert frames.feed(b"<html>\n<body>\n\n") == []
    assert frames.stray.startswith(b"<html>\n")
