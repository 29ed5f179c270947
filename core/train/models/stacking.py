"""Ways to combine the predictions of several models, fitted on predictions of rows that they did not learn from.

Both are plain arrays: nothing but numbers is saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

Predictions = Mapping[str, np.ndarray]

KNOTS = 101
LEAST = 1e-6  # a probability's distance to 0 and 1 before its logarithm is taken
PULL = 1.0  # of the ridge penalty, in rows


@dataclass(frozen=True, eq=False)
class RankMean:
    """The mean of the models' ranks, given as a probability or a return.

    A prediction's rank is its place in the distribution of its model's predictions of reference rows (the
    out-of-fold ones where there are any, else training rows), not among the rows that are scored together:
    so one headline alone has a rank too, and the same one whatever stands beside it. The mean rank, as in a
    Borda count (Dwork et al., "Rank aggregation methods for the web", 2001), orders the rows; it is turned
    back by the mean of the models' quantile functions (Vincent averaging: Ratcliff, "Group reaction time
    distributions and an analysis of distribution statistics", 1979), which keeps that order. With one model,
    or models that agree, it is the model's own prediction. With more than two classes each class is ranked
    against the rest and the probabilities are made to sum to 1.

    `knots (models, columns, KNOTS)` are quantiles at even steps, ascending.
    """

    names: tuple[str, ...]
    knots: np.ndarray

    @classmethod
    def fit(cls, reference: Predictions) -> Self:
        """Learn each model's distribution from `(n, classes)` or `(n,)` predictions of the same rows."""
        even = np.linspace(0, 1, KNOTS)
        quantiles = np.array([np.quantile(_columns(p), even, axis=0).T for p in reference.values()])
        size = np.abs(quantiles).max(axis=-1, keepdims=True)
        return cls(tuple(reference), quantiles + 1e-12 * np.maximum(size, 1e-6) * even)  # no two are equal

    def predict(self, predictions: Predictions) -> np.ndarray:
        """Combine predictions `(n, classes)` or `(n,)` of each model into one of the same shape."""
        even = np.linspace(0, 1, KNOTS)
        given = [_columns(predictions[name]) for name in self.names]
        combined = np.empty_like(given[0])
        for column in range(combined.shape[1]):
            knots = self.knots[:, column]
            ranks = [_line(p[:, column], own, even) for p, own in zip(given, knots, strict=True)]
            mean = np.clip(ranks, -1, 2).mean(axis=0)  # beyond 0 and 1 where the reference ends
            combined[:, column] = _line(mean, even, knots.mean(axis=0))
        return _whole(combined, predictions[self.names[0]])

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""
        return {"names": np.array(self.names, str), "knots": self.knots}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""
        return cls(tuple(arrays["names"].tolist()), arrays["knots"])


@dataclass(frozen=True, eq=False)
class Stack:
    """A linear model of the models' predictions with one weight each, none below 0.

    Stacked generalization (Wolpert, 1992) with non-negative weights (Breiman, "Stacked regressions", 1996).
    For returns: least squares. For classes: logistic regression on the log-probabilities, softmax(b_k + sum_m
    w_m log p_mk) (Ting & Witten, "Issues in stacked generalization", 1999), which for two classes is the
    regression on log-odds. A ridge penalty of one row pulls the weights to 1 / models, the plain mean.

    `weights (models,)`, `intercept (classes,)` or `(1,)`.
    """

    names: tuple[str, ...]
    weights: np.ndarray
    intercept: np.ndarray

    @classmethod
    def fit(cls, oof: Predictions, y: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Fit on out-of-fold predictions `(n, classes)` or `(n,)`, outcomes `y (n,)` and row weights `(n,)`.

        A weight of 2 counts as the row standing there twice. Raises `ValueError` where there is no row.
        """
        if not len(y):
            raise ValueError("there is no out-of-fold prediction to stack")
        w = np.ones(len(y)) if weight is None else np.asarray(weight, float)
        p = np.array([np.asarray(p, float) for p in oof.values()])  # (models, n[, classes])
        solve = _logistic if p.ndim == 3 else _least_squares
        return cls(tuple(oof), *solve(p, y, w))

    def predict(self, predictions: Predictions) -> np.ndarray:
        """Combine predictions `(n, classes)` or `(n,)` of each model into one of the same shape."""
        p = np.array([predictions[name] for name in self.names], float)
        if p.ndim == 2:
            return np.asarray(self.weights @ p + self.intercept[0])
        return _softmax(np.tensordot(self.weights, _log(p), 1) + self.intercept)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""
        return {
            "names": np.array(self.names, str),
            "weights": self.weights,
            "intercept": self.intercept,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""
        return cls(tuple(arrays["names"].tolist()), arrays["weights"], arrays["intercept"])


def _logistic(p: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.optimize import minimize

    logs = _log(p)  # (models, n, classes)
    count, classes = len(p), p.shape[2]
    hit = np.eye(classes)[y.astype(int)]

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        weights, intercept = parameters[:count], np.r_[0, parameters[count:]]
        chance = _softmax(np.tensordot(weights, logs, 1) + intercept)
        off = weights - 1 / count
        slope = w[:, None] * (chance - hit)  # (n, classes)
        value = -(w @ np.log(np.maximum((chance * hit).sum(axis=1), 1e-300))) + PULL / 2 * off @ off
        by_weight = np.tensordot(logs, slope, 2) + PULL * off
        return value, np.r_[by_weight, slope[:, 1:].sum(axis=0)]

    start = np.r_[np.full(count, 1 / count), np.zeros(classes - 1)]
    bounds: list[Any] = [(0, None)] * count + [(None, None)] * (classes - 1)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-12}).x
    return found[:count], np.r_[0, found[count:]]


def _least_squares(p: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.optimize import nnls

    average, centre = p @ w / w.sum(), w @ y / w.sum()
    root = np.sqrt(w)
    spread = np.sqrt(w @ (y - centre) ** 2 / w.sum())
    pull = np.sqrt(PULL) * (spread if spread > 0 else 1.0)
    A = np.vstack([((p - average[:, None]) * root).T, pull * np.eye(len(p))])
    weights = nnls(A, np.r_[root * (y - centre), np.full(len(p), pull / len(p))])[0]
    return weights, np.array([centre - weights @ average])


def _columns(p: np.ndarray) -> np.ndarray:
    """Return what is ranked: the return, the second of two probabilities, or each of more, `(n, columns)`."""
    p = np.asarray(p, float)
    if p.ndim == 1:
        return p[:, None]
    return p[:, 1:] if p.shape[1] == 2 else p


def _whole(columns: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Turn ranked columns into predictions of the shape of `like`."""
    if like.ndim == 1:
        return columns[:, 0]
    columns = np.clip(columns, LEAST, 1 - LEAST)
    if like.shape[1] == 2:
        return np.hstack([1 - columns, columns])
    return np.asarray(columns / columns.sum(axis=1, keepdims=True))


def _line(values: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Interpolate from ascending `x` to ascending `y`, going on beyond their ends at the average slope."""
    slope = (y[-1] - y[0]) / (x[-1] - x[0])
    beyond = np.minimum(values - x[0], 0) + np.maximum(values - x[-1], 0)
    return np.asarray(np.interp(values, x, y) + slope * beyond)


def _log(p: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.clip(p, LEAST, 1 - LEAST)))


def _softmax(margin: np.ndarray) -> np.ndarray:
    powers = np.exp(margin - margin.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
