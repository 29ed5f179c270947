"""Scores of predicted returns under row weights; see `core.evaluate.metrics`."""

from __future__ import annotations

import numpy as np

from core.evaluate.weighted import fifths, mean, mid_ranks, one_value, ratio


def mae(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean absolute error."""
    return mean(np.abs(y - p), w)


def rmse(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Root of the mean squared error."""
    result: np.ndarray = np.sqrt(mean((y - p) ** 2, w))
    return result


def r2(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """1 - residual sum of squares / total sum of squares; undefined where the outcome does not vary.

    Kvålseth, "Cautionary note about R²" (1985), his first form.
    """
    d = y - y[0]  # exactly 0 where the outcome does not vary
    d = d - d.mean()
    total = w @ d**2 - w.sum(axis=1) * mean(d, w) ** 2
    varies = total > 1e-12 * w.sum(axis=1) * (d**2).max()
    return 1 - ratio(w @ (y - p) ** 2, np.where(varies, total, 0))


def rank_ic(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation, ties at their middle rank: the (rank) information coefficient.

    Grinold & Kahn, "Active Portfolio Management" (2000), chapter 6.
    """
    a, b = mid_ranks(y, w), mid_ranks(p, w)
    a -= ratio((w * a).sum(axis=1), w.sum(axis=1))[:, None]
    b -= ratio((w * b).sum(axis=1), w.sum(axis=1))[:, None]
    spread = (w * a * a).sum(axis=1) * (w * b * b).sum(axis=1)
    scale = w.sum(axis=1) ** 6  # of a product of two sums of squared ranks
    return ratio((w * a * b).sum(axis=1), np.sqrt(np.where(spread > 1e-20 * scale, spread, 0)))


def hit_rate(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Share of rows in which the return is on the predicted side of 0 (0 itself counts as not above).

    Pesaran & Timmermann, "A simple nonparametric test of predictive performance" (1992).
    """
    return mean(((p > 0) == (y > 0)).astype(float), w)


def spread(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean return of the top fifth by prediction minus that of the bottom fifth; 0 for a constant prediction.

    The quantile spread of Grinold & Kahn, "Active Portfolio Management" (2000); tied rows share their place.
    """
    top, bottom = fifths(p, w)
    return np.where(one_value(p, w), 0.0, mean(y, top) - mean(y, bottom))
