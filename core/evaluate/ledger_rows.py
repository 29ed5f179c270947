"""What a holdout is to the ledger: its headlines on their days, whatever table, spelling, roles or unit."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.data.dataset import Dataset
from core.data.near_duplicates import key
from core.evaluate.min_hashes import BANDS, bands, recurring

UNKNOWN = np.iinfo(np.int32).min  # the day of a row without a session
NEAR_SHARE = 0.2
FEWEST_NEAR = 5
_FIELDS = [("key", "<u8"), ("day", "<i4"), ("bands", "<u4", (BANDS,)), ("alone", "?", (BANDS,))]
_MARKS = tuple(field[0] for field in _FIELDS)
_MARK, _SAVED = np.dtype(_FIELDS), np.dtype([("keys", "<u8", (2,)), *_FIELDS])


@dataclass(frozen=True, eq=False)
class Rows:
    """A set of rows, each known by its headline and the session that it belongs to.

    A row is another one where the headlines have the same letters and digits (`near_duplicates.key`: not the
    punctuation, blanks, brackets or case) on the same session, or where one of them has no session. Rows are also
    found with other sessions and small edits, but only many at a time: where at least `NEAR_SHARE` of the smaller
    set (and `FEWEST_NEAR` headlines) are nearly equal (`min_hashes`), not counting what stands on several sessions
    in the tables of both. So a wording that returns makes no row of another day the same, and a copy of a table whose
    sessions were moved is the same.

    No other features, target, company column or unit makes other rows of them; a headline that stands in two
    companies' tables on one day is one row.

    `marks (n,)` has of each row the hash of its key, the day from 1970, its bands and which of these stand `alone`, on
    one session of the table. It is None for rows that an earlier version saved, which are known by `keys (n, 2)`
    alone: hashes of the headline as it is spelled, and of headline and session (0 where the table has no sessions).
    Every version names rows by these.
    """

    keys: np.ndarray
    marks: np.ndarray | None = None

    @classmethod
    def of(cls, dataset: Dataset, positions: np.ndarray) -> Rows:
        """Return the rows at these positions in the dataset's frame, each once."""
        return cls.listed(dataset).take(positions).distinct()

    @classmethod
    def listed(cls, dataset: Dataset) -> Rows:
        """Return every row of a dataset in the order of its frame."""
        return cls.of_headlines(dataset.headlines, dataset.frame["session"].to_numpy())

    @classmethod
    def of_headlines(cls, headlines: Sequence[str], sessions: np.ndarray) -> Rows:
        """Return the rows of these headlines in their order, on their sessions `(n,)` datetime64 (NaT: unknown)."""
        day = sessions.astype("datetime64[D]")
        known = _hashes(headlines)
        dated = np.zeros_like(known)
        if not np.isnat(day).all():
            dated = _hashes(headlines, np.datetime_as_string(day).tolist())
        words = [key(text) for text in headlines]
        marks = np.zeros(len(words), _MARK)
        marks["key"] = _hashes(words)
        marks["day"] = np.where(np.isnat(day), UNKNOWN, day.astype(np.int64))
        marks["bands"] = bands(words)
        marks["alone"] = ~recurring(marks["bands"], marks["day"])
        return cls(np.stack([known, dated], axis=1), marks)

    @property
    def as_spelled(self) -> Rows:
        """The rows without their marks, as an earlier version told them apart."""
        return Rows(self.keys)

    def take(self, positions: np.ndarray) -> Rows:
        """Return the rows at these places, in this order."""
        return Rows(self.keys[positions], None if self.marks is None else self.marks[positions])

    def distinct(self) -> Rows:
        """Return the rows in order of their keys, each once."""
        return self.take(np.unique(self.keys, axis=0, return_index=True)[1])

    @cached_property
    def name(self) -> str:
        """What the ledger calls these rows: 32 hexadecimal digits of the SHA-256 of their `keys`."""
        return hashlib.sha256(np.ascontiguousarray(self.keys).tobytes()).hexdigest()[:32]

    def __len__(self) -> int:
        return len(self.keys)

    def among(self, other: Rows) -> np.ndarray:
        """Say which of these rows are among the other ones, `(n,)` bool."""
        mine, theirs = self.marks, other.marks
        if mine is None or theirs is None:
            finest = int(self.keys[:, 1].any() and other.keys[:, 1].any())
            return np.isin(self.keys[:, finest], other.keys[:, finest])
        found, rest = _exactly(mine, theirs), theirs[~_exactly(theirs, mine)]
        near = ~found & _near(mine, rest)
        enough = max(FEWEST_NEAR, NEAR_SHARE * min(len(self), len(other)))
        if len(np.unique(mine["key"][near])) >= enough:
            found |= near | np.isin(mine["key"], rest["key"])
        return np.asarray(found)

    def worded_as(self, other: Rows) -> np.ndarray:
        """Say which rows, `(n,)` bool, have the headline of one of the other ones.

        That is on its day, or on any where it stands on a single session of its table: predicted, it tells the other's
        prediction.
        """
        if self.marks is None or other.marks is None:
            return np.isin(self.keys[:, 0], other.keys[:, 0])
        alone = other.marks["alone"].any(axis=1)
        told = np.isin(self.marks["key"], other.marks["key"][alone])
        return np.asarray(told | _exactly(self.marks, other.marks))

    def shared(self, *others: Rows) -> int:
        """Return how many of these rows are among any of the other ones."""
        among = np.zeros(len(self), bool)
        for other in others:
            among |= self.among(other)
        return int(among.sum())

    def same(self, other: Rows) -> bool:
        """Whether these rows are the other ones, no more and no fewer."""
        return bool(self.among(other).all() and other.among(self).all())

    def to_bytes(self) -> bytes:
        """Return the rows as the bytes of a `.npy` file."""
        saved = self.keys
        if self.marks is not None:
            saved = np.zeros(len(self), _SAVED)
            saved["keys"] = self.keys
            for name in _MARKS:
                saved[name] = self.marks[name]
        buffer = io.BytesIO()
        np.save(buffer, saved, allow_pickle=False)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Rows:
        """Make the rows that `to_bytes` of this or an earlier version wrote; raises `ValueError` for anything else."""
        saved = np.load(io.BytesIO(data), allow_pickle=False)
        if saved.dtype == _SAVED and saved.ndim == 1:
            marks = np.zeros(len(saved), _MARK)
            for name in _MARKS:
                marks[name] = saved[name]
            return cls(saved["keys"].copy(), marks)
        if saved.dtype != np.uint64 or saved.ndim != 2 or saved.shape[1] != 2:
            raise ValueError(f"rows are (n, 2) uint64 or with marks, not {saved.shape} {saved.dtype}")
        return cls(saved)


