"""The record of every request: journal first, then memory, then SQLite.

    begin ──▶ journal                          (admitted; a crash from here on is "interrupted")
    settle ─▶ journal ─▶ pending ─▶ writer thread: batches of 500 or 50 ms ─▶ SQLite
                 ▲          │ full                                              │ committed
                 └──────────┴── spilled: read again from the journal ◀──────────┘ segment deleted

`settle` returns when the record is in the journal: from then on no death of the process loses it.
Memory is bounded; what does not fit while SQLite is slow or locked stays in the journal alone and
is committed from there. Nothing is dropped, and a primary key keeps anything from counting twice.
"""

import asyncio
import logging
import sqlite3
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, Self

import msgspec

from turnout.core.clock import Clock
from turnout.core.money import Nusd
from turnout.core.types import Generation
from turnout.ledger import credits as movements
from turnout.ledger.generations import Record, decode, encode, insert, insert_fresh, stored
from turnout.ledger.recovery import BATCH, Recovered, prune, recover, sync_to_disk
from turnout.store.database import Database, StoreUnavailable
from turnout.store.folder import FolderLock, open_folder
from turnout.store.journal import SEGMENT_BYTES, Journal, Line, read_segment, segment_path
from turnout.store.transaction import transaction

_GATHER_S: Final = 0.05
_RETRY_S: Final = 0.25
_SEARCH_S: Final = 5.0
_PRUNE_HELPING: Final = 2000
_DAY_MS: Final = 86_400_000

Cursor = tuple[int, str]
"""(created_ms, id) of the last record of a page; the next page is what is older."""

