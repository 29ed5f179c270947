"""The three models together: fitted on the same rows, and their mean."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from core.jobs import Report
from core.train.models import MEAN, Model, Sample, models


@dataclass(frozen=True, eq=False)
class Ensemble:
    """The fitted models by name, and the seconds that each took."""

    models: dict[str, Model]
    seconds: dict[str, float]

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Ensemble:
        """Fit each of the models on the same training rows."""
        table = models()
        fitted: dict[str, Model] = {}
        seconds: dict[str, float] = {}
        for number, (name, kind) in enumerate(table.items()):
            start = time.perf_counter()
            share = part(report, number / len(table), (number + 1) / len(table))
            fitted[name] = kind.fit(sample, share)
            seconds[name] = time.perf_counter() - start
        return cls(fitted, seconds)

    def predict(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return the predictions of each model and their mean, `(n, classes)` or `(n,)`."""
        return predict_all(self.models, X)


def predict_all(fitted: dict[str, Model], X: np.ndarray) -> dict[str, np.ndarray]:
    """Return the predictions of each fitted model and their mean, `(n, classes)` or `(n,)`."""
    predictions = {name: model.predict(X) for name, model in fitted.items()}
    return predictions | {MEAN: np.mean(list(predictions.values()), axis=0)}


def part(report: Report, first: float, last: float) -> Report:
    """Return a report for work that is the part from `first` to `last` of a whole."""

    def reported(fraction: float, template: str, /, **params: object) -> None:
        report(first + (last - first) * fraction, template, **params)

    return reported
