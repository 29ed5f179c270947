"""The models together: fitted on the same rows, and what is made of their predictions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from core.jobs import Report, part
from core.train.models.combinations import STACK, Combiners, Reference
from core.train.models.model import Model
from core.train.models.parallel import cores, run_together, threads
from core.train.models.registry import MODELS, chosen, import_libraries, require_known
from core.train.models.sample import Sample

REFERENCE = 2000  # training rows that stand for the distribution of a model's predictions


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
            return cls(fitted, seconds, Combiners.fit(Reference(_some_predictions(fitted, sample))))
        start = time.perf_counter()
        rows, predictions = out_of_fold(sample, part(report, 1 / work, 1))
        weight = None if sample.weight is None else sample.weight[rows]
        combiners = Combiners.fit(Reference(predictions, sample.y[rows], weight))
        seconds[STACK] = time.perf_counter() - start
        return cls(fitted, seconds, combiners, (rows, predictions))

    def predict(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return the predictions of each model and of what combines them, `(n, classes)` or `(n,)`."""
        return predict_all(self.models, X, self.combiners)


def predict_all(
    fitted: Mapping[str, Model], X: np.ndarray, combiners: Combiners | None = None
) -> dict[str, np.ndarray]:
    """Return the predictions of each fitted model and of what combines them, `(n, classes)` or `(n,)`."""
    predictions = {name: model.predict(X) for name, model in fitted.items()}
    return (combiners or Combiners()).combine(predictions)


def fit_models(sample: Sample, report: Report) -> tuple[dict[str, Model], dict[str, float]]:
    """Fit each model on the training rows; return them and the seconds of each, by name.

    Raises `ValueError` for hyperparameters of an unknown model.
    """
    require_known(sample.parameters)
    import_libraries()
    seconds: dict[str, float] = {}
    kinds = chosen(sample)
    lanes, share = lanes_and_threads(sample.X, kinds)

    def work(name: str, kind: type[Model]) -> Callable[[Report], Model]:
        own = replace(sample, threads=share[name])

        def fit(reported: Report) -> Model:
            start = time.perf_counter()
            model = kind.fit(own, reported)
            seconds[name] = time.perf_counter() - start
            return model

        return fit

    fitted = run_together([work(name, kind) for name, kind in kinds.items()], report, lanes)
    return dict(zip(kinds, fitted, strict=True)), {name: seconds[name] for name in kinds}


def lanes_and_threads(X: np.ndarray, kinds: Mapping[str, type[Model]] = MODELS) -> tuple[int, dict[str, int]]:
    """Return how many models are fitted at the same time, and the threads of each, by name.

    There is one lane for each core, up to one for each model. A model has as many threads as its matrix
    `(n, columns)` is worth; the greedy ones have the cores that are left.
    """
    lanes = min(cores(), len(kinds))
    modest = max(1, min(threads(X), cores() // lanes))
    greedy = min(lanes, sum(kind.entry.greedy for kind in kinds.values()))
    left = max(1, (cores() - modest * (lanes - greedy)) // max(greedy, 1))
    return lanes, {name: left if kind.entry.greedy else modest for name, kind in kinds.items()}


def out_of_fold(sample: Sample, report: Report) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Predict the later rows of each of the sample's folds by models of its earlier rows.

    Returns the positions of the rows and each model's predictions of them. The number of rounds is picked on
    the fold before (the first takes a fixed one), so the models have seen nothing of a row's own fold; what
    was prepared before them (components, terms, outlets) has seen the inputs, not the outcomes, of all rows.
    """
    parts: list[dict[str, np.ndarray]] = []
    for number, (fit, valid) in enumerate(sample.folds):
        earlier = sample.take(fit, sample.folds[number - 1] if number else None)
        share = part(report, number / len(sample.folds), (number + 1) / len(sample.folds))
        fitted, _ = fit_models(earlier, share)
        parts.append({name: model.predict(sample.X[valid]) for name, model in fitted.items()})
    rows = np.concatenate([valid for _, valid in sample.folds])
    return rows, {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def _some_predictions(fitted: Mapping[str, Model], sample: Sample) -> dict[str, np.ndarray]:
    even = np.linspace(0, len(sample.y) - 1, min(REFERENCE, len(sample.y))).astype(int)
    return {name: model.predict(sample.X[even]) for name, model in fitted.items()}
