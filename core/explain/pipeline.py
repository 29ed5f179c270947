"""The explanation of a run's test rows, computed once and saved in the run's folder."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.arrays import read_arrays, write_arrays
from core.data.dataset import Dataset
from core.errors import UserError
from core.explain.contributions import Contributions, explain_classes, explained_class
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
    explained: int = -1,
    report: Report = silent,
) -> Contributions:
    """Explain up to `limit` test rows of a run, evenly chosen in the dataset's order.

    `vectors (rows, dim)` are those of the whole dataset; `explained` is the number of the class whose probability
    is explained, by default the last. What is computed for a saved run is saved beside it, for every class at
    once; a saved explanation that is damaged is computed again, and one that cannot be saved is returned all the
    same. Raises `ValueError` where the run was trained on another dataset or has no such class.
    """
    if dataset.id != run.dataset_id:
        raise ValueError(f"run {run.id} was trained on dataset {run.dataset_id}, not on {dataset.id}")
    number = explained_class(run, explained)
    paths = _paths(run, limit)
    saved = _read(paths[number], run) if paths else None
    if saved is not None:
        return saved
    rows = chosen_rows(run, dataset, limit)
    X = run.preparation.matrix(Inputs.of(dataset, vectors, run.settings.use_press).take(rows))
    predictions = run.predict_by_models(X)
    made = [replace(one, rows=rows) for one in explain_classes(run, X, predictions, report)]
    for path, one in zip(paths, made, strict=False):
        _save(path, one)
    return made[number]


def saved_explanation(run: Run, limit: int = LIMIT, explained: int = -1) -> Contributions | None:
    """Return what `explain_run` saved beside a run; None where there is nothing, or it is of an earlier version."""
    paths = _paths(run, limit)
    return _read(paths[explained_class(run, explained)], run) if paths else None


def chosen_rows(run: Run, dataset: Dataset, limit: int = LIMIT) -> np.ndarray:
    """Return the positions in the dataset of up to `limit` test rows, evenly spread."""
    return evenly(run.predictions.test.positions(dataset), limit)


def evenly(positions: np.ndarray, limit: int) -> np.ndarray:
    """Return up to `limit` of the positions, evenly spread."""
    if len(positions) <= limit:
        return positions
    even = np.linspace(0, len(positions) - 1, limit).round().astype(int)
    result: np.ndarray = positions[even]
    return result


def _paths(run: Run, limit: int) -> list[Path]:
    """Return where each class's explanation is saved, one for returns; none where the run is not saved."""
    try:
        folder = run_folder(run.id)
    except UserError:
        return []
    return [folder / f"explain-{number}-{limit}.npz" for number in range(max(len(run.classes), 1))]


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
