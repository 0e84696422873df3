"""One way to write: take the write lock first, commit whole, or leave nothing behind."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """A write transaction on a connection in autocommit mode.

    IMMEDIATE takes the write lock at once, so that two writers wait for each other here and never
    fail half-way because a read was promoted.

    Raises:
        sqlite3.OperationalError: Another process held the lock for longer than the busy timeout.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
