"""SHAP contributions of a run's models to its predictions, summed by group.

Lundberg & Lee, "A unified approach to interpreting model predictions" (2017); for trees Lundberg et al.,
"From local explanations to global understanding with explainable AI for trees" (2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.explain.probability import probability_contributions
from core.jobs import Report, silent
from core.locale import N_
from core.train.models import MEAN, Model
from core.train.run import Run

BATCH = 100


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each group adds to the predictions of `n` rows, per model (`rf, xgb, lgbm, mean`).

    `values[model] (n, groups)` sum over the groups to `prediction[model] (n,)` less `base[model]`; all are
    probabilities of the class `label`, or returns where `label` is None. `rows (n,)` are positions in the
    dataset's frame, or 0, 1, 2 ... for new rows.
    """

    groups: tuple[str, ...]
    values: dict[str, np.ndarray]
    base: dict[str, float]
    prediction: dict[str, np.ndarray]
    rows: np.ndarray
    label: str | None

    def importance(self) -> pd.DataFrame:
        """Return the mean absolute contribution of each `group` per model, the largest of the mean first."""
        table = pd.DataFrame({name: np.abs(values).mean(axis=0) for name, values in self.values.items()})
        table.insert(0, "group", self.groups)
        return table.sort_values(MEAN, ascending=False, kind="stable", ignore_index=True)


def explained_class(run: Run, explained: int | None) -> int:
    """Return the number of the class to explain, the last by default; 0 for returns."""
    return max(len(run.classes) - 1, 0) if explained is None else explained


def contributions(
    run: Run,
    vectors: np.ndarray | None,
    features: pd.DataFrame,
    press: pd.Series | None,
    explained: int | None = None,
    report: Report = silent,
) -> Contributions:
    """Explain a run's predictions of rows: vectors `(n, dim)`, features `(n, features)`, outlets `(n,)`.

    `explained` is the number of the class whose probability is explained, by default the last ("up").
    """
    X = run.preparation.matrix(vectors, features, press)
    number = explained_class(run, explained)
    membership = np.eye(len(run.preparation.groups))[run.preparation.group_of]  # (columns, groups)
    values, base = {}, {}
    starts = range(0, len(X), BATCH)
    for order, (name, model) in enumerate(run.models.items()):
        parts = []
        for start in starts:
            done = (order + start / len(X)) / len(run.models)
            report(done, N_("Explaining {rows:,} predictions"), rows=len(X))
            part, base[name] = _by_group(model, X[start : start + BATCH], membership, number)
            parts.append(part)
        values[name] = np.concatenate(parts)
    prediction = run.predict(vectors, features, press)
    return Contributions(
        groups=run.preparation.groups,
        values=values | {MEAN: np.mean(list(values.values()), axis=0)},
        base=base | {MEAN: float(np.mean(list(base.values())))},
        prediction={name: p[:, number] if run.classes else p for name, p in prediction.items()},
        rows=np.arange(len(X)),
        label=run.classes[number] if run.classes else None,
    )


def _by_group(
    model: Model, X: np.ndarray, membership: np.ndarray, explained: int
) -> tuple[np.ndarray, float]:
    """Return one model's signed contributions `(n, groups)` and their base, in probability or return."""
    columns, base = model.contributions(X)
    values = np.einsum("nco,cg->ngo", columns, membership, optimize=True)
    if model.margins:
        return probability_contributions(values, base, explained)
    return values[:, :, explained], float(base[explained])
