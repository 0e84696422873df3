"""The database: private files, one owner, many processes, deadlines."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from another_process import locked

from turnout.core.clock import SYSTEM_CLOCK
from turnout.store.database import DATABASE_NAME, Database, StoreUnavailable
from turnout.store.folder import FolderInUse, FolderLock

_HOLD_LOCK = """
import sys
from pathlib import Path
from turnout.store.folder import FolderLock
FolderLock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""
_WRITE_FACTS = """
import asyncio, sys
from pathlib import Path
from turnout.core.clock import SYSTEM_CLOCK
from turnout.store.database import Database
database = Database.open(Path(sys.argv[1]), SYSTEM_CLOCK)
async def main():
    for number in range(50):
        await database.set_fact(f"{sys.argv[2]}-{number}", "x")
asyncio.run(main())
database.close()
"""


def modes(folder: Path) -> dict[str, str]:
    """File names with their permission bits."""
    return {path.name: oct(path.stat().st_mode & 0o777) for path in sorted(folder.iterdir())}


def test_folder_and_files_are_for_the_owner_alone(folder: Path) -> None:
    """0700 and 0600, also for what SQLite makes, also when the folder stood open before."""
    folder.mkdir(mode=0o755)
    database = Database.open(folder, SYSTEM_CLOCK)
    FolderLock.take(folder).release()
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert set(modes(folder).values()) == {"0o600"}
    assert f"{DATABASE_NAME}-wal" in modes(folder)
    database.close()


def test_second_gateway_is_told_who_is_there(folder: Path) -> None:
    """Two gateways on one folder would both replay the journal; the error names the first."""
    folder.mkdir()
    command = [sys.executable, "-c", _HOLD_LOCK, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderInUse, match=f"process {holder.pid}") as caught:
            FolderLock.take(folder)
        assert caught.value.pid == holder.pid
        holder.kill()
    FolderLock.take(folder).release()


def test_several_processes_write_at_once(folder: Path) -> None:
    """Commands beside a serving gateway wait their turn and lose nothing."""
    database = Database.open(folder, SYSTEM_CLOCK)
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITE_FACTS, str(folder), f"p{number}"])
        for number in range(2)
    ]

    async def write_here() -> int:
        for number in range(50):
            await database.set_fact(f"here-{number}", "x")
        return await database.changes()

    before = asyncio.run(write_here())
    assert [writer.wait(30) for writer in writers] == [0, 0]
    assert asyncio.run(database.changes()) != before
    count = asyncio.run(
        database.write(lambda db: db.execute("SELECT count(*) FROM meta").fetchone()[0])
    )
    assert count == 150
    database.close()


def test_own_writes_are_no_foreign_changes(folder: Path) -> None:
    """The gateway's own commits must not make it read all keys again twenty times a second."""
    database = Database.open(folder, SYSTEM_CLOCK)

    async def scenario() -> None:
        before = await database.changes()
        await database.set_fact("a", "1")
        assert await database.get_fact("a") == "1"
        assert await database.changes() == before

    asyncio.run(scenario())
    database.close()


def test_failed_job_leaves_nothing_behind(folder: Path) -> None:
    """A job is a transaction: its error reaches the caller, its writes do not reach the disk."""
    database = Database.open(folder, SYSTEM_CLOCK)

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO meta VALUES ('half', 'x')")
        connection.execute("INSERT INTO nowhere VALUES (1)")

    async def scenario() -> None:
        with pytest.raises(StoreUnavailable, match="nowhere"):
            await database.write(fail)
        assert await database.get_fact("half") is None

    asyncio.run(scenario())
    database.close()


def test_readers_cannot_write(folder: Path) -> None:
    """Only the writer thread's connection may change anything."""
    database = Database.open(folder, SYSTEM_CLOCK)
    with pytest.raises(StoreUnavailable, match="readonly"):
        database.read_now("set_fact", {"name": "a", "value": "b"})
    database.close()


def test_damaged_file_is_refused_at_open(folder: Path) -> None:
    """Not a database is an unavailable store, said with the folder's name."""
    folder.mkdir()
    (folder / DATABASE_NAME).write_bytes(b"this is no database, but long enough to look at" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        Database.open(folder, SYSTEM_CLOCK)


def test_closed_database_refuses_politely(folder: Path) -> None:
    """After close nothing hangs."""
    database = Database.open(folder, SYSTEM_CLOCK)
    database.close()
    database.close()
    with pytest.raises(StoreUnavailable):
        asyncio.run(database.get_fact("a"))
    with pytest.raises(StoreUnavailable):
        asyncio.run(database.set_fact("a", "b"))


def test_locked_store_answers_within_its_deadline(folder: Path) -> None:
    """Reads and writes fail in bounded time while another process owns the file, then recover."""
    database = Database.open(folder, SYSTEM_CLOCK, patience_s=0.5)

    async def scenario() -> None:
        with locked(folder):
            started = time.monotonic()
            with pytest.raises(StoreUnavailable):
                await database.get_fact("a")
            with pytest.raises(StoreUnavailable):
                await database.set_fact("a", "1")
            assert time.monotonic() - started < 2
        async with asyncio.timeout(10):
            await until_written(database)

    asyncio.run(scenario())
    database.close()


async def until_written(database: Database) -> None:
    """SQLite sleeps between its own retries: the first write after a lock may be late."""
    while True:
        try:
            await database.set_fact("a", "2")
            assert await database.get_fact("a") == "2"
        except StoreUnavailable:
            await asyncio.sleep(0.1)
        else:
            return
