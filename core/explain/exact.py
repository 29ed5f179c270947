"""Exact Shapley values over the groups, of the prediction as it is shown: calibrated, of any model alike.

A coalition of groups is worth what is predicted on average where its groups have the row's values and the others those
of rows that the models have learned from (the interventional game of Janzing, Minorics & Blöbaum, "Feature relevance
quantification in explainable AI", 2020); every coalition is asked. TreeSHAP, which is quicker, replaces the others' values by what each
tree saw on its branches, and explains what the models say before calibration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.ledger import sealed_positions
from core.evaluate.predictions import MEAN
from core.explain.contributions import explained_class
from core.explain.pipeline import evenly
from core.explain.shapley import shapley
from core.train.features.inputs import Inputs
from core.train.run import Run

BACKGROUND = 40  # rows whose values stand in for a group that is left out


@dataclass(frozen=True, eq=False)
class ExactValues:
    """What each group adds to one prediction.

    `values[model] (groups,)` sum to `prediction[model]` less `base[model]`, its mean over the background; `error` is
    the largest standard error, 0 where every coalition was asked (up to 8 groups).
    """

    groups: tuple[str, ...]
    values: dict[str, np.ndarray]
    base: dict[str, float]
    prediction: dict[str, float]
    error: float


def exact_values_of(
    run: Run, dataset: Dataset, vectors: np.ndarray | None, position: int, explained: int = -1
) -> ExactValues:
    """Return the values for the row at this position, for each model and their mean; `explained` is a class's number.

    `vectors (rows, dim)` are those of the whole dataset. The background are rows outside the holdout, evenly spread
    over time.
    """
    prepared, number = run.preparation, explained_class(run, explained)
    inputs = Inputs.of(dataset, vectors, run.settings.use_press)
    held_out = run.predictions.holdout.positions(dataset), sealed_positions(dataset), np.array([position])
    others = np.setdiff1d(np.arange(len(dataset)), np.concatenate(held_out))
    background = prepared.matrix(inputs.take(evenly(others, BACKGROUND)))
    row = prepared.matrix(inputs.take(np.array([position])))
    names = [*run.models, MEAN]
    group = [prepared.groups.index(name) for name, _ in prepared.members]
    group_of = np.array(group, int)[prepared.member_of]  # (columns,)

    def said(X: np.ndarray) -> np.ndarray:
        predictions = run.calibrated(run.predict_by_models(X))
        parts = [predictions[name] for name in names]
        return np.column_stack([part[:, number] if run.classes else part for part in parts])

    base, prediction = said(background).mean(axis=0), said(row)[0]

    def worth(masks: np.ndarray) -> np.ndarray:
        mixed = np.where(masks[:, group_of][:, None, :], row, background)
        predicted = said(mixed.reshape(-1, row.shape[1]).astype(row.dtype))
        return np.asarray(predicted.reshape(len(masks), len(background), -1).mean(axis=1) - base)

    values, errors, _exact = shapley(worth, len(prepared.groups), prediction - base)
    return ExactValues(
        prepared.groups,
        dict(zip(names, values.T, strict=True)),
        dict(zip(names, base.tolist(), strict=True)),
        dict(zip(names, prediction.tolist(), strict=True)),
        float(errors.max(initial=0.0)),
    )
