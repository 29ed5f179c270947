"""The explanation of a run's test rows, computed once and saved in the run's folder."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.arrays import read_arrays, write_arrays
from core.data.dataset import Dataset
from core.errors import UserError
from core.explain.contributions import Contributions, contributions, explained_class
from core.jobs import Report, silent
from core.train.features.inputs import Inputs
from core.train.run import Run
from core.train.runs import run_folder

log = logging.getLogger(__name__)

LIMIT = 1000


def explain_run(
    run: Run,
    dataset: Dataset,
    vectors: np.ndarray | None,
    limit: int = LIMIT,
    explained: int | None = None,
    report: Report = silent,
) -> Contributions:
    """Explain up to `limit` test rows of a run, evenly chosen in the dataset's order.

    `vectors (rows, dim)` are those of the whole dataset. What is computed for a saved run is saved beside it; a
    saved explanation that is damaged is computed again, and one that cannot be saved is returned all the same.
    Raises `ValueError` where the run was trained on another dataset.
    """
    if dataset.id != run.dataset_id:
        raise ValueError(f"run {run.id} was trained on dataset {run.dataset_id}, not on {dataset.id}")
    path = _path(run, explained_class(run, explained), limit)
    saved = _read(path, run) if path else None
    if saved is not None:
        return saved
    rows = chosen_rows(run, dataset, limit)
    inputs = Inputs.of(dataset, vectors, run.settings.use_press).take(rows)
    made = replace(contributions(run, inputs, explained=explained, report=report), rows=rows)
    if path:
        _save(path, made)
    return made


def chosen_rows(run: Run, dataset: Dataset, limit: int) -> np.ndarray:
    """Return the positions in the dataset of up to `limit` test rows, evenly spread."""
    positions = run.predictions.test.positions(dataset)
    if len(positions) <= limit:
        return positions
    even = np.linspace(0, len(positions) - 1, limit).round().astype(int)
    result: np.ndarray = positions[even]
    return result


def _path(run: Run, explained: int, limit: int) -> Path | None:
    try:
        return run_folder(run.id) / f"explain-{explained}-{limit}.npz"
    except UserError:
        return None  # not saved


def _save(path: Path, made: Contributions) -> None:
    arrays = {"rows": made.rows, "groups": np.array(made.groups, str), "label": np.array(made.label or "")}
    arrays["members"] = np.array(made.members, str).reshape(-1, 2)
    for name, values in made.values.items():
        arrays |= {
            f"values.{name}": values,
            f"members.{name}": made.member_values[name],
            f"prediction.{name}": made.prediction[name],
            f"base.{name}": np.array(made.base[name]),
        }
    try:
        write_arrays(path, arrays)
    except (OSError, UserError):
        log.exception("the explanation %s could not be saved and will be made anew", path)


def _read(path: Path, run: Run) -> Contributions | None:
    arrays = read_arrays(path)
    if arrays is None or arrays["groups"].tolist() != list(run.preparation.groups):
        return None
    if "members" not in arrays:
        return None  # saved by an earlier version
    models = [name.removeprefix("values.") for name in arrays if name.startswith("values.")]
    return Contributions(
        groups=tuple(arrays["groups"].tolist()),
        values={name: arrays[f"values.{name}"] for name in models},
        base={name: float(arrays[f"base.{name}"]) for name in models},
        prediction={name: arrays[f"prediction.{name}"] for name in models},
        rows=arrays["rows"],
        label=str(arrays["label"]) if run.classes else None,
        members=tuple((group, member) for group, member in arrays["members"].tolist()),
        member_values={name: arrays[f"members.{name}"] for name in models},
    )