log = logging.getLogger(__name__)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How much is kept, and how safely.

    Attributes:
        fsync: Survive a power cut too: every line of the journal waits for the disk.
        segment_bytes: Size from which on the journal starts a new file.
        pending_max: Records held in memory until they are committed; about 2 KB each.
        close_s: How long `close` may wait for SQLite.
    """

    fsync: bool = False
    segment_bytes: int = SEGMENT_BYTES
    pending_max: int = 8192
    close_s: float = 2.0


DEFAULTS: Final = Options()


class Ledger:
    """See the module. `begin`, `settle` and the reads belong to the event loop.

    Shared with the writer thread: `_pending`, `_queue` and `_spilled`, by single operations that
    are atomic in CPython, or under `_lock`.
    """

    def __init__(  # noqa: PLR0913 (its parts; `open` is the way to make one)
        self,
        *,
        database: Database,
        clock: Clock,
        journal: Journal,
        lock: FolderLock,
        on_settle: Callable[[Generation], None],
        recovered: Recovered,
        options: Options,
    ) -> None:
        self.recovered = recovered
        self._database = database
        self._clock = clock
        self._journal = journal
        self._journal_folder = journal.folder
        self._folder_lock = lock
        self._on_settle = on_settle
        self._used_nusd = _total_spend(database)
        self._options = options
        self._pending: dict[str, Generation] = {}
        self._queue: deque[tuple[Record, int | None]] = deque()
        self._held: list[tuple[Record, int | None]] = []
        self._spilled: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._flushing = False
        self._gathered = threading.Event()
        self._closing = threading.Event()
        self._failing = False

    @classmethod
    def open(
        cls,
        database: Database,
        clock: Clock,
        *,
        on_settle: Callable[[Generation], None],
        options: Options = DEFAULTS,
    ) -> Self:
        """The ledger of a data folder, after what a crash left behind was recovered; blocks.

        Args:
            database: Of the same folder; it outlives the ledger.
            clock: For the times of movements and prunings.
            on_settle: Called in `settle` with every record (spending counters, live feeds).
            options: See `Options`.

        Raises:
            FolderInUse: Another gateway serves from this folder.
            StoreUnavailable: The folder cannot be read or written.
        """
        lock = FolderLock.take(database.folder)
        try:
            folder = open_folder(database.folder / "journal")
            recovered = recover(database, folder)
            journal = Journal.open(folder, segment_bytes=options.segment_bytes, fsync=options.fsync)
            return cls(
                database=database,
                clock=clock,
                journal=journal,
                lock=lock,
                on_settle=on_settle,
                recovered=recovered,
                options=options,
            )
        except BaseException as error:
            lock.release()
            if isinstance(error, OSError):
                raise StoreUnavailable(f"the journal cannot be used: {error.strerror}") from error
            raise

    @property
    def database(self) -> Database:
        """Where the records end up, for `ledger.series`."""
        return self._database

    def begin(self, generation: Generation) -> None:
        """Notes that a request was admitted; the record as it is to read if the process dies now.

        Args:
            generation: State "interrupted", with id, key, time and whatever else is known already.

        Raises:
            StoreUnavailable: The journal cannot be written. What cannot be recorded is not served.
            ValueError: The id has begun already, or the state is another one.
        """
        if generation.state != "interrupted":
            raise ValueError(f"generation {generation.id} begins as {generation.state}")
        self._journal.begin(generation.id, encode(generation).body)

    def settle(self, generation: Generation) -> None:
        """Makes a record final; call it before the answer's last byte is sent.

        When the journal's disk fails now, the answer is not lost for it: the record goes on to
        SQLite from memory, and `begin` refuses new requests until the disk is back.

        Raises:
            ValueError: The id has not begun, or is settled already; or a cost is out of range.
        """
        record = encode(generation)
        segment = self._write_end(record)
        self._used_nusd += generation.cost_nusd
        if segment is not None and len(self._pending) >= self._options.pending_max:
            with self._lock:
                self._spilled[segment] += 1
        else:
            self._pending[generation.id] = generation
            self._queue.append((record, segment))
        if len(self._queue) >= BATCH:
            self._gathered.set()
        self._wake()
        self._on_settle(generation)

    @property
    def in_flight(self) -> int:
        """Requests that have begun and are not settled."""
        return len(self._journal.open_ids)

    @property
    def waiting(self) -> int:
        """Settled records that are not committed to SQLite yet."""
        with self._lock:
            return len(self._pending) + self._spilled.total()

    async def get(self, id: str) -> Generation | None:  # noqa: A002 (it is the record's own word)
        """The record of that id, from the moment it is settled; None when there is none.

        Raises:
            StoreUnavailable: It is not in memory and the store cannot be read.
        """
        found = self._pending.get(id)
        if found is None and self._spilled:
            found = await self._read_spilled(id)
        if found is not None:
            return found
        rows = await self._database.read("find_generation", {"id": id})
        return stored(rows[0]) if rows else None

    @property
    def not_stored(self) -> list[Generation]:
        """Records that are settled and perhaps not in SQLite yet; spilled ones are not among them.

        Taken before SQLite is asked, a record that is committed in between is seen twice, never
        not at all.
        """
        return list(self._pending.values())

    async def credits(self) -> tuple[Nusd, Nusd]:
        """Credit granted in all, and used in all (every settled record counts at once).

        Raises:
            StoreUnavailable: The store cannot be read.
        """
        return await movements.total_granted(self._database), Nusd(self._used_nusd)

    async def grant(self, nusd: Nusd, reason: str) -> None:
        """Appends a movement of credit; a negative one takes back.

        Raises:
            StoreUnavailable: It could not be stored.
        """
        await movements.grant(self._database, self._clock, nusd, reason)

    async def prune(self, before_ms: int) -> int:
        """Deletes records older than a moment, in helpings; how many. Their spending stays.

        Raises:
            StoreUnavailable: The store failed; helpings before that are gone.
            ValueError: The moment is less than a day ago.
        """
        if before_ms > self._clock.unix_ms() - _DAY_MS:
            raise ValueError("records of the last 24 hours are not pruned")
        pruned = 0
        while True:
            helping = await self._database.write(lambda db: prune(db, before_ms, _PRUNE_HELPING))
            pruned += helping
            if helping < _PRUNE_HELPING:
                return pruned

    async def close(self) -> None:
        """Commits what it can in time; the rest stays in the journal for the next start."""
        self._closing.set()
        self._gathered.set()
        try:
            async with asyncio.timeout(self._options.close_s):
                await asyncio.wrap_future(self._database.submit(self._drain))
        except (StoreUnavailable, TimeoutError, sqlite3.Error) as error:
            log.warning("records stay in the journal for the next start: %s", error)
        finally:
            self._journal.close()
            self._folder_lock.release()

    def _write_end(self, record: Record) -> int | None:
        generation = record.generation
        try:
            return self._journal.end(generation.id, record.body)
        except StoreUnavailable as error:
            log.error("generation %s is in memory only: %s", generation.id, error)  # noqa: TRY400 (a traceback says nothing more)
            self._journal.give_up(generation.id)
            return None

    def _wake(self) -> None:
        if self._flushing:
            return
        self._flushing = True
        try:
            self._database.submit(self._flush)
        except StoreUnavailable:
            # The next settlement tries again, and `close` does; the journal has it all the while.
            self._flushing = False

    def _flush(self, connection: sqlite3.Connection) -> None:
        """One batch, on the writer thread; other writers of the store get their turn after it."""
        self._gathered.wait(_GATHER_S)
        self._gathered.clear()
        # Cleared before the queue is read: who appends after that sends for us again.
        self._flushing = False
        try:
            self._commit_next(connection)
            self._failing = False
        except (sqlite3.Error, OSError) as error:
            if not self._failing:
                log.warning("records wait in the journal until the store is back: %s", error)
            self._failing = True
            self._closing.wait(_RETRY_S)
        if (self._queue or self._held or self._spilled) and not self._closing.is_set():
            self._wake()

    def _drain(self, connection: sqlite3.Connection) -> None:
        while self._queue or self._held or self._spilled:
            self._commit_next(connection)

    def _commit_next(self, connection: sqlite3.Connection) -> None:
        if not self._held:
            self._held = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
        if self._held:
            store_new(connection, [record for record, _ in self._held])
            held, self._held = self._held, []
            for segment, count in Counter(segment for _, segment in held).items():
                if segment is not None:
                    self._journal.release(segment, count)
            for record, _ in held:
                self._pending.pop(record.generation.id, None)
        if self._spilled and len(self._queue) < BATCH:
            self._commit_spilled(connection)
        self._discard_idle(connection)

    def _commit_spilled(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            segment, count = next(iter(self._spilled.items()))
        records = self._ends(segment)
        while batch := list(islice(records, BATCH)):
            with transaction(connection):
                insert(connection, batch)
        self._journal.release(segment, count)
        with self._lock:
            self._spilled[segment] -= count
            if not self._spilled[segment]:
                del self._spilled[segment]

    def _discard_idle(self, connection: sqlite3.Connection) -> None:
        idle = self._journal.idle()
        if idle:
            sync_to_disk(connection)
        for path in idle:
            self._journal.discard(path)

    def _ends(self, segment: int) -> Iterator[Record]:
        for line in read_segment(segment_path(self._journal_folder, segment)):
            if isinstance(line, Line) and line.kind == "end":
                yield Record(decode(line.body), line.body)

    async def _read_spilled(self, id: str) -> Generation | None:  # noqa: A002
        try:
            async with asyncio.timeout(_SEARCH_S):
                return await asyncio.to_thread(self._search, id)
        except TimeoutError as error:
            raise StoreUnavailable("the journal could not be read in time") from error

    def _search(self, id: str) -> Generation | None:  # noqa: A002
        with self._lock:
            spilled = list(self._spilled)
        for segment in spilled:
            try:
                for record in self._ends(segment):
                    if record.generation.id == id:
                        return record.generation
            except FileNotFoundError:
                continue  # committed in the meantime: SQLite has it
        return None


def store_new(connection: sqlite3.Connection, records: Sequence[Record]) -> None:
    """Commits a batch that is as good as certainly new.

    It is not after a commit whose success was lost on the way back (a full disk, a lock): then each
    record is looked up first.
    """
    try:
        with transaction(connection):
            insert_fresh(connection, records)
    except sqlite3.IntegrityError:
        with transaction(connection):
            insert(connection, records)


def _total_spend(database: Database) -> int:
    rows = database.read_now("total_spend")
    return int(rows[0]["nusd"] or 0)
