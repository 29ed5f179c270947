"""Pairs of headlines that lie close together, and how far their outcomes agree when sessions are resampled."""

from __future__ import annotations

from typing import Any

import numpy as np

_AT_ONCE = 1_000  # rows whose neighbours are looked for in one go


def close_pairs(
    vectors: np.ndarray, neighbours: int, ids: np.ndarray, story: np.ndarray, apart: int
) -> np.ndarray:
    """Return the pairs of each row and its `neighbours` nearest by the cosine of `vectors (n, dim)`, `(pairs, 2)`.

    Both are of different stories, and the numbers of their sessions, `ids (n,)`, at least `apart` from each other; a
    row that has fewer such others has fewer pairs.
    """
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)
    count = min(neighbours, len(unit) - 1)
    found = []
    for start in range(0, len(unit), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        near = unit[some] @ unit.T
        near[np.abs(ids[some, None] - ids[None]) < apart] = -np.inf
        near[story[some, None] == story[None]] = -np.inf
        best = np.argpartition(-near, count - 1, axis=1)[:, :count]
        allowed = np.isfinite(np.take_along_axis(near, best, axis=1))
        of = np.arange(start, start + len(near))[:, None]
        found.append(np.stack([np.broadcast_to(of, best.shape)[allowed], best[allowed]], axis=1))
    return np.concatenate(found)


class PairSums:
    """Pairs of rows summed by session (or story), so that a resample of those is quick.

    Two rows agree by the product of their `facts (n, columns)`; `ids (n,)` number their sessions from 0 on, and two
    may be compared where these lie at least `apart`. `units` is the number of sessions.
    """

    def __init__(self, facts: np.ndarray, ids: np.ndarray, pairs: np.ndarray, apart: int) -> None:
        from scipy.sparse import csr_array

        one, other = ids[pairs[:, 0]], ids[pairs[:, 1]]
        self.units, self.apart = int(ids.max()) + 1, apart
        agreeing = np.einsum("nc,nc->n", facts[pairs[:, 0]], facts[pairs[:, 1]])

        def summed(values: np.ndarray) -> Any:
            return csr_array((values, (one, other)), shape=(self.units, self.units))

        self._agreeing, self._number = summed(agreeing), summed(np.ones(len(pairs)))
        with_count = np.hstack([facts, np.ones((len(facts), 1))])
        self._sums = np.zeros((self.units, with_count.shape[1]))  # of facts, and the number of rows
        np.add.at(self._sums, ids, with_count)

    def values(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how far neighbours agree, and any two rows, where sessions count `times (draws, units)`; `(draws,)`."""
        with np.errstate(invalid="ignore", divide="ignore"):
            near = self._of_pairs(times, self._agreeing) / self._of_pairs(times, self._number)
            agreeing, number = 0.0, 0.0
            for column in range(self._sums.shape[1]):
                of_all = times * self._sums[:, column]  # (draws, units)
                others = of_all.sum(axis=1, keepdims=True) - self._close(of_all)
                total = (of_all * others).sum(axis=1)
                last = column == self._sums.shape[1] - 1
                agreeing, number = (agreeing, total) if last else (agreeing + total, number)
            return near, np.asarray(agreeing / number)

    @staticmethod
    def _of_pairs(times: np.ndarray, summed: Any) -> np.ndarray:
        return np.asarray((times * (summed.T @ times.T).T).sum(axis=1))

    def _close(self, of_all: np.ndarray) -> np.ndarray:
        """Return the sum over the sessions that are too close to be compared, `(draws, units)`."""
        running = np.pad(of_all.cumsum(axis=1), ((0, 0), (1, 0)))
        unit = np.arange(self.units)
        last = np.minimum(unit + self.apart, self.units)
        return np.asarray(running[:, last] - running[:, np.maximum(unit - self.apart + 1, 0)])
