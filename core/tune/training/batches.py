"""Which examples make up each batch of an epoch, drawn by seed and epoch alone."""

from __future__ import annotations

import numpy as np

_STRETCH = 50  # batches whose examples are sorted by length together
_PER_CLASS = 4  # texts of a class in a balanced batch, at least, where there are so many


def sorted_batches(lengths: np.ndarray, size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Return batches of positions in `lengths` `(n,)`: shuffled, then of similar length within a stretch.

    Every example is in one batch; the last examples make up a smaller one.
    """
    drawn = np.random.default_rng((seed, epoch))
    order = drawn.permutation(len(lengths))
    batches: list[np.ndarray] = []
    for start in range(0, len(order), _STRETCH * size):
        stretch = order[start : start + _STRETCH * size]
        stretch = stretch[np.argsort(-lengths[stretch], kind="stable")]
        batches += [stretch[first : first + size] for first in range(0, len(stretch), size)]
    return [batches[k] for k in drawn.permutation(len(batches))]


def balanced_batches(labels: np.ndarray, size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Return n // size batches (one at least) of positions in `labels` `(n,)`, each with several texts of each class.

    Where there are too many classes for `_PER_CLASS` texts each, the classes take turns. A class with few texts
    comes back more often, never twice in one batch. Classes with a single text are left out: they make no pair.
    """
    drawn = np.random.default_rng((seed, epoch))
    members = {int(c): np.flatnonzero(labels == c) for c in np.unique(labels)}
    members = {c: rows for c, rows in members.items() if len(rows) > 1}
    at_once = min(len(members), max(2, size // _PER_CLASS))
    each = max(2, size // max(at_once, 1))
    waiting: dict[int, list[int]] = {c: [] for c in members}
    turns: list[int] = []
    batches = []
    for _ in range(max(1, len(labels) // size) if members else 0):
        chosen: list[int] = []
        while len(chosen) < at_once:
            turns = turns or list(drawn.permutation(list(members)))
            later = [c for c in turns if c in chosen]
            chosen += [c for c in turns if c not in chosen][: at_once - len(chosen)]
            turns = later + [c for c in turns if c not in chosen]
        batches.append(np.array([row for c in chosen for row in _take(waiting[c], members[c], each, drawn)]))
    return batches


def _take(waiting: list[int], rows: np.ndarray, count: int, drawn: np.random.Generator) -> list[int]:
    """Take the next texts of a class, all different; shuffle it anew once all have been taken."""
    taken: list[int] = []
    while len(taken) < min(count, len(rows)):
        if not waiting:
            waiting += drawn.permutation(rows).tolist()
        fresh = next((row for row in waiting if row not in taken), None)
        if fresh is None:
            waiting += drawn.permutation(rows).tolist()
            continue
        waiting.remove(fresh)
        taken.append(fresh)
    return taken
