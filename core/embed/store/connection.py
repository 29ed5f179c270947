"""A connection to a SQLite file that several processes read and write, and what can be wrong with the file."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

BUSY_SECONDS = 30.0
_CACHE_KB = 65_536  # holds the index of a million texts


class Damaged(sqlite3.DatabaseError):
    """The file does not hold what this module writes."""


class Unfinished(sqlite3.DatabaseError):
    """Another process is about to make the file's tables, or was ended before it did."""


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch a new file to write-ahead logging: SQLite itself doesn't wait while another process does the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def connect(path: Path) -> sqlite3.Connection:
    """Open a file, new or not, in write-ahead mode; raises `Damaged` for one that is no SQLite file of ours."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        connection.execute("PRAGMA page_size = 16384")
        _write_ahead(connection)
        connection.execute(
            "PRAGMA synchronous = NORMAL"
        )  # in WAL mode kill -9 loses nothing, a power cut a batch
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA secure_delete = OFF")  # hashes and vectors need not be wiped
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    except sqlite3.Error as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_ERROR:  # such as "unsupported file format"
            raise Damaged(str(error)) from error
        raise
    return connection
