"""Late fusion: the models of the table alone, moved by a model of what the headline says beyond it.

In one model of everything a few hundred columns of a vector can drown a table of five: trees that may split on
400 columns rarely meet the two that matter together. Here the table keeps models of its own, exactly those of
`table_only`, and the headline a linear one (`beyond`) of which one weight is fitted on inner folds (late against
early fusion: Baltrušaitis et al., "Multimodal machine learning", 2019; a stack as in Wolpert, "Stacked
generalization", 1992, in which the table's models count as they are). At a weight of 0 the fusion is `table_only`,
so the two differ by the headline and by nothing else: not by calibration, nor by the weights of the classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from core.evaluate.predictions import FUSION, MEAN
from core.jobs import Report, part
from core.locale import N_
from core.train.models.beyond import BeyondTable
from core.train.models.ensemble import fit_models, out_of_fold, predict_all
from core.train.models.model import Model
from core.train.models.sample import Fold, Parameters, Sample

TITLE, SHORT = N_("Table and headline, fused"), N_("Fused")
PULL = 5.0  # rows that say: the table alone
LEAST = 1e-6  # a probability's distance to 0 before its logarithm is taken
HEADLINE, WEIGHT, TEXT_MARK = "headline", "weight", "text."


@dataclass(frozen=True, eq=False)
class Fusion:
    """The models by name of the table's columns, the model of the headline's, and how much the latter counts.

    `headline (columns,)` bool are the columns of the matrix that come from the headline; `weight` is at least 0.
    """

    headline: np.ndarray
    models: dict[str, Model]
    text: BeyondTable
    weight: float

    @classmethod
    def fit(cls, sample: Sample, headline: np.ndarray, parameters: Parameters, report: Report) -> Self | None:
        """Fit on training rows with inner folds (or rows for early stopping, which then are the only fold).

        `parameters` are the hyperparameters of the table's models. None where the columns are not of both
        kinds, or too few rows are left for an inner fold.
        """
        if not fusible(sample, headline):
            return None
        sample = replace(sample, folds=fusion_folds(sample))
        table = replace(sample, X=sample.X[:, ~headline], parameters=parameters)
        models, _ = fit_models(table, part(report, 0, 0.25))
        rows, inner = out_of_fold(table, part(report, 0.25, 0.6))
        text, moves = BeyondTable.fit(sample, headline, part(report, 0.6, 1))
        return cls(headline, models, text, weight_of_moves(sample, rows, inner, moves))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)` from a matrix `(n, columns)`."""
        alone = self.predict_table(X)
        if self.weight == 0:
            return alone
        moves = self.weight * self.text.moves(X[:, self.headline], X[:, ~self.headline])
        return alone + moves if alone.ndim == 1 else _softmax(_log(alone) + moves)

    def predict_table(self, X: np.ndarray) -> np.ndarray:
        """Return what the table's columns of a matrix `(n, columns)` alone predict, the mean of their models."""
        return self.predict_columns(X[:, ~self.headline])

    def predict_columns(self, table: np.ndarray) -> np.ndarray:
        """Return what rows of the table's columns alone, `(n, table columns)`, predict."""
        return predict_all(self.models, table)[MEAN]

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything but the models as arrays that `numpy.load` reads without pickle."""
        text = {TEXT_MARK + name: array for name, array in self.text.to_arrays().items()}
        return {HEADLINE: self.headline, WEIGHT: np.array(self.weight)} | text

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], models: dict[str, Model]) -> Self:
        """Make what `to_arrays` took apart, with its models."""
        text = {n.removeprefix(TEXT_MARK): arrays[n] for n in arrays if n.startswith(TEXT_MARK)}
        return cls(arrays[HEADLINE], models, BeyondTable.from_arrays(text), float(arrays[WEIGHT]))


def fusion_folds(sample: Sample) -> tuple[Fold, ...]:
    """Return the folds that a fusion is fitted on: the sample's, or its rows for early stopping as the only one."""
    return sample.folds or ((sample.fit, sample.valid),)


def fusible(sample: Sample, headline: np.ndarray) -> bool:
    """Say whether the columns `headline (columns,)` bool are some but not all, and every fold has rows enough."""
    enough = all(len(valid) and _has_all(sample, fit) for fit, valid in fusion_folds(sample))
    return enough and bool(headline.any() and not headline.all())


def weight_of_moves(
    sample: Sample, rows: np.ndarray, inner: Mapping[str, np.ndarray], moves: Sequence[np.ndarray]
) -> float:
    """Return the best weight of the headline's `moves` of each fold beside the table's out-of-fold predictions.

    `inner` are those by model, of the rows at the positions `rows (n,)` of the sample.
    """
    alone = np.mean(list(inner.values()), axis=0)
    weigh = _of_classes if sample.classes else _of_returns
    row_weight = sample.weight_of(rows)
    w = np.ones(len(rows)) if row_weight is None else row_weight
    return weigh(alone, np.concatenate(moves), sample.y[rows], w)


def with_fusion(
    predictions: dict[str, np.ndarray], fusion: Fusion | None, X: np.ndarray
) -> dict[str, np.ndarray]:
    """Add the fusion's predictions of a matrix `(n, columns)`, where there is a fusion, to the models'."""
    return predictions if fusion is None else predictions | {FUSION: fusion.predict(X)}


def _of_classes(alone: np.ndarray, moves: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
    """Return the likeliest weight of `moves (n, classes)` beside the log of the probabilities `alone`.

    An intercept of each class is fitted beside it and not used, so that the weight makes up for no bias of theirs.
    """
    from scipy.optimize import minimize

    base, hit = _log(alone), np.eye(alone.shape[1])[y.astype(int)]

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        weight, intercept = parameters[0], np.r_[0, parameters[1:]]
        chance = _softmax(base + weight * moves + intercept)
        slope = w[:, None] * (chance - hit)
        value = -(w @ np.log(np.maximum((chance * hit).sum(axis=1), 1e-300))) + PULL / 2 * weight**2
        return value, np.r_[(slope * moves).sum() + PULL * weight, slope[:, 1:].sum(axis=0)]

    start = np.zeros(alone.shape[1])
    bounds = [(0, None)] + [(None, None)] * (len(start) - 1)
    return float(minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x[0])


def _of_returns(alone: np.ndarray, moves: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
    """Return the least-squares weight, at least 0, of `moves (n,)` beside the predictions `alone (n,)`."""
    left, moves = (values - np.average(values, weights=w) for values in (y - alone, moves))
    size = w @ moves**2 + PULL * np.average(moves**2, weights=w)
    return max(0.0, float(w @ (left * moves) / size)) if size > 0 else 0.0


def _log(p: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.maximum(p, LEAST)))


def _softmax(margin: np.ndarray) -> np.ndarray:
    from scipy.special import softmax

    return np.asarray(softmax(margin, axis=1))


def _has_all(sample: Sample, rows: np.ndarray) -> bool:
    """Say whether rows hold every class (or returns that differ)."""
    return len(np.unique(sample.y[rows])) >= max(sample.classes, 2)
