"""Vectors on disk: one SQLite file in the workspace, safe against kill -9, two writers and flipped bytes."""

from __future__ import annotations

import errno
import hashlib
import logging
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from core.embed.pooling import POOLINGS, Pooling
from core.errors import UserError
from core.files import disk_errors
from core.locale import N_
from core.settings import private_folder, settings

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS spaces (
    id INTEGER PRIMARY KEY, encoder TEXT NOT NULL, pooling TEXT NOT NULL,
    dim INTEGER NOT NULL, name TEXT NOT NULL,
    UNIQUE (encoder, pooling));
CREATE TABLE IF NOT EXISTS vectors (
    space INTEGER NOT NULL, text BLOB NOT NULL, checksum INTEGER NOT NULL, vector BLOB NOT NULL,
    UNIQUE (space, text));
"""
_BUSY_SECONDS = 30
_AT_ONCE = 500  # keys in one SELECT
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_ERRNO = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
}


@dataclass(frozen=True)
class Space:
    """Which vectors may be compared: those of one encoder key (weights, number type, prefix, length).

    `name` is the encoder's name for a reader, `dim` the length of its vectors.
    """

    encoder: str
    name: str
    dim: int


@dataclass(frozen=True)
class SpaceSize:
    """How much the store holds of one encoder key in one pooling."""

    encoder: str
    name: str
    pooling: Pooling
    dim: int
    entries: int
    megabytes: float


class VectorStore:
    """The store of one workspace, used as a context manager within one thread.

    Every vector is kept as little-endian float32 under its space, its pooling and the SHA-256 of its text,
    with a checksum that is verified at each read: one that fails is deleted, logged and reported as missing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings().home / "vectors.sqlite"
        self._connection = self._open()

    def __enter__(self) -> VectorStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def get(self, space: Space, pooling: Pooling, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the vectors `(n, dim)` float32 of distinct texts and which were found, `(n,)` bool."""
        vectors = np.zeros((len(texts), space.dim), np.float32)
        found = np.zeros(len(texts), bool)
        place = {text_key(text): i for i, text in enumerate(texts)}
        bad: list[bytes] = []
        good: list[int] = []
        blobs: list[bytes] = []
        with self._guarded():
            number = self._number(space, pooling)
            for key, checksum, blob in self._rows(number, list(place)) if number else ():
                if len(blob) == 4 * space.dim and _checksum(key, blob) == checksum:
                    good.append(place[key])
                    blobs.append(blob)
                else:
                    bad.append(key)
            self._delete(number, bad)
        if good:
            vectors[good] = np.frombuffer(b"".join(blobs), "<f4").reshape(-1, space.dim)
            found[good] = True
        return vectors, found

    def put(self, space: Space, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Keep the vectors `(3, n, dim)` of texts, in the order of `POOLINGS`, in one transaction.

        What is there already stays. Raises `UserError` where the disk is full or cannot be written.
        """
        rows = np.ascontiguousarray(vectors, "<f4")
        keys = [text_key(text) for text in texts]
        with self._guarded(), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for pooling, of_pooling in zip(POOLINGS, rows, strict=True):
                number = self._number(space, pooling, create=True)
                blobs = [row.tobytes() for row in of_pooling]
                self._connection.executemany(
                    "INSERT OR IGNORE INTO vectors (space, text, checksum, vector) VALUES (?, ?, ?, ?)",
                    [(number, k, _checksum(k, blob), blob) for k, blob in zip(keys, blobs, strict=True)],
                )

    def sizes(self) -> list[SpaceSize]:
        """Return how much is kept, per encoder key and pooling."""
        query = """SELECT encoder, name, pooling, dim, (SELECT COUNT(*) FROM vectors WHERE space = spaces.id)
                   FROM spaces ORDER BY id"""
        with self._guarded():
            rows = self._connection.execute(query).fetchall()
        return [SpaceSize(e, n, Pooling(p), d, count, count * d * 4 / 1e6) for e, n, p, d, count in rows]

    def _open(self) -> sqlite3.Connection:
        with disk_errors(self.path):
            private_folder(self.path.parent)
        with self._guarded():
            try:
                return _connect(self.path)
            except sqlite3.DatabaseError as error:
                if _code(error) not in _DAMAGED:
                    raise
                self._set_aside()
                return _connect(self.path)

    def _set_aside(self) -> None:
        log.error("%s is damaged: it is set aside and a new store is begun", self.path)
        self.path.replace(self.path.with_suffix(".damaged"))
        for suffix in ("-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn what SQLite says about disk, permission and other writers into a sentence for the user."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = _code(error)
            if code in _BUSY:
                raise UserError(
                    N_("Another process has been writing to {file} for too long. Try again when it is done."),
                    file=str(self.path),
                ) from error
            if code in _DAMAGED:
                self._connection.close()
                self._set_aside()
                self._connection = _connect(self.path)
                raise UserError(
                    N_(
                        "The store of embeddings {file} was damaged and has been set aside. Start again: "
                        "the headlines are embedded anew."
                    ),
                    file=str(self.path),
                ) from error
            with disk_errors(self.path):
                raise OSError(_ERRNO.get(code, errno.EIO), str(error)) from error

    def _number(self, space: Space, pooling: Pooling, create: bool = False) -> int:
        """Return the number of a space in one pooling; 0 where it is not there."""
        if create:
            self._connection.execute(
                "INSERT OR IGNORE INTO spaces (encoder, pooling, dim, name) VALUES (?, ?, ?, ?)",
                (space.encoder, pooling.value, space.dim, space.name),
            )
        row = self._connection.execute(
            "SELECT id FROM spaces WHERE encoder = ? AND pooling = ?", (space.encoder, pooling.value)
        ).fetchone()
        return row[0] if row else 0

    def _rows(self, number: int, keys: list[bytes]) -> Iterator[tuple[bytes, int, bytes]]:
        """Yield text key, checksum and vector of those keys that are there."""
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT text, checksum, vector FROM vectors WHERE space = ? AND text IN ({marks})"
            yield from self._connection.execute(query, (number, *some))

    def _delete(self, number: int, keys: list[bytes]) -> None:
        if not keys:
            return
        log.warning("%d vectors in %s fail their checksum: they are computed anew", len(keys), self.path)
        with self._connection:
            self._connection.executemany(
                "DELETE FROM vectors WHERE space = ? AND text = ?", [(number, key) for key in keys]
            )


def text_key(text: str) -> bytes:
    """Return the SHA-256 of a text that is in NFC already."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def _checksum(key: bytes, vector: bytes) -> int:
    return zlib.crc32(vector, zlib.crc32(key))


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
