"""Regularised linear models: logistic regression for classes, ridge regression for returns.

The strength of the penalty is picked on the inner later rows, then all training rows are fitted anew (Hastie,
Tibshirani & Friedman, "The Elements of Statistical Learning", 2009, sections 3.4.1 and 4.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.jobs import Report
from core.locale import N_
from core.train.models.model import Fold

Rows = Any  # (n, columns), an array or a sparse matrix in rows
MOST_STEPS = 300
UNPICKED = 1  # the place of the penalty that is taken where there are no inner rows to pick one on


@dataclass(frozen=True, eq=False)
class Linear:
    """A fitted linear model: `coefficients (columns, outputs)` and `intercept (outputs,)`.

    One output for returns and for two classes (the log-odds of the second), else one per class.
    """

    coefficients: np.ndarray
    intercept: np.ndarray
    classes: int

    def predict(self, X: Rows) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)`."""
        margin = np.asarray(X @ self.coefficients + self.intercept)
        if not self.classes:
            return margin[:, 0]
        if self.classes == 2:
            margin = np.hstack([-margin / 2, margin / 2])
        powers = np.exp(margin - margin.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


def fit_linear(
    X: Rows,
    y: np.ndarray,
    classes: int,
    penalties: Sequence[float],
    inner: Fold,
    weight: np.ndarray | None,
    report: Report,
) -> Linear:
    """Fit rows `X (n, columns)` with outcomes `y (n,)` and weights `(n,)` by the best of the penalties.

    `penalties` are in rows (1 / C of scikit-learn), the strongest first; `inner` are positions to fit and to
    validate, whose least loss picks one. Stops where `report` raises.
    """
    fit, valid = inner

    def fitted(penalty: float, rows: np.ndarray | slice, step: int) -> Linear:
        report(step / (len(penalties) + 1), N_("Fitting a linear model"))
        return _fit(X[rows], y[rows], classes, penalty, None if weight is None else weight[rows])

    chosen = penalties[UNPICKED]
    if len(valid) and len(np.unique(y[fit])) >= max(classes, 2):
        w = None if weight is None else weight[valid]
        losses = [
            _loss(fitted(penalty, fit, step).predict(X[valid]), y[valid], w)
            for step, penalty in enumerate(penalties)
        ]
        chosen = penalties[int(np.argmin(losses))]
    return fitted(chosen, slice(None), len(penalties))


def standardised(X: np.ndarray, like: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Return `X (n, columns)` less the mean of the columns of `like`, over their deviation (1 where it is 0)."""
    centre = np.average(like, axis=0, weights=weight)
    spread = np.sqrt(np.average((like - centre) ** 2, axis=0, weights=weight))
    return (X - centre) / np.where(spread > 1e-12, spread, 1)


def _fit(X: Rows, y: np.ndarray, classes: int, penalty: float, weight: np.ndarray | None) -> Linear:
    from scipy.sparse import issparse
    from sklearn.linear_model import LogisticRegression, Ridge

    if not classes:
        ridge = Ridge(alpha=penalty).fit(X, y, weight)
        return Linear(ridge.coef_[:, None], np.atleast_1d(ridge.intercept_), 0)
    solver = "lbfgs" if issparse(X) else "newton-cholesky"
    logistic = LogisticRegression(C=1 / penalty, solver=solver, max_iter=MOST_STEPS).fit(X, y, weight)
    return Linear(logistic.coef_.T, logistic.intercept_, classes)


def _loss(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> float:
    if p.ndim == 1:
        return float(np.average((p - y) ** 2, weights=weight))
    true = p[np.arange(len(y)), y.astype(int)]
    return float(np.average(-np.log(np.maximum(true, 1e-12)), weights=weight))
