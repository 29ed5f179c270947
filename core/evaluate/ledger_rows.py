"""What a holdout is to the ledger: its headlines on their days, whatever table, roles or unit they come in."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.data.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Rows:
    """A set of rows, each known by its headline and the session that it belongs to.

    `keys` is `(n, 2)` uint64, ascending and without repeats: hashes of the headline, and of headline and session;
    the second is 0 where the table has no sessions. Two sets are compared by what both have. So no other
    features, target, company column or unit makes other rows of them, nor does leaving out the dates; a
    headline that stands in two companies' tables on one day is one row.
    """

    keys: np.ndarray

    @classmethod
    def of(cls, dataset: Dataset, positions: np.ndarray) -> Rows:
        """Return the rows at these positions in the dataset's frame."""
        frame = dataset.frame.iloc[positions]
        headline = frame["headline"].tolist()
        day = np.datetime_as_string(frame["session"].to_numpy("datetime64[D]")).tolist()
        known = _hashes(headline)
        dated = _hashes(headline, day) if dataset.has_sessions else np.zeros_like(known)
        return cls(np.unique(np.stack([known, dated], axis=1), axis=0))

    @cached_property
    def name(self) -> str:
        """What the ledger calls these rows: 32 hexadecimal digits of their SHA-256."""
        return hashlib.sha256(self.keys.tobytes()).hexdigest()[:32]

    def __len__(self) -> int:
        return len(self.keys)

    def shared(self, *others: Rows) -> int:
        """Return how many of these rows are among any of the other ones."""
        among = np.zeros(len(self), bool)
        for other in others:
            finest = int(self.keys[:, 1].any() and other.keys[:, 1].any())
            among |= np.isin(self.keys[:, finest], other.keys[:, finest])
        return int(among.sum())

    def same(self, other: Rows) -> bool:
        """Whether these rows are the other ones, no more and no fewer."""
        return self.shared(other) == len(self) and other.shared(self) == len(other)

    def to_bytes(self) -> bytes:
        """Return the rows as the bytes of a `.npy` file."""
        buffer = io.BytesIO()
        np.save(buffer, self.keys, allow_pickle=False)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Rows:
        """Make the rows that `to_bytes` wrote; raises `ValueError` for anything else."""
        keys = np.load(io.BytesIO(data), allow_pickle=False)
        if keys.dtype != np.uint64 or keys.ndim != 2 or keys.shape[1] != 2:
            raise ValueError(f"rows are (n, 2) uint64, not {keys.shape} {keys.dtype}")
        return cls(keys)


def _hashes(*columns: list[str]) -> np.ndarray:
    """Return 64 bits of BLAKE2 of each row's cells, `(n,)` uint64."""
    joined = ("\0".join(cells).encode("utf-8", "surrogatepass") for cells in zip(*columns, strict=True))
    return np.array(
        [int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) for text in joined], np.uint64
    )
