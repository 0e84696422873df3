"""The journal: what is written is read back, what is cut is recognised, what is done with goes."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.store.database import StoreUnavailable
from turnout.store.journal import Damage, Journal, Line, read_segment, segments

# A disk that fills up: the open segment has its room, the next one gets none.
_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from turnout.store.database import StoreUnavailable
from turnout.store.journal import Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal.open(Path(sys.argv[1]), segment_bytes=2000)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
noted = 0
try:
    for number in range(1000):
        journal.begin(str(number), b'{"id":"%d"}' % number)
        noted += 1
except StoreUnavailable:
    print(noted)
"""


def write_segment(folder: Path, bodies: list[bytes]) -> Path:
    """A segment of begin lines with those bodies."""
    journal = Journal.open(folder)
    for number, body in enumerate(bodies):
        journal.begin(str(number), body)
    journal.close()
    return segments(folder)[-1]


def test_lines_are_read_back_in_order(folder: Path) -> None:
    """Begin and end lines carry their bodies byte for byte."""
    journal = Journal.open(folder)
    journal.begin("a", b'{"id":"a"}')
    journal.end("a", b'{"id":"a","x":"\xc3\xa4\\n"}')
    assert list(read_segment(segments(folder)[0])) == [
        Line("begin", b'{"id":"a"}'),
        Line("end", b'{"id":"a","x":"\xc3\xa4\\n"}'),
    ]
    journal.close()


def test_line_torn_at_any_byte_is_recognised(folder: Path) -> None:
    """However much of the last line the crash left, the lines before it stand.

    Only a line that lacks nothing but its newline is still good: its checksum says so.
    """
    path = write_segment(folder, [b'{"id":"a"}', b'{"id":"b","text":"{\\"end\\":1}"}'])
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert list(read_segment(path)) == [
            Line("begin", b'{"id":"a"}'),
            Damage(torn=True, size=cut - first),
        ], cut


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_flipped_bit_never_passes_for_a_record(
    tmp_path_factory: pytest.TempPathFactory, position: int, bit: int
) -> None:
    """A line that went bad on the disk is told apart; it is not a torn one."""
    bodies = [b'{"id":"gen-1","cost_nusd":100}', b'{"id":"gen-2"}']
    path = write_segment(tmp_path_factory.mktemp("journal"), bodies)
    content = bytearray(path.read_bytes())
    position %= content.index(b"\n")
    content[position] ^= 1 << bit
    path.write_bytes(bytes(content))
    bodies_read = [line.body for line in read_segment(path) if isinstance(line, Line)]
    assert bodies_read == [bodies[1]]


def test_full_disk_is_refused_and_leaves_no_half_line(folder: Path) -> None:
    """A segment's room is reserved before it is used: every line noted is whole, no other there."""
    found = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(folder)], capture_output=True, check=True, text=True
    )
    lines = list(read_segment(segments(folder)[0]))
    assert len(lines) == int(found.stdout) > 10
    assert all(isinstance(line, Line) for line in lines)


def test_ids_begin_once_and_end_once(folder: Path) -> None:
    """Twice is a mistake of the program, and is said loudly."""
    journal = Journal.open(folder)
    journal.begin("a", b"{}")
    with pytest.raises(ValueError, match="twice"):
        journal.begin("a", b"{}")
    journal.end("a", b"{}")
    with pytest.raises(ValueError, match="ended already"):
        journal.end("a", b"{}")
    with pytest.raises(ValueError, match="has not begun"):
        journal.end("b", b"{}")
    journal.close()


def test_segment_goes_when_nothing_in_it_is_needed(folder: Path) -> None:
    """A segment stays while it holds an open begin or an end that is not committed."""
    journal = Journal.open(folder, segment_bytes=1)
    journal.begin("a", b"{}")  # segment 1
    number = journal.end("a", b"{}")  # segment 2
    journal.begin("b", b"{}")  # segment 3
    assert [path.name for path in journal.idle()] == ["00000001.jsonl"]
    journal.discard(journal.idle()[0])
    assert journal.idle() == []
    journal.release(number, 1)
    assert [path.name for path in journal.idle()] == ["00000002.jsonl"]
    journal.close()
    assert [path.name for path in segments(folder)] == ["00000002.jsonl", "00000003.jsonl"]


def test_new_journal_never_appends_to_an_old_segment(folder: Path) -> None:
    """A torn line can only be a segment's last, because nobody writes after it."""
    write_segment(folder, [b"{}"]).rename(folder / "00000041.damaged")
    assert write_segment(folder, [b"{}"]).name == "00000042.jsonl"


def test_fsync_is_a_choice(folder: Path) -> None:
    """With it on, lines still come back."""
    journal = Journal.open(folder, fsync=True)
    journal.begin("a", b"{}")
    journal.close()
    assert list(read_segment(segments(folder)[0])) == [Line("begin", b"{}")]


def test_closed_file_is_an_unavailable_store(folder: Path) -> None:
    """What the kernel refuses comes out as our error, not as an OSError."""
    journal = Journal.open(folder)
    journal.close()
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        journal.begin("a", b"{}")
