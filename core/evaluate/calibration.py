"""Calibration: a map from a model's probabilities to shares that came true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.locale import N_

FEWEST_ROWS = 20
LEAST_SLOPE = 1e-3
SIGMOID, ISOTONIC = "sigmoid", "isotonic"


@dataclass(frozen=True, eq=False)
class Calibrator:
    """What maps a model's probabilities to calibrated ones: a curve per class (one for two classes).

    A curve is `(2, 1)` slope and intercept on the log odds ("sigmoid") or `(2, m)` probabilities in and out
    ("isotonic"). More than two classes are calibrated one against the rest, then brought to a sum of 1
    (Zadrozny & Elkan, "Transforming classifier scores into accurate multiclass probability estimates", 2002).
    """

    method: str
    curves: tuple[np.ndarray, ...]

    @classmethod
    def fit(cls, y: np.ndarray, p: np.ndarray, method: str, weights: np.ndarray | None = None) -> Calibrator:
        """Fit on outcomes `y (n,)` and predictions `p (n, classes)` of rows that the model has not learned from.

        "sigmoid" is for few rows, "isotonic" wants about a thousand (Niculescu-Mizil & Caruana, "Predicting
        good probabilities with supervised learning", 2005). Raises `UserError` where the rows are too few or
        lack a class.
        """
        fit = {SIGMOID: _fit_sigmoid, ISOTONIC: _fit_isotonic}[method]
        classes = [1] if p.shape[1] == 2 else range(p.shape[1])
        counts = np.bincount(y.astype(int), minlength=p.shape[1])
        if len(y) < FEWEST_ROWS or counts.min() == 0:
            raise UserError(
                N_(
                    "The probabilities cannot be calibrated: the later part of the training holds {rows} rows "
                    "and {present} of {classes} classes. Choose no calibration, or bring a longer period."
                ),
                rows=len(y),
                present=int((counts > 0).sum()),
                classes=p.shape[1],
            )
        weights = np.ones(len(y)) if weights is None else weights / weights.mean()
        return cls(method, tuple(fit(y == k, p[:, k], weights) for k in classes))

    def apply(self, p: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities `(n, classes)` that sum to 1, for `p (n, classes)`."""
        use = {SIGMOID: _use_sigmoid, ISOTONIC: _use_isotonic}[self.method]
        if len(self.curves) == 1:
            second = use(self.curves[0], p[:, 1])
            return np.stack([1 - second, second], axis=1)
        each = np.stack([use(curve, p[:, k]) for k, curve in enumerate(self.curves)], axis=1)
        result: np.ndarray = each / each.sum(axis=1, keepdims=True)  # both kinds of curve stay above 0
        return result

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return the calibrator as arrays that can be saved without pickle."""
        curves = {f"calibration_{k}": curve for k, curve in enumerate(self.curves)}
        return {"calibration": np.array(self.method), **curves}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Calibrator | None:
        """Make the calibrator that `to_arrays` took apart; None where the arrays hold none."""
        if "calibration" not in arrays:
            return None
        count = sum(name.startswith("calibration_") for name in arrays)
        return cls(str(arrays["calibration"]), tuple(arrays[f"calibration_{k}"] for k in range(count)))


def calibrated(
    predictions: Mapping[str, np.ndarray], calibrators: Mapping[str, Calibrator]
) -> dict[str, np.ndarray]:
    """Return the predictions by model, those of a model that has a calibrator calibrated."""
    return {name: calibrators[name].apply(p) if name in calibrators else p for name, p in predictions.items()}


def _log_odds(probability: np.ndarray) -> np.ndarray:
    p = np.clip(probability.astype(float), 1e-6, 1 - 1e-6)
    result: np.ndarray = np.log(p / (1 - p))
    return result


def _fit_sigmoid(came: np.ndarray, probability: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fit Platt's sigmoid on the log odds, with his smoothed targets, never turning the ranking round.

    Platt, "Probabilistic outputs for support vector machines" (1999). Where later sessions contradict the
    model, the slope would be negative; it is kept at 0.001, which says the class's frequency and keeps the
    order.
    """
    from sklearn.linear_model import LogisticRegression

    x = _log_odds(probability)
    positive, negative = weights[came].sum(), weights[~came].sum()
    target = np.where(came, (positive + 1) / (positive + 2), 1 / (negative + 2))
    model = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000).fit(
        np.r_[x, x][:, None],
        np.r_[np.ones(len(x)), np.zeros(len(x))],
        np.r_[weights * target, weights * (1 - target)],
    )
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope < LEAST_SLOPE:
        share = np.average(target, weights=weights)
        slope, intercept = (
            LEAST_SLOPE,
            float(_log_odds(np.array(share)) - LEAST_SLOPE * np.average(x, weights=weights)),
        )
    return np.array([[slope], [intercept]])


def _use_sigmoid(curve: np.ndarray, probability: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    result: np.ndarray = expit(curve[0, 0] * _log_odds(probability) + curve[1, 0])
    return result


def _fit_isotonic(came: np.ndarray, probability: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fit the monotone step curve, kept off 0 and 1 as far as so few rows ask for.

    Zadrozny & Elkan (2002), by pool adjacent violators; the bounds 1 / (n + 2) are Laplace's rule of
    succession, as nothing that n rows have not shown is impossible.
    """
    from sklearn.isotonic import IsotonicRegression

    least = 1 / (len(came) + 2)
    model = IsotonicRegression(y_min=least, y_max=1 - least, out_of_bounds="clip")
    model.fit(probability.astype(float), came.astype(float), weights)
    return np.stack([model.X_thresholds_, model.y_thresholds_])


def _use_isotonic(curve: np.ndarray, probability: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.interp(probability, curve[0], curve[1])
    return result
