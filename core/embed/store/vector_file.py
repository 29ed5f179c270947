"""The vectors of one encoder on disk: a SQLite file, safe against kill -9, two writers and flipped bytes."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from collections.abc import Iterator, Sequence, Sized
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.embed.pooling import MEAN, POOLINGS
from core.embed.store.connection import Damaged, Unfinished, connect
from core.embed.store.schema import ABOUT_SQL, is_vector_file, is_vector_table, table_of, vectors_sql

log = logging.getLogger(__name__)

_AT_ONCE = 5_000  # texts looked up in one SELECT: 8 MB of vectors of 384


@dataclass(frozen=True)
class Space:
    """Which vectors may be compared: those of one encoder key (weights, number type, prefix, length).

    `name` is the encoder's name for a reader, `dim` the length of its vectors.
    """

    encoder: str
    name: str
    dim: int


class VectorFile:
    """One encoder's vectors, little-endian float32, one table per pooling, keyed by the SHA-256 of the text.

    Each has a checksum over encoder, pooling, text and vector, verified at each read. Used within one thread.
    A file made before a pooling was added lacks its table: it holds no vector of it until the next `write`.
    Every method raises `sqlite3.DatabaseError` where the disk, another process or damage gets in its way.
    """

    def __init__(self, path: Path, space: Space | None = None) -> None:
        """Open the file; with a space it is made where it is not there."""
        self.path = path
        self._connection = connect(path)
        try:
            if not self._tables():
                self._create(space)
            if not is_vector_file(self._tables()):
                raise Damaged("the tables are not those of a vector file")
            self.space = self._about()[0]
            if space and (space.encoder, space.dim) != (self.space.encoder, self.space.dim):
                raise Damaged("the file is of another encoder")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def entries(self) -> int:
        """How many texts have vectors."""
        return self._about()[1]

    def read(self, pooling: str, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Write the vectors of distinct texts into `vectors` `(n, dim)`; return which were found, `(n,)` bool.

        One that fails its checksum is deleted, logged and not found.
        """
        keys = [text_key(text) for text in texts]
        found = np.zeros(len(texts), bool)
        with self._transaction("BEGIN"):
            if table_of(pooling) not in self._tables():
                return found
            rows = self._rows(pooling, keys)
            order = np.argsort(rows, kind="stable")  # as they lie in the file
            order = order[rows[order] != 0]
            for start in range(0, len(order), _AT_ONCE):
                some = order[start : start + _AT_ONCE].tolist()
                place = dict(zip(rows[some].tolist(), some, strict=True))
                intact, blobs = self._vectors(pooling, place, keys)
                vectors[intact] = np.frombuffer(b"".join(blobs), "<f4").reshape(-1, self.space.dim)
                found[intact] = True
        self._delete(pooling, [keys[i] for i in order if not found[i]])
        return found

    def write(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Save the vectors `(poolings, n, dim)` of texts, in the order of `POOLINGS`, in one transaction.

        What is there already stays.
        """
        rows = np.ascontiguousarray(vectors, "<f4")
        keys = [text_key(text) for text in texts]
        with self._transaction():
            self._add_tables()
            for pooling, of_pooling in zip(POOLINGS, rows, strict=True):
                blobs = [row.tobytes() for row in of_pooling]
                seed = self._seed(pooling)
                checksums = [_checksum(seed, key, blob) for key, blob in zip(keys, blobs, strict=True)]
                added = self._connection.executemany(
                    f"INSERT OR IGNORE INTO {table_of(pooling)} (text, checksum, vector) VALUES (?, ?, ?)",
                    zip(keys, checksums, blobs, strict=True),
                ).rowcount
                self._count(pooling, added)

    def clear(self) -> tuple[int, bool]:
        """Remove every vector, free their disk space and close the file.

        Returns how many texts had vectors, and whether another process that is reading holds the space back
        until it has finished.
        """
        entries = self.entries
        try:
            with self._transaction():
                for table in filter(is_vector_table, self._tables()):
                    self._connection.execute(f"DELETE FROM {table}")
                self._connection.execute("UPDATE about SET entries = 0")
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA busy_timeout = 1000")
            (held_back, *_pages) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return entries, bool(held_back)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_FULL:
                raise
            self.close()
            self._remove()
            return entries, False
        finally:
            self.close()

    def _remove(self) -> None:
        """Remove the file itself, which writes nothing: not even a row can be deleted on a full disk."""
        with closing(sqlite3.connect(self.path, timeout=1, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # refused where another process has it open
            connection.execute("SELECT entries FROM about").fetchone()
            for suffix in ("-shm", "-wal", ""):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    @contextmanager
    def _transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _tables(self) -> dict[str, str]:
        """Return the statement that made each table."""
        query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"  # an index of UNIQUE has none
        return dict(self._connection.execute(query).fetchall())

    def _create(self, space: Space | None) -> None:
        if space is None:
            raise Unfinished
        with self._transaction():
            if self._tables():
                return  # another process was quicker
            self._connection.execute(ABOUT_SQL)
            self._add_tables()
            about = (space.encoder, space.name, space.dim)
            self._connection.execute("INSERT INTO about VALUES (?, ?, ?, 0)", about)

    def _add_tables(self) -> None:
        """Make the tables of poolings that the file does not have yet."""
        there = self._tables()
        for table in map(table_of, POOLINGS):
            if table not in there:
                self._connection.execute(vectors_sql(table))

    def _seed(self, pooling: str) -> int:
        return zlib.crc32(f"{self.space.encoder}\n{pooling}".encode())

    def _about(self) -> tuple[Space, int]:
        rows = self._connection.execute("SELECT encoder, name, dim, entries FROM about").fetchall()
        if len(rows) != 1 or [type(value) for value in rows[0]] != [str, str, int, int] or rows[0][2] < 1:
            raise Damaged("the file does not say which encoder it is of")
        return Space(*rows[0][:3]), rows[0][3]

    def _rows(self, pooling: str, keys: list[bytes]) -> np.ndarray:
        """Return the row number of each text's vector, `(n,)`; 0 where there is none."""
        rows: dict[bytes, int] = {}
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            query = f"SELECT text, rowid FROM {table_of(pooling)} WHERE text IN ({_marks(some)})"
            rows.update(self._connection.execute(query, some))
        return np.fromiter((rows.get(key, 0) for key in keys), np.int64, len(keys))

    def _vectors(
        self, pooling: str, place: dict[int, int], keys: list[bytes]
    ) -> tuple[list[int], list[bytes]]:
        """Return the places of those texts whose vectors are intact, and these; `place` has each row's text.

        Damage may have changed even the type of what is read.
        """
        query = f"SELECT rowid, checksum, vector FROM {table_of(pooling)} WHERE rowid IN ({_marks(place)})"
        seed, size = self._seed(pooling), 4 * self.space.dim
        places: list[int] = []
        blobs: list[bytes] = []
        for row, checksum, blob in self._connection.execute(query, list(place)):
            i = place[row]
            if isinstance(blob, bytes) and len(blob) == size and _checksum(seed, keys[i], blob) == checksum:
                places.append(i)
                blobs.append(blob)
        return places, blobs

    def _delete(self, pooling: str, keys: list[bytes]) -> None:
        if not keys:
            return
        log.warning("%d vectors in %s fail their checksum: they are computed anew", len(keys), self.path)
        with self._transaction():
            query = f"DELETE FROM {table_of(pooling)} WHERE text = ?"
            self._count(pooling, -self._connection.executemany(query, [(key,) for key in keys]).rowcount)

    def _count(self, pooling: str, added: int) -> None:
        """Save the number of texts: counting a million rows takes longer than a page may."""
        if pooling == MEAN:
            self._connection.execute("UPDATE about SET entries = entries + ?", (added,))


def text_key(text: str) -> bytes:
    """Return the SHA-256 of a text that is in NFC already."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def _checksum(seed: int, key: bytes, vector: bytes) -> int:
    return zlib.crc32(vector, zlib.crc32(key, seed))


def _marks(values: Sized) -> str:
    return ",".join("?" * len(values))
