"""LightGBM as one of the models."""

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


class LightGBM(Boosted):
    """A LightGBM booster."""

    entry: ClassVar[ModelEntry] = ModelEntry(
        key="lgbm",
        title=N_("LightGBM"),
        short="LGBM",
        counts=N_("rounds"),
        file="lgbm.txt",
        colour=3,
        cost=1.0,
        libraries=("lightgbm",),
        hyperparameters=(
            Hyperparameter("learning_rate", 0.02, 0.2, log=True),
            Hyperparameter("max_depth", 2, 6, whole=True),
            Hyperparameter("num_leaves", 4, 31, whole=True),
            Hyperparameter("min_data_in_leaf", 3, 100, log=True, whole=True),
            Hyperparameter("bagging_fraction", 0.5, 1.0),
            Hyperparameter("feature_fraction", 0.1, 1.0),
            Hyperparameter("lambda_l2", 0.0, 20.0),
        ),
    )

    def __init__(self, booster: Any, classes: int) -> None:
        self.booster, self.classes = booster, classes
        self.margins = classes > 0
        self.size = booster.current_iteration()
        self._lock = threading.Lock()  # as in XGBoost

    @classmethod
    def defaults(cls, sample: Sample) -> dict[str, float]:
        """Return the value of each hyperparameter where nothing is tuned."""
        return {
            "learning_rate": boosted.RATE,
            "max_depth": boosted.DEPTH,
            "num_leaves": 15,
            "min_data_in_leaf": sample.least_in_leaf,
            "bagging_fraction": boosted.ROW_SHARE,
            "feature_fraction": boosted.COLUMN_SHARE,
            "lambda_l2": 0.0,
        }

    @classmethod
    def _search(cls, sample: Sample, progress: Callable[[int], None]) -> tuple[Any, int]:
        import lightgbm

        fit = _dataset(sample, sample.fit)
        booster = lightgbm.train(
            cls.parameters(sample),
            fit,
            boosted.MOST_ROUNDS,
            valid_sets=[_dataset(sample, sample.valid, reference=fit)],
            callbacks=[
                _callback(progress),
                lightgbm.early_stopping(boosted.PATIENCE, verbose=False),
            ],
        )
        return booster, max(boosted.LEAST_ROUNDS, booster.best_iteration)

    @classmethod
    def _grow(cls, sample: Sample, rounds: int, progress: Callable[[int], None]) -> Any:
        import lightgbm

        callbacks = [_callback(progress)]
        return lightgbm.train(cls.parameters(sample), _dataset(sample), rounds, callbacks=callbacks)

    @classmethod
    def parameters(cls, sample: Sample) -> dict[str, Any]:
        """Return LightGBM's parameters for a sample."""
        return {
            **cls._objective(sample.classes),
            **hyperparameters_of(cls, sample),
            "bagging_freq": 1,
            "max_bin": boosted.BINS,
            "num_threads": sample.threads or threads(sample.X),
            "seed": sample.seed,
            "deterministic": True,
            "force_col_wise": True,
            "verbosity": -1,
        }

    @staticmethod
    def _objective(classes: int) -> dict[str, Any]:
        if classes == 0:
            return {"objective": "regression"}
        if classes == 2:
            return {"objective": "binary"}
        return {"objective": "multiclass", "num_class": classes}

    @staticmethod
    def _first_rounds(rounds: int) -> dict[str, Any]:
        return {"num_iteration": rounds}

    def _predictions(self, output: np.ndarray) -> np.ndarray:
        return boosted.predictions(output, self.classes)

    def contributions(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return SHAP values `(n, columns, outputs)` and base `(outputs,)`, in log-odds or return."""
        values = self._output(X, pred_contrib=True)
        return boosted.columns_and_base(values.reshape(len(X), -1, X.shape[1] + 1))

    def _output(self, X: np.ndarray, **options: Any) -> np.ndarray:
        with self._lock:
            return np.asarray(self.booster.predict(X, num_threads=threads(X), **options))

    def to_bytes(self) -> bytes:
        """Return the booster as LightGBM's text."""
        return str(self.booster.model_to_string()).encode()

    @classmethod
    def from_bytes(cls, data: bytes, classes: int) -> Self:
        """Read the booster from LightGBM's text."""
        import lightgbm

        return cls(lightgbm.Booster(model_str=data.decode()), classes)


def _dataset(sample: Sample, rows: np.ndarray | slice = slice(None), reference: Any = None) -> Any:
    import lightgbm

    return lightgbm.Dataset(
        sample.X[rows], sample.y[rows], weight=sample.weight_of(rows), reference=reference
    )


def _callback(progress: Callable[[int], None]) -> Any:
    def progressed(env: Any) -> None:
        progress(env.iteration + 1)

    return progressed
