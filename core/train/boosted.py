"""Gradient boosting, sized for weak signals; the number of rounds is picked on later inner sessions.

The rounds with the least loss on the inner validation rows are kept, then all training rows are fitted anew
with that many.
"""

from __future__ import annotations

import threading
from typing import Any, ClassVar, Self

import numpy as np

from core.jobs import Report
from core.locale import N_
from core.train.models import TITLES, Sample, threads

LEAST_ROUNDS, MOST_ROUNDS, PATIENCE = 20, 300, 30
ROUNDS_WITHOUT_VALIDATION = 60
RATE, DEPTH, ROW_SHARE, COLUMN_SHARE, BINS = 0.05, 4, 0.8, 0.3, 63
PERCENT = 100.0  # XGBoost takes no split that gains less than 1e-6, which the squares of small returns do


def _progress(report: Report, model: str, first: float, last: float, total: int, done: int) -> None:
    report(
        first + (last - first) * done / total,
        N_("{model}: round {done} of {total} at most"),
        model=TITLES[model],
        done=done,
        total=total,
    )


class XGBoost:
    """An XGBoost booster."""

    file: ClassVar[str] = "xgb.ubj"

    def __init__(self, booster: Any, classes: int) -> None:
        self.booster, self.classes = booster, classes
        self.margins = classes > 0
        self.size = booster.num_boosted_rounds()
        self._lock = threading.Lock()  # sessions share a run, and a parameter is set before each prediction

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Self:
        """Pick the number of rounds, then fit all training rows."""
        import xgboost

        y = sample.y if sample.classes else sample.y * PERCENT
        parameters = {
            **cls._objective(sample.classes),
            "tree_method": "hist",
            "learning_rate": RATE,
            "max_depth": DEPTH,
            "subsample": ROW_SHARE,
            "colsample_bytree": COLUMN_SHARE,
            "max_bin": BINS,
            "min_child_weight": sample.least_in_leaf / (4 if sample.classes else 1),
            "nthread": threads(sample.X),
            "seed": sample.seed,
        }
        rounds = ROUNDS_WITHOUT_VALIDATION
        if len(sample.valid):
            fit, valid = (
                xgboost.DMatrix(sample.X[rows], label=y[rows], nthread=parameters["nthread"])
                for rows in (sample.fit, sample.valid)
            )
            trial = xgboost.train(
                parameters,
                fit,
                MOST_ROUNDS,
                evals=[(valid, "valid")],
                early_stopping_rounds=PATIENCE,
                verbose_eval=False,
                callbacks=[_xgboost_callback(report, 0, 0.7, MOST_ROUNDS)],
            )
            rounds = max(LEAST_ROUNDS, trial.best_iteration + 1)
        booster = xgboost.train(
            parameters,
            xgboost.DMatrix(sample.X, label=y, nthread=parameters["nthread"]),
            rounds,
            callbacks=[_xgboost_callback(report, 0.7, 1, rounds)],
        )
        return cls(booster, sample.classes)

    @staticmethod
    def _objective(classes: int) -> dict[str, Any]:
        if classes == 0:
            return {"objective": "reg:squarederror"}
        if classes == 2:
            return {"objective": "binary:logistic"}
        return {"objective": "multi:softprob", "num_class": classes}

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)`."""
        return _predictions(self._output(X), self.classes, PERCENT)

    def contributions(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return SHAP values `(n, columns, outputs)` and base `(outputs,)`, in log-odds or return."""
        values = self._output(X, pred_contribs=True).astype(np.float64)
        values = values.reshape(len(X), -1, X.shape[1] + 1)  # (n, outputs, columns + base)
        return _columns_and_base(values, 1 if self.classes else PERCENT)

    def _output(self, X: np.ndarray, **options: Any) -> np.ndarray:
        import xgboost

        with self._lock:
            self.booster.set_param({"nthread": threads(X)})
            return self.booster.predict(xgboost.DMatrix(X, nthread=threads(X)), **options)

    def to_bytes(self) -> bytes:
        """Return the booster as UBJSON."""
        return bytes(self.booster.save_raw("ubj"))

    @classmethod
    def from_bytes(cls, data: bytes, classes: int) -> Self:
        """Read the booster from UBJSON."""
        import xgboost

        booster = xgboost.Booster()
        booster.load_model(bytearray(data))
        return cls(booster, classes)


def _xgboost_callback(report: Report, first: float, last: float, total: int) -> Any:
    import xgboost

    class Progress(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            _progress(report, "xgb", first, last, total, epoch + 1)
            return False

    return Progress()


class LightGBM:
    """A LightGBM booster."""

    file: ClassVar[str] = "lgbm.txt"

    def __init__(self, booster: Any, classes: int) -> None:
        self.booster, self.classes = booster, classes
        self.margins = classes > 0
        self.size = booster.current_iteration()
        self._lock = threading.Lock()  # as in XGBoost

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Self:
        """Pick the number of rounds, then fit all training rows."""
        import lightgbm

        parameters = {
            **cls._objective(sample.classes),
            "learning_rate": RATE,
            "max_depth": DEPTH,
            "num_leaves": 15,
            "bagging_fraction": ROW_SHARE,
            "bagging_freq": 1,
            "feature_fraction": COLUMN_SHARE,
            "max_bin": BINS,
            "min_data_in_leaf": sample.least_in_leaf,
            "num_threads": threads(sample.X),
            "seed": sample.seed,
            "deterministic": True,
            "force_col_wise": True,
            "verbosity": -1,
        }
        rounds = ROUNDS_WITHOUT_VALIDATION
        if len(sample.valid):
            fit = lightgbm.Dataset(sample.X[sample.fit], sample.y[sample.fit])
            valid = lightgbm.Dataset(sample.X[sample.valid], sample.y[sample.valid], reference=fit)
            trial = lightgbm.train(
                parameters,
                fit,
                MOST_ROUNDS,
                valid_sets=[valid],
                callbacks=[
                    _lightgbm_callback(report, 0, 0.7, MOST_ROUNDS),
                    lightgbm.early_stopping(PATIENCE, verbose=False),
                ],
            )
            rounds = max(LEAST_ROUNDS, trial.best_iteration)
        booster = lightgbm.train(
            parameters,
            lightgbm.Dataset(sample.X, sample.y),
            rounds,
            callbacks=[_lightgbm_callback(report, 0.7, 1, rounds)],
        )
        return cls(booster, sample.classes)

    @staticmethod
    def _objective(classes: int) -> dict[str, Any]:
        if classes == 0:
            return {"objective": "regression"}
        if classes == 2:
            return {"objective": "binary"}
        return {"objective": "multiclass", "num_class": classes}

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)`."""
        return _predictions(self._output(X), self.classes)

    def contributions(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return SHAP values `(n, columns, outputs)` and base `(outputs,)`, in log-odds or return."""
        values = self._output(X, pred_contrib=True)
        return _columns_and_base(values.reshape(len(X), -1, X.shape[1] + 1))

    def _output(self, X: np.ndarray, **options: Any) -> np.ndarray:
        with self._lock:
            return np.asarray(self.booster.predict(X, num_threads=threads(X), **options))

    def to_bytes(self) -> bytes:
        """Return the booster as LightGBM's text."""
        return self.booster.model_to_string().encode()

    @classmethod
    def from_bytes(cls, data: bytes, classes: int) -> Self:
        """Read the booster from LightGBM's text."""
        import lightgbm

        return cls(lightgbm.Booster(model_str=data.decode()), classes)


def _lightgbm_callback(report: Report, first: float, last: float, total: int) -> Any:
    def progress(env: Any) -> None:
        _progress(report, "lgbm", first, last, total, env.iteration + 1)

    return progress


def _predictions(output: np.ndarray, classes: int, scale: float = 1.0) -> np.ndarray:
    output = output.astype(np.float64)
    if classes == 0:
        return output / scale
    return np.column_stack([1 - output, output]) if classes == 2 else output


def _columns_and_base(values: np.ndarray, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Part `(n, outputs, columns + 1)` into columns `(n, columns, outputs)` and base `(outputs,)`."""
    values = values.swapaxes(1, 2) / scale
    return values[:, :-1], values[0, -1]
