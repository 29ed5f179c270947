"""Late fusion: the models of the table alone, and beside them a model of the headline, weighed on inner folds.

In one model of everything a few hundred columns of a vector can drown a table of five: trees that may split on
400 columns rarely meet the two that matter together. Here the table keeps models of its own, exactly those of
`table_only`, and the headline a linear one of what the table does not say (`beyond`). A stack of the two, with
weights not below 0, is fitted on later inner sessions that neither had learned from (Wolpert, "Stacked
generalization", 1992; late against early fusion: Baltrušaitis et al., "Multimodal machine learning", 2019). It is
pulled to the table alone: a headline that says nothing gets a weight of about 0, and the fusion orders the rows as
`table_only` does. So the two differ by the headline and by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from core.evaluate.predictions import FUSION, MEAN
from core.jobs import Report, part
from core.locale import N_
from core.train.models.beyond import BeyondTable
from core.train.models.ensemble import fit_models, out_of_fold, predict_all
from core.train.models.model import Model
from core.train.models.sample import Parameters, Sample
from core.train.models.stacking import Stack

TITLE, SHORT = N_("Table and headline, fused"), N_("Fused")
TABLE, TEXT = "table", "headline"
PULL = 5.0  # rows that say: the table alone
TABLE_ALONE = (1.0, 0.0)
HEADLINE = "headline"
TEXT_MARK, STACK_MARK = "text.", "stack."

__all__ = ["FUSION", "Fusion"]


@dataclass(frozen=True, eq=False)
class Fusion:
    """The models by name of the table's columns, the model of the headline's, and their stack.

    `headline (columns,)` bool are the columns of the matrix that come from the headline.
    """

    headline: np.ndarray
    models: dict[str, Model]
    text: BeyondTable
    stack: Stack

    @classmethod
    def fit(cls, sample: Sample, headline: np.ndarray, parameters: Parameters, report: Report) -> Self | None:
        """Fit on training rows with inner folds (or rows for early stopping, which then are the only fold).

        `parameters` are the hyperparameters of the table's models. None where the columns are not of both
        kinds, or too few rows are left for an inner fold.
        """
        folds = sample.folds or ((sample.fit, sample.valid),)
        enough = all(len(valid) and _has_all(sample, fit) for fit, valid in folds)
        if not enough or headline.all() or not headline.any():
            return None
        sample = replace(sample, folds=folds)
        table = replace(sample, X=sample.X[:, ~headline], parameters=parameters)
        models, _ = fit_models(table, part(report, 0, 0.25))
        rows, inner = out_of_fold(table, part(report, 0.25, 0.6))
        text, later = BeyondTable.fit(sample, headline, part(report, 0.6, 1))
        known = {TABLE: np.mean(list(inner.values()), axis=0), TEXT: np.concatenate(later)}
        weight = None if sample.weight is None else sample.weight[rows]
        stack = Stack.fit(known, sample.y[rows], weight, PULL, TABLE_ALONE)
        return cls(headline, models, text, stack)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities `(n, classes)` or returns `(n,)` from a matrix `(n, columns)`."""
        headline, table = X[:, self.headline], X[:, ~self.headline]
        return self.stack.predict({TABLE: self.predict_table(X), TEXT: self.text.predict(headline, table)})

    def predict_table(self, X: np.ndarray) -> np.ndarray:
        """Return what the table's columns of a matrix `(n, columns)` alone predict, the mean of their models."""
        return predict_all(self.models, X[:, ~self.headline])[MEAN]

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything but the models as arrays that `numpy.load` reads without pickle."""
        return (
            {HEADLINE: self.headline}
            | {TEXT_MARK + name: array for name, array in self.text.to_arrays().items()}
            | {STACK_MARK + name: array for name, array in self.stack.to_arrays().items()}
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], models: dict[str, Model]) -> Self:
        """Make what `to_arrays` took apart, with its models."""

        def own(mark: str) -> dict[str, np.ndarray]:
            return {n.removeprefix(mark): arrays[n] for n in arrays if n.startswith(mark)}

        text, stack = BeyondTable.from_arrays(own(TEXT_MARK)), Stack.from_arrays(own(STACK_MARK))
        return cls(arrays[HEADLINE], models, text, stack)


def with_fusion(
    predictions: dict[str, np.ndarray], fusion: Fusion | None, X: np.ndarray
) -> dict[str, np.ndarray]:
    """Add the fusion's predictions of a matrix `(n, columns)`, where there is a fusion, to the models'."""
    return predictions if fusion is None else predictions | {FUSION: fusion.predict(X)}


def _has_all(sample: Sample, rows: np.ndarray) -> bool:
    """Say whether rows hold every class (or returns that differ)."""
    return len(np.unique(sample.y[rows])) >= max(sample.classes, 2)
