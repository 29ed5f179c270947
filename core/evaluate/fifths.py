"""What really followed in each fifth of the predictions, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval, bounds, draws
from core.evaluate.weighted import FIFTHS, mean_by_fifth, quintiles, ratio

_PARTS = 8  # that a step of resamples is taken in: five shares are held of each row


@dataclass(frozen=True)
class ByFifth:
    """The mean outcome of each fifth by the prediction, lowest first, and how many rows each holds.

    Rows predicted alike share their places, so a number of rows can be a fraction.
    """

    means: tuple[Interval, ...]
    rows: tuple[float, ...]


def by_fifth(outcome: np.ndarray, predicted: np.ndarray, blocks: Blocks, seed: int) -> ByFifth:
    """Return the mean of `outcome (n,)` in each fifth by `predicted (n,)` with its 95% interval over blocks.

    The fifths are drawn anew in each resample. Where all is predicted alike every mean is that of all rows.
    """
    values, sizes = mean_by_fifth(outcome, predicted)
    drawn = [
        _means(outcome, predicted, some)
        for w in draws(blocks, seed)
        for some in np.array_split(w, min(_PARTS, len(w)))
    ]
    resampled = np.concatenate(drawn)  # (resamples, 5)
    means = tuple(
        Interval(float(value), *bounds(resampled[:, k], blocks.count, blocks.widening))
        for k, value in enumerate(values)
    )
    return ByFifth(means, tuple(float(size) for size in sizes))


def _means(outcome: np.ndarray, predicted: np.ndarray, w: np.ndarray) -> np.ndarray:
    parts = quintiles(predicted, w, range(FIFTHS))  # (5, B, n)
    return np.stack([ratio(part @ outcome, part.sum(axis=1)) for part in parts], axis=1)
