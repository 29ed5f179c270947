"""Vectors on disk: a folder of the workspace with one file per encoder, shared by all processes."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np

from core.embed.store.connection import Damaged, Unfinished
from core.embed.store.vector_file import Space, VectorFile
from core.errors import Message, UserError
from core.files import disk_errors
from core.locale import N_
from core.settings import private_folder, settings

__all__ = ["EncoderSize", "Pruned", "Space", "VectorStore"]

log = logging.getLogger(__name__)

T = TypeVar("T")
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_ERRNO = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
}


@dataclass(frozen=True)
class EncoderSize:
    """How much the store holds of one encoder key: `entries` texts, each in all poolings; megabytes on disk."""

    encoder: str
    name: str
    dim: int
    entries: int
    megabytes: float


@dataclass(frozen=True)
class Pruned:
    """What was removed: vectors of `entries` texts; `megabytes` of disk space are free again."""

    name: str
    entries: int
    megabytes: float
    waiting: bool = False
    """Whether another process still reads them: the space comes back when it has finished."""

    def message(self) -> Message:
        """Say it to a user."""
        template = (
            N_(
                "{name}: the vectors of {entries:,} headlines were removed. Their disk space comes back when "
                "another process that is reading them has finished."
            )
            if self.waiting
            else N_(
                "{name}: the vectors of {entries:,} headlines were removed; {megabytes:,.1f} MB are free again."
            )
        )
        return Message(template, {"name": self.name, "entries": self.entries, "megabytes": self.megabytes})


class VectorStore:
    """The store of one workspace, used as a context manager within one thread.

    A file that is damaged beyond single vectors is set aside (logged, its name ending in `.damaged`) and a new
    one is begun: its vectors are then not found, and are computed anew.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or settings().home / "vectors"
        self._files: dict[Path, VectorFile] = {}
        self._inodes: dict[Path, int] = {}  # of each file as it was opened

    def __enter__(self) -> VectorStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every file."""
        while self._files:
            self._files.popitem()[1].close()

    def path(self, encoder: str) -> Path:
        """Return where the vectors of an encoder key are saved."""
        return self.folder / f"{hashlib.sha256(encoder.encode()).hexdigest()[:32]}.sqlite"

    def get(
        self, space: Space, pooling: str, texts: Sequence[str], out: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the vectors `(n, dim)` float32 of distinct texts and which were found, `(n,)` bool.

        They are written into `out` where it is given; rows that are not found are left as they are, zeros
        without `out`. No second copy of the vectors is made.
        """
        vectors = np.zeros((len(texts), space.dim), np.float32) if out is None else out
        path = self.path(space.encoder)
        if not path.is_file():
            return vectors, np.zeros(len(texts), bool)
        return vectors, self._work(path, space, lambda file: file.read(pooling, texts, vectors))

    def put(self, space: Space, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Save the vectors `(poolings, n, dim)` of texts, in the order of `POOLINGS`, in one transaction.

        What is there already stays. Raises `UserError` where the disk is full or cannot be written.
        """
        self._work(self.path(space.encoder), space, lambda file: file.write(texts, vectors))

    def sizes(self, on_error: Callable[[UserError], object] = log.warning) -> list[EncoderSize]:
        """Return how much is saved of each encoder, the largest first; those of which nothing is saved are left out.

        A file that cannot be read now is left out, and why is given to `on_error`.
        """
        sizes = []
        for path in sorted(self.folder.glob("*.sqlite")):
            try:
                sizes.append(self._size(path))
            except UserError as error:
                on_error(error)
        filled = [size for size in sizes if size and size.entries]
        return sorted(filled, key=lambda size: (-size.megabytes, size.name))

    def prune(self, encoder: str) -> Pruned:
        """Remove every vector of an encoder, given by its key or its name, and free their disk space.

        Raises `UserError` where nothing is saved of it, where a file cannot be read that may be its own, and where
        another process is writing.
        """
        faults: list[UserError] = []
        sizes = [size for size in self.sizes(faults.append) if encoder in (size.encoder, size.name)]
        if not sizes:
            raise (
                faults[0]
                if faults
                else UserError(N_("The store holds no vectors of the encoder {name}."), name=encoder)
            )
        removed = [self._clear(size) for size in sizes]
        return Pruned(
            sizes[0].name,
            sum(one.entries for one in removed),
            sum(one.megabytes for one in removed),
            any(one.waiting for one in removed),
        )

    def _size(self, path: Path) -> EncoderSize | None:
        try:
            entries, space = self._attempt(path, None, lambda file: (file.entries, file.space))
            if self.path(space.encoder) != path:
                raise Damaged("the encoder's key is not that of the file's name")
        except Unfinished:
            return None
        except Damaged:
            self._set_aside(path)
            return None
        return EncoderSize(space.encoder, space.name, space.dim, entries, _megabytes(path))

    def _clear(self, size: EncoderSize) -> Pruned:
        path = self.path(size.encoder)
        before = _megabytes(path)
        try:
            entries, waiting = self._attempt(path, None, VectorFile.clear)
        except Damaged:
            self._set_aside(path)
            entries, waiting = size.entries, False
        finally:
            self._files.pop(path, None)  # it is closed
        with disk_errors(path):
            path.with_suffix(".damaged").unlink(missing_ok=True)
        return Pruned(size.name, entries, max(before - _megabytes(path), 0.0), waiting)

    def _work(self, path: Path, space: Space, work: Callable[[VectorFile], T]) -> T:
        """Do some work on an encoder's file; where it turns out to be damaged, on a new one."""
        try:
            return self._attempt(path, space, work)
        except Damaged:
            self._set_aside(path)
        return self._attempt(path, space, work)

    def _attempt(self, path: Path, space: Space | None, work: Callable[[VectorFile], T]) -> T:
        """Do some work on a file; what disk, permission and other writers say becomes a sentence for the user."""
        with disk_errors(path):
            try:
                return work(self._opened(path, space))
            except (Damaged, Unfinished, sqlite3.ProgrammingError):
                raise
            except sqlite3.DatabaseError as error:
                code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
                if code in _DAMAGED or (code == sqlite3.SQLITE_READONLY and os.access(path, os.W_OK)):
                    raise Damaged(str(error)) from error
                if code in _BUSY:
                    raise UserError(
                        N_(
                            "Another process has been writing to {file} for too long. Try again when it has finished."
                        ),
                        file=str(path),
                    ) from error
                raise OSError(_ERRNO.get(code, errno.EIO), str(error)) from error

    def _opened(self, path: Path, space: Space | None) -> VectorFile:
        if path not in self._files:
            private_folder(path.parent)
            try:
                self._files[path] = VectorFile(path, space)
            finally:
                self._inodes[path] = _inode(path)  # SQLite may have made the file just now
        return self._files[path]

    def _set_aside(self, path: Path) -> None:
        """Rename a damaged file, unless another process has done so since it was opened here."""
        if path in self._files:
            self._files.pop(path).close()
        if _inode(path) != self._inodes[path]:
            return
        log.error("%s is damaged: it is set aside, and its vectors are computed anew", path)
        with disk_errors(path), suppress(FileNotFoundError):  # another process was quicker
            for suffix in ("-shm", "-wal"):  # before the file itself: a new one must never meet the old one's
                Path(f"{path}{suffix}").unlink(missing_ok=True)
            path.replace(path.with_suffix(".damaged"))


def _inode(path: Path) -> int:
    return path.stat().st_ino if path.is_file() else 0


def _megabytes(path: Path) -> float:
    files = (path, Path(f"{path}-wal"))
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
