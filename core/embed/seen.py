"""What an encoder tuned here has seen: the texts and sessions that its training learned from.

A later run that tests on them would be told too good a story. Texts are kept as hashes of their near-duplicate key, so
that a retelling in other brackets is known again and the folder gives no headline away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.data.near_duplicates import key
from core.embed.checkpoint.path import local_folder
from core.errors import Message
from core.locale import P_
from core.settings import settings

FILE = "seen.npz"
TUNED = "tuned:"  # before the folder's name in the id of an encoder tuned here; no hub id holds a colon


@dataclass(frozen=True, eq=False)
class Seen:
    """What was learned from: `texts` `(n,)` uint64 hashes and `sessions` `(m,)` datetime64[D], each once, ascending."""

    texts: np.ndarray
    sessions: np.ndarray

    @classmethod
    def of(cls, texts: Iterable[str], sessions: Iterable[pd.Timestamp]) -> Seen:
        """Return what a training on these texts and sessions (NaT where unknown) has seen."""
        days = np.array(pd.Series(sessions, dtype="datetime64[ns]").dropna(), "datetime64[D]")
        return cls(np.unique(_hashes(texts)), np.unique(days))

    def with_(self, other: Seen | None) -> Seen:
        """Return what either has seen: an encoder tuned twice has seen both."""
        if other is None:
            return self
        return Seen(np.union1d(self.texts, other.texts), np.union1d(self.sessions, other.sessions))

    def has_text(self, texts: Iterable[str]) -> np.ndarray:
        """Say which texts, or a rewording in brackets and spaces alone, were learned from, `(n,)` bool."""
        return np.isin(_hashes(texts), self.texts)

    def rows(self, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        """Say which of the rows at these positions have a text or a session that was learned from, `(n,)` bool."""
        frame = dataset.frame.iloc[rows]
        days = np.array(frame["session"], "datetime64[D]")
        return self.has_text(frame["headline"]) | np.isin(days, self.sessions)

    def save(self, folder: Path) -> None:
        """Write the file that `read` reads into an encoder's folder."""
        np.savez_compressed(folder / FILE, texts=self.texts, sessions=self.sessions)

    @property
    def words(self) -> Message:
        """What the encoder was tuned on, in a sentence."""
        if not len(self.sessions):
            return Message(
                P_("Tuned here on {n:,} text without a date.", "Tuned here on {n:,} texts without a date."),
                {"n": len(self.texts)},
            )
        first, last = (str(day) for day in self.sessions[[0, -1]])
        return Message(
            P_(
                "Tuned here on {n:,} text of the sessions from {first} to {last}: a test on those is no test.",
                "Tuned here on {n:,} texts of the sessions from {first} to {last}: a test on those is no test.",
            ),
            {"n": len(self.texts), "first": first, "last": last},
        )


def read(folder: Path | None) -> Seen | None:
    """Return what the encoder in a folder has seen; None where it was not tuned here."""
    file = folder / FILE if folder else None
    if file is None or not file.is_file():
        return None
    status = file.stat()
    return _read(file, status.st_mtime_ns, status.st_size)


def seen_of(encoder: str) -> Seen | None:
    """Return what an encoder, by its id or its folder's path, has seen; None where it was not tuned here."""
    if encoder.startswith(TUNED):
        return read(settings().home / "encoders" / "tuned" / encoder.removeprefix(TUNED))
    return read(local_folder(encoder))


def seen_by(encoder: str, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Say which of a dataset's rows at these positions an encoder learned from, `(n,)` bool: by text or session."""
    seen = seen_of(encoder)
    return np.zeros(len(rows), bool) if seen is None else seen.rows(dataset, rows)


@lru_cache(maxsize=32)
def _read(file: Path, _modified: int, _size: int) -> Seen:
    with np.load(file, allow_pickle=False) as arrays:
        return Seen(arrays["texts"], arrays["sessions"])


def _hashes(texts: Iterable[str]) -> np.ndarray:
    digests = (
        hashlib.blake2b(key(text).encode("utf-8", "replace"), digest_size=8).digest() for text in texts
    )
    return np.array([int.from_bytes(digest, "big") for digest in digests], np.uint64)