def _exactly(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Say which rows have the key of one of theirs on the same day, or on an unknown one, `(n,)` bool."""
    worded = np.isin(mine["key"], theirs["key"])
    undated = np.isin(mine["key"], theirs["key"][theirs["day"] == UNKNOWN])
    same_day = np.isin(_dated(mine), _dated(theirs))
    return np.asarray(same_day | undated | (worded & (mine["day"] == UNKNOWN)))


def _near(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Say which rows share a band with any of theirs that stands alone in the table of either, `(n,)` bool."""
    near = np.zeros(len(mine), bool)
    for place in range(BANDS):
        band, other = mine["bands"][:, place], theirs["bands"][:, place]
        near |= np.isin(band, other[theirs["alone"][:, place]])
        near |= np.isin(band, other) & mine["alone"][:, place]
    return near


def _dated(marks: np.ndarray) -> np.ndarray:
    """Return a hash of key and day, `(n,)` uint64."""
    return np.asarray(marks["key"] ^ (marks["day"].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)))


def _hashes(*columns: Sequence[str]) -> np.ndarray:
    """Return 64 bits of BLAKE2 of each row's cells, `(n,)` uint64."""
    joined = ("\0".join(cells).encode("utf-8", "surrogatepass") for cells in zip(*columns, strict=True))
    return np.array(
        [int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) for text in joined], np.uint64
    )
