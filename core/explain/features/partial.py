"""How the prediction moves with one continuous feature, all else of a row left as it is.

Each row's curve is its individual conditional expectation (Goldstein, Kapelner, Bleich & Pitkin, "Peeking inside the
black box", 2015); their mean is the partial dependence (Friedman, "Greedy function approximation: a gradient boosting
machine", 2001). Both ask the models of values that the rest of the row may never have had.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.explain.contributions import explained_class
from core.explain.features.values import continuous_groups
from core.explain.pipeline import evenly
from core.train.features.inputs import Inputs
from core.train.run import Run

POINTS = 20
CURVES = 100
REACH = (0.01, 0.99)  # quantiles of the feature between which it is moved
COMMON = (0.05, 0.95)  # quantiles between which most rows lie


@dataclass(frozen=True, eq=False)
class PartialDependence:
    """What is predicted as one feature is moved over `grid (k,)`, in its own unit.

    `curves (m, k)` are the ensemble's predictions for the rows at positions `rows (m,)` of the dataset; `means[model]
    (k,)` their mean for each model and the ensemble. They are probabilities of the class `label` before calibration,
    or returns where it is None. `values (n,)` are the feature's known values in all rows given, nine in ten of which
    lie between `low` and `high`.
    """

    feature: str
    grid: np.ndarray
    curves: np.ndarray
    means: dict[str, np.ndarray]
    rows: np.ndarray
    values: np.ndarray
    low: float
    high: float
    label: str | None


def partial_dependence(
    run: Run,
    dataset: Dataset,
    vectors: np.ndarray | None,
    rows: np.ndarray,
    group: str,
    explained: int = -1,
    points: int = POINTS,
    curves: int = CURVES,
) -> PartialDependence | None:
    """Move the continuous feature of a group over its quantiles in the rows at these positions `(n,)`.

    Up to `curves` of the rows, evenly chosen, are predicted at up to `points` values; `vectors (rows, dim)` are those of
    the whole dataset, `explained` the number of the class. None where the feature has fewer than two values. Raises
    `ValueError` for a group that is no continuous feature of the run.
    """
    if group not in continuous_groups(run):
        raise ValueError(f"{group} is no continuous feature of the run")
    name = continuous_groups(run)[group]
    values = dataset.features[name].to_numpy(float)[rows]
    values = values[np.isfinite(values)]
    if not len(np.unique(values)) > 1:
        return None
    grid = np.unique(np.quantile(values, np.linspace(*REACH, points)))
    if len(grid) < 2:
        grid = np.unique(values)[[0, -1]]  # all but a few values are the same
    some = evenly(rows, curves)
    made = run.predict_by_models(_moved(run, dataset, vectors, some, group, grid))
    number = explained_class(run, explained)
    curve = {
        model: (made[model][:, number] if run.classes else made[model]).reshape(len(some), len(grid))
        for model in (MEAN, *run.models)
    }
    low, high = np.quantile(values, COMMON)
    return PartialDependence(
        feature=name,
        grid=grid,
        curves=curve[MEAN],
        means={model: predicted.mean(axis=0) for model, predicted in curve.items()},
        rows=some,
        values=values,
        low=float(low),
        high=float(high),
        label=run.classes[number] if run.classes else None,
    )


def _moved(
    run: Run, dataset: Dataset, vectors: np.ndarray | None, rows: np.ndarray, group: str, grid: np.ndarray
) -> np.ndarray:
    """Return the matrix of each row at each value of the grid, `(rows * values, columns)`: row by row.

    The rows are prepared once, and only the feature's own columns are made anew: reading the headlines again for each
    value would take most of the time.
    """
    inputs = Inputs.of(dataset, vectors, run.settings.use_press).take(rows)
    X = np.repeat(run.preparation.matrix(inputs), len(grid), axis=0)
    part = run.preparation.parts["features"]
    name = continuous_groups(run)[group]
    own = part.matrix(inputs._replace(features=pd.DataFrame({name: grid})))
    of_feature = part.member_of == [member for _, member in part.members].index(name)
    X[:, run.preparation.of_group(group)] = np.tile(own[:, of_feature], (len(rows), 1))
    return X
