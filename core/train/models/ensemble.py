"""The three models together: fitted on the same rows, and what is made of their predictions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from core.jobs import Report
from core.train.models.model import (
    MEAN,
    RANK_MEAN,
    STACK,
    Model,
    Sample,
    cores,
    import_libraries,
    models,
    threads,
)
from core.train.models.parallel import at_once
from core.train.models.stacking import RankMean, Stack

REFERENCE = 2000  # training rows that stand for the distribution of a model's predictions


@dataclass(frozen=True, eq=False)
class Combiners:
    """What was fitted to combine the models' predictions, beside their mean, which needs nothing."""

    ranks: RankMean | None = None
    stack: Stack | None = None

    def combine(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Add the models' mean and what else was fitted to their predictions, `(n, classes)` or `(n,)`."""
        combined = {MEAN: np.mean(list(predictions.values()), axis=0)}
        if self.ranks:
            combined[RANK_MEAN] = self.ranks.predict(predictions)
        if self.stack:
            combined[STACK] = self.stack.predict(predictions)
        return dict(predictions) | combined

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that `numpy.load` reads without pickle."""
        fitted = {RANK_MEAN: self.ranks, STACK: self.stack}
        return {
            f"{name}.{key}": array
            for name, part in fitted.items()
            if part
            for key, array in part.to_arrays().items()
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Combiners:
        """Make what `to_arrays` took apart; no arrays make what the runs had that were saved without."""

        def own(name: str) -> dict[str, np.ndarray]:
            return {key.removeprefix(f"{name}."): arrays[key] for key in arrays if key.startswith(f"{name}.")}

        ranks, stack = own(RANK_MEAN), own(STACK)
        return cls(
            RankMean.from_arrays(ranks) if ranks else None, Stack.from_arrays(stack) if stack else None
        )


@dataclass(frozen=True, eq=False)
class Ensemble:
    """The fitted models by name, the seconds that each took, and what combines them.

    The models are fitted at the same time where there is more than one core, so their seconds overlap. `inner`
    are the positions of training rows and each model's out-of-fold predictions of them, where there are folds.
    """

    models: dict[str, Model]
    seconds: dict[str, float]
    combiners: Combiners = field(default_factory=Combiners)
    inner: tuple[np.ndarray, dict[str, np.ndarray]] | None = None

    @classmethod
    def fit(cls, sample: Sample, report: Report) -> Ensemble:
        """Fit each of the models on the same training rows, and a stack where the sample has folds."""
        work = 1 + sum(len(fit) / len(sample.y) for fit, _ in sample.folds)
        fitted, seconds = fit_models(sample, part(report, 0, 1 / work))
        if not sample.folds:
            return cls(fitted, seconds, Combiners(RankMean.fit(_reference(fitted, sample))))
        start = time.perf_counter()
        rows, oof = out_of_fold(sample, part(report, 1 / work, 1))
        stack = Stack.fit(oof, sample.y[rows], None if sample.weight is None else sample.weight[rows])
        seconds[STACK] = time.perf_counter() - start
        return cls(fitted, seconds, Combiners(RankMean.fit(oof), stack), (rows, oof))

    def predict(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return the predictions of each model, their mean, their rank mean and, where fitted, their stack.

        Each is `(n, classes)` or `(n,)`.
        """
        return predict_all(self.models, X, self.combiners)


def predict_all(
    fitted: Mapping[str, Model], X: np.ndarray, combiners: Combiners | None = None
) -> dict[str, np.ndarray]:
    """Return the predictions of each fitted model and of what combines them, `(n, classes)` or `(n,)`."""
    predictions = {name: model.predict(X) for name, model in fitted.items()}
    return (combiners or Combiners()).combine(predictions)


def fit_models(sample: Sample, report: Report) -> tuple[dict[str, Model], dict[str, float]]:
    """Fit each model on the training rows; return them and the seconds of each, by name.

    There is one lane for each core, up to one for each model. A booster has one thread for a small matrix;
    the forest, which takes longest and starts first, has the cores that are left.
    """
    import_libraries()
    seconds: dict[str, float] = {}
    lanes = min(cores(), len(models()))
    boosting = max(1, min(threads(sample.X), cores() // lanes))
    for_forest = max(1, cores() - boosting * (lanes - 1))

    def work(name: str, kind: type[Model]) -> Callable[[Report], Model]:
        own = replace(sample, threads=for_forest if name == "rf" else boosting)

        def fit(reported: Report) -> Model:
            start = time.perf_counter()
            model = kind.fit(own, reported)
            seconds[name] = time.perf_counter() - start
            return model

        return fit

    table = models()
    fitted = at_once([work(name, kind) for name, kind in table.items()], report, lanes)
    return dict(zip(table, fitted, strict=True)), {name: seconds[name] for name in table}


def out_of_fold(sample: Sample, report: Report) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Predict the later rows of each of the sample's folds by models of its earlier rows.

    Returns the positions of the rows and each model's predictions of them. The number of rounds is picked on
    the fold before (the first takes a fixed one), so the models have seen nothing of a row's own fold; what
    was prepared before them (components, terms, outlets) has seen the inputs, not the outcomes, of all rows.
    """
    parts: list[dict[str, np.ndarray]] = []
    for number, (fit, valid) in enumerate(sample.folds):
        earlier = sample.rows(fit, sample.folds[number - 1] if number else None)
        share = part(report, number / len(sample.folds), (number + 1) / len(sample.folds))
        fitted, _ = fit_models(earlier, share)
        parts.append({name: model.predict(sample.X[valid]) for name, model in fitted.items()})
    rows = np.concatenate([valid for _, valid in sample.folds])
    return rows, {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def part(report: Report, first: float, last: float) -> Report:
    """Return a report for work that is the part from `first` to `last` of a whole."""

    def reported(fraction: float, template: str, /, **params: object) -> None:
        report(first + (last - first) * fraction, template, **params)

    return reported


def _reference(fitted: Mapping[str, Model], sample: Sample) -> dict[str, np.ndarray]:
    even = np.linspace(0, len(sample.y) - 1, min(REFERENCE, len(sample.y))).astype(int)
    return {name: model.predict(sample.X[even]) for name, model in fitted.items()}
