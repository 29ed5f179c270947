"""XGBoost as one of the models."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np

from core.locale import N_
from core.train.models import boosted
from core.train.models.boosted import Boosted
from core.train.models.model import Hyperparameter, ModelEntry, hyperparameters_of
from core.train.models.parallel import threads
from core.train.models.sample import Sample

PERCENT = 100.0  # XGBoost takes no split that gains less than 1e-6, which the squares of small returns do


class XGBoost(Boosted):
    """An XGBoost booster."""

    entry: ClassVar[ModelEntry] = ModelEntry(
        key="xgb",
        title=N_("XGBoost"),
        short="XGB",
        counts=N_("rounds"),
        file="xgb.ubj",
        colour=1,
        cost=1.4,
        libraries=("xgboost",),
        hyperparameters=(
            Hyperparameter("learning_rate", 0.02, 0.2, log=True),
            Hyperparameter("max_depth", 2, 6, whole=True),
            Hyperparameter("min_child_weight", 0.5, 50, log=True),
            Hyperparameter("subsample", 0.5, 1.0),
            Hyperparameter("colsample_bytree", 0.1, 1.0),
            Hyperparameter("reg_lambda", 0.1, 100, log=True),
        ),
    )

    def __init__(self, booster: Any, classes: int) -> None:
        self.booster, self.classes = booster, classes
        self.margins = classes > 0
        self.size = booster.num_boosted_rounds()
        self._lock = threading.Lock()  # sessions share a run, and a parameter is set before each prediction

    @classmethod
    def defaults(cls, sample: Sample) -> dict[str, float]:
        """Return the value of each hyperparameter where nothing is tuned."""
        return {
            "learning_rate": boosted.RATE,
            "max_depth": boosted.DEPTH,
            "min_child_weight": sample.least_in_leaf / (4 if sample.classes else 1),
            "subsample": boosted.ROW_SHARE,
            "colsample_bytree": boosted.COLUMN_SHARE,
            "reg_lambda": 1.0,
        }

    @classmethod
    def _search(cls, sample: Sample, progress: Callable[[int], None]) -> tuple[Any, int]:
        import xgboost

        booster = xgboost.train(
            cls.parameters(sample),
            _matrix(sample, sample.fit),
            boosted.MOST_ROUNDS,
            evals=[(_matrix(sample, sample.valid), "valid")],
            early_stopping_rounds=boosted.PATIENCE,
            verbose_eval=False,
            callbacks=[_callback(progress)],
        )
        return booster, max(boosted.LEAST_ROUNDS, booster.best_iteration + 1)

    @classmethod
    def _grow(cls, sample: Sample, rounds: int, progress: Callable[[int], None]) -> Any:
        import xgboost

        callbacks = [_callback(progress)]
        return xgboost.train(cls.parameters(sample), _matrix(sample), rounds, callbacks=callbacks)

    @classmethod
    def parameters(cls, sample: Sample) -> dict[str, Any]:
        """Return XGBoost's parameters for a sample."""
        return {
            **cls._objective(sample.classes),
            **hyperparameters_of(cls, sample),
            "tree_method": "hist",
            "max_bin": boosted.BINS,
            "nthread": sample.threads or threads(sample.X),
            "seed": sample.seed,
        }

    @staticmethod
    def _objective(classes: int) -> dict[str, Any]:
        if classes == 0:
            return {"objective": "reg:squarederror"}
        if classes == 2:
            return {"objective": "binary:logistic"}
        return {"objective": "multi:softprob", "num_class": classes}

    @staticmethod
    def _first_rounds(rounds: int) -> dict[str, Any]:
        return {"iteration_range": (0, rounds)}

    def _predictions(self, output: np.ndarray) -> np.ndarray:
        return boosted.predictions(output, self.classes, PERCENT)

    def contributions(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return SHAP values `(n, columns, outputs)` and base `(outputs,)`, in log-odds or return."""
        values = self._output(X, pred_contribs=True).astype(np.float64)
        values = values.reshape(len(X), -1, X.shape[1] + 1)  # (n, outputs, columns + base)
        return boosted.columns_and_base(values, 1 if self.classes else PERCENT)

    def _output(self, X: np.ndarray, **options: Any) -> np.ndarray:
        import xgboost

        with self._lock:
            self.booster.set_param({"nthread": threads(X)})
            return np.asarray(self.booster.predict(xgboost.DMatrix(X, nthread=threads(X)), **options))

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


def _matrix(sample: Sample, rows: np.ndarray | slice = slice(None)) -> Any:
    import xgboost

    y = sample.y if sample.classes else sample.y * PERCENT
    nthread = sample.threads or threads(sample.X)
    return xgboost.DMatrix(sample.X[rows], label=y[rows], weight=sample.weight_of(rows), nthread=nthread)


def _callback(progress: Callable[[int], None]) -> Any:
    import xgboost

    class Progress(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            progress(epoch + 1)
            return False

    return Progress()
