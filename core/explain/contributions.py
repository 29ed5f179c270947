"""SHAP contributions of a run's models to its predictions, summed by group and by its members.

Lundberg & Lee, "A unified approach to interpreting model predictions" (2017); for trees Lundberg et al.,
"From local explanations to global understanding with explainable AI for trees" (2020).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pandas as pd

from core.evaluate.predictions import MEAN
from core.explain.probability import probability_contributions
from core.jobs import Report, silent
from core.locale import N_
from core.train.features.preparation import Preparation
from core.train.models.model import Explainable
from core.train.run import Run

BATCH = 100


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each group adds to the predictions of `n` rows, per model that can be explained, and their mean.

    `values[model] (n, groups)` sum over the groups to `prediction[model] (n,)` less `base[model]`; all are
    probabilities of the class `label`, or returns where `label` is None. `rows (n,)` are positions in the
    dataset's frame, or 0, 1, 2 ... for new rows.

    `members` are the finest parts as (group, member), and `member_values[model] (n, members)` what each of them
    adds: those of a group sum to the group's value.
    """

    groups: tuple[str, ...]
    values: dict[str, np.ndarray]
    base: dict[str, float]
    prediction: dict[str, np.ndarray]
    rows: np.ndarray
    label: str | None
    members: tuple[tuple[str, str], ...] = ()
    member_values: dict[str, np.ndarray] = field(default_factory=dict)

    def importance(self) -> pd.DataFrame:
        """Return the mean absolute contribution of each `group` per model, the largest of the mean first."""
        return _importance("group", self.groups, self.values)

    def inside(self, group: str) -> pd.DataFrame:
        """Return the mean absolute contribution of each `member` of a group per model, as `importance` does."""
        of_group = [number for number, (name, _) in enumerate(self.members) if name == group]
        values = {name: values[:, of_group] for name, values in self.member_values.items()}
        return _importance("member", [self.members[number][1] for number in of_group], values)


def explained_class(run: Run, explained: int) -> int:
    """Return the number of the class to explain: -1 is the last one ("up"); 0 for returns.

    Raises `ValueError` for a number that the run has no class of.
    """
    if not run.classes:
        return 0
    number = len(run.classes) - 1 if explained == -1 else explained
    if not 0 <= number < len(run.classes):
        raise ValueError(f"there is no class number {explained}; the run has {len(run.classes)}")
    return number


def explain_matrix(
    run: Run,
    X: np.ndarray,
    predictions: Mapping[str, np.ndarray],
    explained: int = -1,
    report: Report = silent,
) -> Contributions:
    """Explain the run's `predictions` (before calibration) of the rows of its matrix `X (n, columns)`.

    `explained` is the number of the class whose probability is explained, by default the last ("up").
    """
    return explain_classes(run, X, predictions, report)[explained_class(run, explained)]


def explain_classes(
    run: Run, X: np.ndarray, predictions: Mapping[str, np.ndarray], report: Report = silent
) -> tuple[Contributions, ...]:
    """Explain the probability of every class as `explain_matrix` does, in their order; of returns there is one.

    It takes hardly longer than one class: the models' SHAP values are of all classes anyway.
    """
    raw = _of_models(run, X, report)
    return tuple(_of_class(run, predictions, raw, number) for number in range(max(len(run.classes), 1)))


def _of_class(
    run: Run,
    predictions: Mapping[str, np.ndarray],
    raw: Mapping[str, tuple[np.ndarray, np.ndarray]],
    number: int,
) -> Contributions:
    """Return the contributions to one class from each model's own `(n, members, outputs)` and base."""
    by_member, base = {}, {}
    for name, (values, start) in raw.items():
        if cast(Explainable, run.models[name]).margins:
            by_member[name], base[name] = probability_contributions(values, start, number)
        else:
            by_member[name], base[name] = values[:, :, number], float(start[number])
    prediction = {name: predictions[name] for name in by_member}
    by_member[MEAN] = np.mean(list(by_member.values()), axis=0)
    prediction[MEAN] = np.mean(list(prediction.values()), axis=0)
    base[MEAN] = float(np.mean(list(base.values())))
    gathering = _gathering(run.preparation)
    return Contributions(
        groups=run.preparation.groups,
        values={name: values @ gathering for name, values in by_member.items()},
        base=base,
        prediction={
            name: predicted[:, number] if run.classes else predicted for name, predicted in prediction.items()
        },
        rows=np.arange(len(prediction[MEAN])),
        label=run.classes[number] if run.classes else None,
        members=run.preparation.members,
        member_values=by_member,
    )


def _gathering(prepared: Preparation) -> np.ndarray:
    """Return which member belongs to which group, `(members, groups)` of 0 and 1."""
    groups = prepared.groups
    return np.eye(len(groups))[[groups.index(group) for group, _ in prepared.members]]


def _of_models(run: Run, X: np.ndarray, report: Report) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return each model's signed contributions `(n, members, outputs)` in its own unit, and base `(outputs,)`."""
    prepared = run.preparation
    membership = np.eye(len(prepared.members))[prepared.member_of]  # (columns, members)
    models = {name: model for name, model in run.models.items() if isinstance(model, Explainable)}
    found = {}
    for order, (name, model) in enumerate(models.items()):
        parts = []
        for start in range(0, len(X), BATCH):
            done = (order + start / len(X)) / len(models)
            report(done, N_("Explaining {rows:,} predictions"), rows=len(X))
            columns, base = model.contributions(X[start : start + BATCH])
            parts.append(np.einsum("nco,cm->nmo", columns, membership, optimize=True))
        found[name] = np.concatenate(parts), base
    return found


def _importance(title: str, names: Sequence[str], values: Mapping[str, np.ndarray]) -> pd.DataFrame:
    table = pd.DataFrame({name: np.abs(part).mean(axis=0) for name, part in values.items()})
    table.insert(0, title, list(names))
    return table.sort_values(MEAN, ascending=False, kind="stable", ignore_index=True)
