"""Regularised linear models: logistic regression for classes, ridge regression for returns.

The strength of the penalty is picked on the inner later rows, then all training rows are fitted anew (Hastie,
Tibshirani & Friedman, "The Elements of Statistical Learning", 2009, sections 3.4.1 and 4.4). Fitting, scaling
and losses are scikit-learn's. The choice is a loop and no `GridSearchCV`, as that neither weighs the inner rows
nor can be cancelled between two penalties.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.jobs import Report
from core.locale import N_
from core.train.models.sample import Fold

Rows = Any  # (n, columns), an array or a sparse matrix in rows
MOST_STEPS = 300
MOST_UNKNOWNS = (
    2_500  # columns times classes, beyond which a matrix of second derivatives takes minutes and gigabytes
)
UNPICKED = 1  # the place of the penalty that is taken where there are no inner rows to pick one on


def fit_linear(
    X: Rows,
    y: np.ndarray,
    classes: int,
    penalties: Sequence[float],
    inner: Fold,
    weight: np.ndarray | None,
    report: Report,
) -> Any:
    """Fit rows `X (n, columns)` with outcomes `y (n,)` and weights `(n,)` by the best of the penalties.

    Dense columns are standardised. `penalties` are in rows (1 / C of scikit-learn), the strongest first; `inner`
    are positions to fit and to validate, whose least loss picks one. Returns a fitted scikit-learn pipeline,
    for `predictions`. Stops where `report` raises.
    """
    fit, valid = inner

    def fitted(penalty: float, rows: np.ndarray | slice, step: int) -> Any:
        report(step / (len(penalties) + 1), N_("Fitting a linear model"))
        model = _pipeline(classes, penalty, X)
        return model.fit(X[rows], y[rows], **_weights(model, None if weight is None else weight[rows]))

    chosen = penalties[UNPICKED]
    if len(valid) and len(np.unique(y[fit])) >= max(classes, 2):
        loss = _loss(y[valid], classes, None if weight is None else weight[valid])
        losses = [
            loss(predictions(fitted(penalty, fit, step), X[valid])) for step, penalty in enumerate(penalties)
        ]
        chosen = penalties[int(np.argmin(losses))]
    return fitted(chosen, slice(None), len(penalties))


def ridge(
    X: np.ndarray, y: np.ndarray, weight: np.ndarray | None
) -> Callable[[float], tuple[np.ndarray, np.ndarray]]:
    """Return what solves ridge regression of `y (n, outputs)` on standardised columns of `X (n, columns)`.

    It takes the penalty for each row (scikit-learn's `alpha` over the sum of the weights) and returns coefficients
    `(outputs, columns)` and intercepts `(outputs,)`. All penalties share one matrix of products, so ten of them take
    hardly longer than one.
    """
    w = np.ones(len(y)) if weight is None else weight
    centre, level = w @ X / w.sum(), w @ y / w.sum()
    root = np.sqrt(w)[:, None]
    Z = X - centre
    Z *= root
    spread = np.sqrt((Z**2).sum(axis=0) / w.sum())
    spread[spread == 0] = 1
    Z /= spread
    return ridge_of_products(Z.T @ Z, Z.T @ ((y - level) * root), centre, spread, level, w.sum())


def ridge_of_products(
    products: np.ndarray,
    moments: np.ndarray,
    centre: np.ndarray,
    spread: np.ndarray,
    level: np.ndarray,
    total: float,
) -> Callable[[float], tuple[np.ndarray, np.ndarray]]:
    """Return what `ridge` does, from sums over rows alone, so that the rows need not be in one place.

    `products (columns, columns)` and `moments (columns, outputs)` are the weighted sums of products of the
    standardised columns with each other and with the outcomes less their `level (outputs,)`; `centre` and `spread`
    `(columns,)` standardise, and `total` is the sum of the weights.
    """
    from scipy.linalg import solve

    def solved(penalty: float) -> tuple[np.ndarray, np.ndarray]:
        slope = solve(products + penalty * total * np.eye(len(products)), moments, assume_a="pos")
        slope = (slope / spread[:, None]).T
        return slope, level - slope @ centre

    return solved


def predictions(model: Any, X: Rows) -> np.ndarray:
    """Return a fitted model's probabilities `(n, classes)` or returns `(n,)`."""
    predict = model.predict_proba if hasattr(model, "predict_proba") else model.predict
    return np.asarray(predict(X))


def _pipeline(classes: int, penalty: float, X: Rows) -> Any:
    from scipy.sparse import issparse
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    scale = [] if issparse(X) else [StandardScaler()]
    if not classes:
        return make_pipeline(*scale, Ridge(alpha=penalty))
    unknowns = X.shape[1] * (classes if classes > 2 else 1)
    solver = "lbfgs" if issparse(X) or unknowns > MOST_UNKNOWNS else "newton-cholesky"
    return make_pipeline(*scale, LogisticRegression(C=1 / penalty, solver=solver, max_iter=MOST_STEPS))


def _weights(model: Any, weight: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return the weights as the steps of a pipeline want them: each under its own name."""
    return {} if weight is None else {f"{step}__sample_weight": weight for step, _ in model.steps}


def _loss(y: np.ndarray, classes: int, weight: np.ndarray | None) -> Callable[[np.ndarray], float]:
    from sklearn.metrics import log_loss, mean_squared_error

    if not classes:
        return lambda p: float(mean_squared_error(y, p, sample_weight=weight))
    return lambda p: float(log_loss(y, p, labels=np.arange(classes), sample_weight=weight))
