"""The groups of a table in the explained rows: which there are, their values, and which of them interact."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.dataset import FEATURE, Dataset
from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions
from core.train.features.registry import CLOCK, groups, headline_groups
from core.train.run import Run


def table_groups(found: Contributions) -> tuple[str, ...]:
    """Return the groups that do not come from the headline, the largest mean absolute contribution first."""
    of_headline = headline_groups()
    return tuple(group for group in found.importance()["group"] if group not in of_headline)


def continuous_groups(run: Run) -> dict[str, str]:
    """Return the run's continuous features: each one's group, and its name in the table."""
    ours = groups()
    return {FEATURE + name if name in ours else name: name for name in run.preparation.features}


def values_of(run: Run, dataset: Dataset, rows: np.ndarray, group: str) -> np.ndarray | None:
    """Return a group's values `(n,)` in the rows at these positions, NaN where missing; None where it is no number.

    A continuous feature has those of the table; the clock has the hour of the day, 9.5 for 09:30.
    """
    if group == CLOCK:
        time = dataset.frame["time"].iloc[rows].dt
        hours: np.ndarray = (time.hour + time.minute / 60).to_numpy(float)
        return hours
    name = continuous_groups(run).get(group)
    if name is None:
        return None
    values = dataset.features[name].to_numpy(float)[rows]
    return np.where(np.isfinite(values), values, np.nan)


def ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of each value `(n,)` among those known, from 0 (lowest) to 1 (highest), NaN where missing.

    Equal values share their mean rank; where all are equal it is 0.5.
    """
    rank = pd.Series(values).rank()
    known = int(rank.notna().sum())
    result: np.ndarray = ((rank - 1) / (known - 1) if known > 1 else rank * 0 + 0.5).to_numpy(float)
    return result


def strongest_partner(run: Run, dataset: Dataset, found: Contributions, group: str) -> str | None:
    """Return the continuous feature that goes along most with the scatter of a group's contributions.

    Of rows with nearly the same value of the group, contributions differ as other features say: ranked by
    `shap.utils.approximate_interactions`, which correlates them in bins of that value. A missing value counts as the
    median. None where there is no other feature that varies, or too few rows for a bin.
    """
    from shap.utils import approximate_interactions

    known = {name: values_of(run, dataset, found.rows, name) for name in continuous_groups(run)}
    columns = {name: _filled(values) for name, values in known.items() if values is not None}
    varied = [name for name, values in columns.items() if name == group or np.ptp(values) > 0]
    if group not in varied or len(varied) < 2 or len(found.rows) < 20:
        return None
    X = np.column_stack([columns[name] for name in varied])
    values = found.values[MEAN][:, [found.groups.index(name) for name in varied]]
    place = varied.index(group)
    order = [number for number in approximate_interactions(place, values, X) if number != place]
    return varied[int(order[0])]


def _filled(values: np.ndarray) -> np.ndarray:
    known = values[np.isfinite(values)]
    return np.where(np.isfinite(values), values, np.median(known) if len(known) else 0.0)
