"""The append-only journal: what is promised to a client is here before the client has it.

    <data>/journal/00000007.jsonl
        {"begin":{…Generation, state interrupted…},"crc":2846523110}
        {"end":{…Generation…},"crc":912334417}

A request writes `begin` when it is admitted and `end` before the last byte of its answer leaves.
A line is copied into a mapped file (`store.segment`), so it survives the death of the process at
once (the page cache is the kernel's); `fsync` makes it survive a power cut too, at a disk's price.
A segment is deleted when nothing in it is needed any more: each `begin` has its `end` in the
journal, each `end` is committed to SQLite. A process always starts a new segment; therefore a torn
line, recognised by its checksum, can only be the last of its segment.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Final, Literal, Self

import msgspec

from turnout.store.database import StoreUnavailable
from turnout.store.folder import open_folder
from turnout.store.segment import Segment

SEGMENT_BYTES: Final = 8 * 1024 * 1024
_SLACK_BYTES: Final = 64 * 1024
"""Room for the line that makes a segment full."""


class Line(msgspec.Struct, frozen=True):
    """One whole line; `body` is the JSON of a Generation."""

    kind: Literal["begin", "end"]
    body: bytes


class Damage(msgspec.Struct, frozen=True):
    """A line that cannot be trusted. Torn: the last one, cut by a crash, promised to nobody."""

    torn: bool
    size: int


class _Written(msgspec.Struct):
    crc: int
    begin: msgspec.Raw = msgspec.Raw()
    end: msgspec.Raw = msgspec.Raw()


_DECODER: Final = msgspec.json.Decoder(_Written)
_UNWRITTEN: Final = b"\0"


class Journal:
    """The writing side, of one process. Thread-safe."""

    def __init__(self, folder: Path, number: int, *, segment_bytes: int, fsync: bool) -> None:
        self.folder = folder
        self._number = number
        self._segment_bytes = segment_bytes
        self._fsync = fsync
        self._lock = Lock()
        self._begun: dict[str, int] = {}
        self._holds: dict[int, int] = {number: 0}
        self._segment = self._open(number)
        self._closed = False

    @classmethod
    def open(cls, folder: Path, *, segment_bytes: int = SEGMENT_BYTES, fsync: bool = False) -> Self:
        """A journal that starts a new segment after those that are there.

        Raises:
            OSError: The folder cannot be written.
        """
        files = open_folder(folder).iterdir()
        numbers = [segment_number(path) for path in files if path.stem.isdigit()]
        return cls(folder, max(numbers, default=0) + 1, segment_bytes=segment_bytes, fsync=fsync)

    @property
    def open_ids(self) -> frozenset[str]:
        """Generations that have begun and not ended."""
        with self._lock:
            return frozenset(self._begun)

    def begin(self, id: str, body: bytes) -> None:  # noqa: A002 (it is the record's own word)
        """Notes that a request was admitted.

        Raises:
            StoreUnavailable: The line could not be written; nothing was noted.
            ValueError: The id has begun already.
        """
        with self._lock:
            if id in self._begun:
                raise ValueError(f"generation {id} has begun twice")
            self._begun[id] = self._append(b"begin", body)

    def end(self, id: str, body: bytes) -> int:  # noqa: A002
        """Notes how a request ended; the number of the segment that now holds it.

        Raises:
            StoreUnavailable: The line could not be written; the id is still open.
            ValueError: The id has not begun, or has ended already.
        """
        with self._lock:
            begun_in = self._begun.get(id)
            if begun_in is None:
                raise ValueError(f"generation {id} has not begun, or has ended already")
            number = self._append(b"end", body)
            del self._begun[id]
            self._holds[begun_in] -= 1
            return number

    def give_up(self, id: str) -> None:  # noqa: A002
        """Forgets an open id whose end could not be written; its begin stays in the file."""
        with self._lock:
            self._begun.pop(id, None)

    def release(self, number: int, count: int) -> None:
        """Says that so many ends of a segment are committed elsewhere."""
        with self._lock:
            self._holds[number] -= count

    def idle(self) -> list[Path]:
        """Closed segments that nothing needs; the caller deletes them with `discard`."""
        with self._lock:
            free = [number for number, holds in self._holds.items() if not holds]
            return [segment_path(self.folder, n) for n in free if n != self._number]

    def discard(self, path: Path) -> None:
        """Deletes an idle segment."""
        with self._lock:
            del self._holds[segment_number(path)]
        path.unlink(missing_ok=True)

    def close(self) -> None:
        """Ends the writing; the last segment goes too when nothing in it is needed."""
        with self._lock:
            self._closed = True
            self._segment.close()
            if not self._holds[self._number]:
                segment_path(self.folder, self._number).unlink(missing_ok=True)

    def _append(self, kind: bytes, body: bytes) -> int:
        line = b'{"%b":%b,"crc":%d}\n' % (kind, body, zlib.crc32(body))
        if self._closed:
            raise StoreUnavailable("the journal cannot be written: it is closed")
        try:
            if self._segment.size >= self._segment_bytes or not self._segment.fits(line):
                self._rotate(len(line))
            self._segment.append(line)
        except OSError as error:
            raise StoreUnavailable(f"the journal cannot be written: {error.strerror}") from error
        self._holds[self._number] += 1
        return self._number

    def _rotate(self, room: int) -> None:
        fresh = self._open(self._number + 1, room)
        self._segment.close()
        self._segment = fresh
        self._number += 1
        self._holds[self._number] = 0

    def _open(self, number: int, room: int = 0) -> Segment:
        capacity = max(self._segment_bytes + _SLACK_BYTES, room)
        return Segment(segment_path(self.folder, number), capacity, fsync=self._fsync)


def segment_path(folder: Path, number: int) -> Path:
    """Where a segment lies."""
    return folder / f"{number:08d}.jsonl"


def segment_number(path: Path) -> int:
    """The number in a segment's name."""
    return int(path.stem)


def segments(folder: Path) -> list[Path]:
    """All segments, oldest first."""
    return sorted(path for path in folder.glob("*.jsonl") if path.stem.isdigit())


def read_segment(path: Path) -> Iterator[Line | Damage]:
    """The lines of a segment in order, damaged ones told apart.

    Raises:
        OSError: The file is gone or cannot be read.
    """
    with path.open("rb") as file:
        for raw in file:
            if not (line := raw.rstrip(_UNWRITTEN)):
                return  # the reserved rest of a segment whose process died
            yield _parse(line)


def _parse(raw: bytes) -> Line | Damage:
    torn = not raw.endswith(b"\n")
    try:
        written = _DECODER.decode(raw)
    except msgspec.DecodeError:
        return Damage(torn, len(raw))
    begin, end = bytes(written.begin), bytes(written.end)
    body = end or begin
    if zlib.crc32(body) != written.crc:
        return Damage(torn, len(raw))
    return Line("end" if end else "begin", body)
