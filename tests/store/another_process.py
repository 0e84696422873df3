"""Another process that owns the database exclusively for a while."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from turnout.store.database import DATABASE_NAME

# SQLite in WAL mode locks bytes 120..127 of the -shm file (sqlite.org/walformat.html, "Locks"). Who
# holds them all is what an exclusive owner of the database is: nobody else reads or writes.
_LOCKER = """
import fcntl, sys
with open(sys.argv[1], "r+b") as shm:
    fcntl.lockf(shm, fcntl.LOCK_EX, 8, 120)
    print("locked", flush=True)
    sys.stdin.read()
"""


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """While entered, nobody in this process can read or write the folder's database."""
    command = [sys.executable, "-c", _LOCKER, str(folder / f"{DATABASE_NAME}-shm")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as locker:
        assert locker.stdin is not None
        assert locker.stdout is not None
        assert locker.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            locker.stdin.close()
