"""A map of more points than can be drawn one by one: how many lie in each cell, in the mean of their colours.

The way of Datashader (https://datashader.org): what is drawn is made of every point, whatever their number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CELLS = 400  # along the longer side
_FAINTEST = 0.25  # opacity of a cell of one point; the fullest one is opaque
_MARGIN = 0.02  # of the shorter side's span, left free at each side


@dataclass(frozen=True, eq=False)
class Density:
    """A picture of points: `image (rows, columns, 4)` uint8 (red, green, blue, opacity), the top row first.

    It covers the map from `left` to `right` and from `bottom` to `top`, in the map's units; `count` points are in it
    and `most` of them in the fullest cell.
    """

    image: np.ndarray
    left: float
    right: float
    bottom: float
    top: float
    count: int
    most: int


def density(places: np.ndarray, colours: np.ndarray, cells: int = CELLS) -> Density:
    """Return the picture of points at `places (n, 2)`, finite, in their `colours (n, 3)` of 0 to 255.

    Cells are squares. A cell has the mean colour of its points, and is the more opaque the more they are, by the
    logarithm. Raises `ValueError` where there are no points.
    """
    if not len(places):
        raise ValueError("no points to draw")
    low, high = places.min(axis=0).astype(float), places.max(axis=0).astype(float)
    span = np.maximum(high - low, max(float((high - low).max()) * 1e-3, 1e-9))
    low, high = low - _MARGIN * span, high + _MARGIN * span
    size = float((high - low).max()) / cells
    wide, tall = np.maximum(np.ceil((high - low) / size - 1e-9), 1).astype(int)
    column, row = (np.floor((places - low) / size).astype(int)).T
    cell = (tall - 1 - np.clip(row, 0, tall - 1)) * wide + np.clip(column, 0, wide - 1)
    counts = np.bincount(cell, minlength=wide * tall)
    most = int(counts.max())
    image = np.zeros((wide * tall, 4), np.uint8)
    filled = counts > 0
    for channel in range(3):
        sums = np.bincount(cell, weights=colours[:, channel], minlength=wide * tall)
        image[filled, channel] = np.rint(sums[filled] / counts[filled])
    share = np.log(counts[filled]) / np.log(most) if most > 1 else np.zeros(int(filled.sum()))
    image[filled, 3] = np.rint(255 * (_FAINTEST + (1 - _FAINTEST) * share))
    return Density(
        image.reshape(tall, wide, 4),
        float(low[0]),
        float(low[0] + wide * size),
        float(low[1]),
        float(low[1] + tall * size),
        len(places),
        most,
    )
