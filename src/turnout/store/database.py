"""The one SQLite database: a writer thread, a few read-only connections, deadlines on both.

    any task ──▶ read(query) ──▶ one of `readers` threads, each with its own read-only connection
    any task ──▶ write(job) ──▶ bounded queue ──▶ the writer thread ──▶ one transaction per job

WAL lets readers go on while something is written, also by another process (`turnout keys create`
beside a serving gateway). synchronous=NORMAL: a crash of the process loses nothing, a power cut may
lose the last moments, never the database's consistency.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self, TypeVar

from turnout.core.clock import Clock
from turnout.core.errors import TurnoutError
from turnout.store.folder import open_folder, private_file
from turnout.store.migrations import migrate
from turnout.store.statements import SQL
from turnout.store.transaction import transaction

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]
Value = str | int | bytes | bool | None
Row = dict[str, Value]
Params = Mapping[str, Value]

DATABASE_NAME: Final = "turnout.sqlite"
_PAGE_BYTES: Final = 16 * 1024
"""A record is a kilobyte: with pages of four, each cost two writes to the WAL and one back."""
_WAL_BYTES: Final = 8 * 1024 * 1024
_QUEUED_JOBS: Final = 1024
_WAITING_READS: Final = 256
_BUSY_MS: Final = 2000
_PATIENCE_S: Final = 5.0
_NO_PARAMS: Final[Params] = {}


class StoreUnavailable(TurnoutError):  # noqa: N818 (named for the fact)
    """The store could not be read or written in time. Our fault, never the caller's."""


class Database:
    """See the module. Made by `open`, ended by `close`; both block and belong to start and stop."""

    def __init__(
        self, folder: Path, writer: sqlite3.Connection, *, readers: int, patience_s: float
    ) -> None:
        self.folder = folder
        self._patience_s = patience_s
        self._connection = writer
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(_QUEUED_JOBS)
        self._closed = False
        self._writer = threading.Thread(target=self._write_loop, name="turnout-store", daemon=True)
        self._writer.start()
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(readers, "turnout-read")
        self._free_reads = threading.Semaphore(_WAITING_READS)

    @classmethod
    def open(
        cls, folder: Path, clock: Clock, *, readers: int = 2, patience_s: float = _PATIENCE_S
    ) -> Self:
        """The database of a data folder, made and brought to the latest schema where needed.

        Args:
            folder: Made when missing, and closed to everybody else.
            clock: For the times of migrations.
            readers: Threads that read at the same time.
            patience_s: The deadline of every read and write, from asking to having.

        Raises:
            SchemaMismatch: A newer program has been here.
            StoreUnavailable: The file is locked by someone, damaged or not writable.
        """
        try:
            folder = open_folder(folder)
            private_file(folder / DATABASE_NAME)
        except OSError as error:
            raise StoreUnavailable(f"the data folder {folder} cannot be used: {error}") from error
        connection = sqlite3.connect(
            folder / DATABASE_NAME,
            timeout=_BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # Before the first page is written, or it has no effect.
            connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            _enter_wal(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_BYTES // _PAGE_BYTES}")
            migrate(connection, clock.unix_ms())
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.Error):
                raise StoreUnavailable(
                    f"the database of {folder} cannot be used: {error}"
                ) from error
            raise
        return cls(folder, connection, readers=readers, patience_s=patience_s)

    async def read(self, name: str, params: Params = _NO_PARAMS) -> list[Row]:
        """The rows of a named statement.

        Raises:
            StoreUnavailable: It failed, took too long, or too many reads are waiting already.
        """
        return await _within(self._submit_read(name, params), self._patience_s)

    def read_now(self, name: str, params: Params = _NO_PARAMS) -> list[Row]:
        """As `read`, blocking; for start-up and the command line.

        Raises:
            StoreUnavailable: As `read`.
        """
        try:
            return self._submit_read(name, params).result(self._patience_s)
        except (sqlite3.Error, TimeoutError) as error:
            raise _unavailable(error) from error

    async def write(self, job: Job[T]) -> T:
        """What the job returns, after its transaction was committed.

        Raises:
            StoreUnavailable: It failed (and left nothing behind) or its time ran out (then it may
                still be committed later).
        """
        return await _within(
            self.submit(lambda connection: _transact(connection, job)), self._patience_s
        )

    def write_now(self, job: Job[T]) -> T:
        """As `write`, blocking; for start-up and the command line.

        Raises:
            StoreUnavailable: As `write`.
        """
        future = self.submit(lambda connection: _transact(connection, job))
        try:
            return future.result(self._patience_s)
        except (sqlite3.Error, TimeoutError) as error:
            raise _unavailable(error) from error

    def submit(self, job: Job[T]) -> Future[T]:
        """Queues a job that brings its own transactions; its future ends on the writer thread.

        Raises:
            StoreUnavailable: The queue is full, or the database closed.
        """
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(job(self._connection))
            except BaseException as error:  # noqa: BLE001 (it is handed to whoever waits)
                future.set_exception(error)

        if self._closed:
            raise StoreUnavailable("the store is closed")
        try:
            self._jobs.put_nowait(run)
        except queue.Full as error:
            raise StoreUnavailable("too many writes to the store are waiting") from error
        return future

    async def changes(self) -> int:
        """A number that differs after another process has written, and only then.

        Asked of the writing connection, because `PRAGMA data_version` ignores one's own commits.

        Raises:
            StoreUnavailable: As `write`.
        """
        return await _within(self.submit(_data_version), self._patience_s)

    async def get_fact(self, name: str) -> str | None:
        """A fact about this installation, None when nobody has set it."""
        rows = await self.read("get_fact", {"name": name})
        return str(rows[0]["value"]) if rows else None

    async def set_fact(self, name: str, value: str) -> None:
        """Writes a fact about this installation."""
        await self.write(lambda db: db.execute(SQL["set_fact"], {"name": name, "value": value}))

    def close(self) -> None:
        """Ends what was queued, then the threads and connections. Once is enough, twice is fine."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown(wait=True, cancel_futures=True)
        for connection in self._opened:
            connection.close()
        self._connection.close()

    def _write_loop(self) -> None:
        while (run := self._jobs.get()) is not None:
            run()

    def _submit_read(self, name: str, params: Params) -> Future[list[Row]]:
        if self._closed or not self._free_reads.acquire(blocking=False):
            raise StoreUnavailable("the store is closed, or too many reads are waiting for it")
        future = self._readers.submit(self._read, SQL[name], params)
        future.add_done_callback(lambda _: self._free_reads.release())
        return future

    def _read(self, sql: str, params: Params) -> list[Row]:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open_reader()
        cursor = connection.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _open_reader(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{(self.folder / DATABASE_NAME).as_uri()}?mode=ro",
            uri=True,
            timeout=_BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        self._opened.append(connection)
        return connection


def _transact(connection: sqlite3.Connection, job: Job[T]) -> T:
    with transaction(connection):
        return job(connection)


def _data_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Two processes that make the same database at once may find it busy, whatever the timeout."""
    for attempt in range(20):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if attempt == 19:
                raise
            threading.Event().wait(0.05)
        else:
            return


def _unavailable(error: Exception) -> StoreUnavailable:
    if isinstance(error, TimeoutError):
        return StoreUnavailable("the store did not answer in time")
    return StoreUnavailable(f"the store failed: {error}")


async def _within(future: Future[T], deadline_s: float) -> T:
    try:
        async with asyncio.timeout(deadline_s):
            return await asyncio.wrap_future(future)
    except (sqlite3.Error, TimeoutError) as error:
        raise _unavailable(error) from error
