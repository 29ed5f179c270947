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
from core.train.models.sample import Fold, Sample

Rows = Any  # (n, columns), an array or a sparse matrix in rows
ENCODER_PENALTIES = (10_000.0, 1_000.0, 100.0, 10.0, 1.0)  # of standardised numbers
MOST_STEPS = 300
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


def fit_ridge(sample: Sample, penalties: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Fit ridge regression of the outcomes, or of the classes' indicators, by the best of the penalties.

    As `fit_linear` with dense columns, but all penalties share one matrix of products, so five take hardly longer
    than one. Returns coefficients `(outputs, columns)` and intercepts `(outputs,)`, one output for returns.
    """
    y = np.eye(sample.classes)[sample.y.astype(int)] if sample.classes else sample.y[:, None]
    chosen = penalties[UNPICKED]
    if len(sample.valid) and len(np.unique(sample.y[sample.fit])) >= max(sample.classes, 2):
        solve = _ridge(sample.X[sample.fit], y[sample.fit], sample.weight_of(sample.fit))
        tried = [solve(penalty) for penalty in penalties]
        weight = sample.weight_of(sample.valid)
        losses = [
            np.average(
                ((sample.X[sample.valid] @ slope.T + base - y[sample.valid]) ** 2).sum(axis=1), weights=weight
            )
            for slope, base in tried
        ]
        chosen = penalties[int(np.argmin(losses))]
    return _ridge(sample.X, y, sample.row_weight)(chosen)


def _ridge(
    X: np.ndarray, y: np.ndarray, weight: np.ndarray | None
) -> Callable[[float], tuple[np.ndarray, np.ndarray]]:
    """Return what solves for a penalty on standardised columns of `X (n, columns)`, with `y (n, outputs)`."""
    from scipy.linalg import solve

    w = np.ones(len(y)) if weight is None else weight
    centre, level = w @ X / w.sum(), w @ y / w.sum()
    Z = (X - centre) * np.sqrt(w)[:, None]
    spread = np.sqrt((Z**2).sum(axis=0) / w.sum())
    Z /= np.where(spread > 0, spread, 1)
    products, moments = Z.T @ Z, Z.T @ ((y - level) * np.sqrt(w)[:, None])

    def solved(penalty: float) -> tuple[np.ndarray, np.ndarray]:
        slope = solve(products + penalty * np.eye(len(products)), moments, assume_a="pos")
        slope = (slope / np.where(spread > 0, spread, 1)[:, None]).T
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
    solver = "lbfgs" if issparse(X) else "newton-cholesky"
    return make_pipeline(*scale, LogisticRegression(C=1 / penalty, solver=solver, max_iter=MOST_STEPS))


def _weights(model: Any, weight: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return the weights as the steps of a pipeline want them: each under its own name."""
    return {} if weight is None else {f"{step}__sample_weight": weight for step, _ in model.steps}


def _loss(y: np.ndarray, classes: int, weight: np.ndarray | None) -> Callable[[np.ndarray], float]:
    from sklearn.metrics import log_loss, mean_squared_error

    if not classes:
        return lambda p: float(mean_squared_error(y, p, sample_weight=weight))
    return lambda p: float(log_loss(y, p, labels=np.arange(classes), sample_weight=weight))
