"""Runs in the workspace: one folder each, with a manifest of SHA-256 hashes that is checked before loading.

A file is hashed and read from the same bytes, so what is loaded is what was checked.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import shutil
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.errors import UserError
from core.evaluate.calibration import Calibrator
from core.evaluate.predictions import Predictions
from core.files import disk_errors, folder_atomic
from core.locale import N_
from core.settings import settings
from core.train.bare_predictions import is_bare, with_data
from core.train.features.preparation import Preparation
from core.train.models.combinations import Combiners
from core.train.models.fusion import Fusion
from core.train.models.model import Model
from core.train.models.registry import MODELS, STAND_INS
from core.train.run import Run
from core.train.run_notes import notes_of
from core.train.run_record import from_record, to_record

log = logging.getLogger(__name__)

CALIBRATION, FUSED, TABLE = "calibrate.", "fusion.", "table."
RUN_ID = re.compile(r"[a-z0-9-]{8,64}")
RECORD, MANIFEST, PREPARATION, PREDICTIONS, COMBINED = (
    "run.json",
    "manifest.json",
    "preparation.npz",
    "predictions.parquet",
    "combined.npz",
)


class Saved:
    """The large parts of a saved run, each read when first asked for."""

    def __init__(self, folder: Path, classes: tuple[str, ...], models: Sequence[str]) -> None:
        self.folder, self.classes, self.names = folder, classes, models

    @cached_property
    def preparation(self) -> Preparation:
        """What was fitted before the models."""
        return Preparation.from_arrays(_arrays(_read(self.folder, PREPARATION)))

    @cached_property
    def combiners(self) -> Combiners:
        """What combines the models' predictions beside their mean."""
        return Combiners.from_arrays(self._combined)

    @cached_property
    def calibrators(self) -> dict[str, Calibrator]:
        """What calibrates the probabilities of a model, by name."""
        marks = [name for name in self._combined if name.startswith(CALIBRATION)]
        names = dict.fromkeys(mark.removeprefix(CALIBRATION).rsplit(".", 1)[0] for mark in marks)
        made = {}
        for name in names:
            start = f"{CALIBRATION}{name}."
            own = {mark.removeprefix(start): self._combined[mark] for mark in marks if mark.startswith(start)}
            made[name] = Calibrator.from_arrays(own)
        return {name: calibrator for name, calibrator in made.items() if calibrator}

    @cached_property
    def fusion(self) -> Fusion | None:
        """The models of the table and of the headline, fused; None where the run was saved without."""
        own = {n.removeprefix(FUSED): self._combined[n] for n in self._combined if n.startswith(FUSED)}
        return Fusion.from_arrays(own, self._models(TABLE)) if own else None

    @cached_property
    def _combined(self) -> dict[str, np.ndarray]:
        if COMBINED not in _manifest(self.folder):
            return {}  # saved by an earlier version
        return _arrays(_read(self.folder, COMBINED))

    @cached_property
    def models(self) -> dict[str, Model]:
        """The fitted models by name."""
        return self._models()

    def _models(self, mark: str = "") -> dict[str, Model]:
        """Read the models whose files begin with a mark."""
        saved, read = _manifest(self.folder), {}
        for name, kind in MODELS.items():
            if name in self.names:
                other = STAND_INS.get(name, kind)
                chosen = other if mark + other.entry.file in saved else kind
                data = _read(self.folder, mark + chosen.entry.file)
                read[name] = chosen.from_bytes(data, len(self.classes))
        return read

    @cached_property
    def predictions(self) -> Predictions:
        """The out-of-sample predictions."""
        table = pd.read_parquet(io.BytesIO(_read(self.folder, PREDICTIONS)))
        if is_bare(table):
            table = with_data(table, json.loads(_read(self.folder, RECORD)))
        return Predictions(_upgraded(table), self.classes)


def run_folder(run_id: str) -> Path:
    """Return the folder of a run; raises `UserError` for an id that names none."""
    root = settings().home / "runs"
    folder = root / run_id
    named = RUN_ID.fullmatch(run_id) is not None and folder.resolve().parent == root.resolve()
    if not named or not (folder / RECORD).is_file():
        raise UserError(N_("There is no run {run}; choose one from the list of runs."), run=run_id[:64])
    return folder


def save_run(run: Run, large: Mapping[str, bytes] | None = None) -> Path:
    """Write a run into the workspace, whole or not at all, and return its folder.

    `large` are the files of its large parts by name, where they are written already.
    """
    files = {RECORD: _json(to_record(run)), **(large_files(run) if large is None else large)}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files[MANIFEST] = _json(hashes)

    def fill(folder: Path) -> None:
        for name, data in files.items():
            (folder / name).write_bytes(data)

    folder = settings().folder("runs") / run.id
    folder_atomic(folder, fill)
    return folder


def load_run(run_id: str) -> Run:
    """Open a run after checking its files; the models are read when first asked for.

    Raises `UserError` for an unknown run and for one whose files are not as they were written.
    """
    folder = run_folder(run_id)
    for name in _manifest(folder):
        _read(folder, name)
    return _open(folder)


def list_runs(dataset_id: str | None = None, archived: bool = False) -> list[Run]:
    """Return the saved runs, newest first, reading no more than each one's record; those put away with `archived`."""
    runs = []
    for path in (settings().home / "runs").glob(f"*/{RECORD}"):
        if not RUN_ID.fullmatch(path.parent.name):
            continue  # still being written
        try:
            runs.append(_open(path.parent))
        except (OSError, ValueError, KeyError, TypeError, UserError) as error:
            log.warning("the run in %s cannot be read: %r", path.parent, error)
    chosen = [
        run
        for run in runs
        if dataset_id in (None, run.dataset_id) and (archived or not notes_of(run.id).archived)
    ]
    return sorted(chosen, key=lambda run: run.created, reverse=True)


def questions_folder(run_id: str) -> Path:
    """Return the folder of what was asked of a run; it need not be there."""
    return settings().home / "questions" / run_id


def reports_folder(run_id: str) -> Path:
    """Return the folder of a run's reports; it need not be there."""
    return settings().home / "reports" / run_id


def delete_run(run_id: str) -> None:
    """Remove a run from the workspace, with what was asked of it and its reports."""
    folder = run_folder(run_id)
    with disk_errors(folder):
        shutil.rmtree(folder)
    for beside in (questions_folder(run_id), reports_folder(run_id)):
        shutil.rmtree(beside, ignore_errors=True)


def large_files(run: Run) -> dict[str, bytes]:
    """Return the files of a run's large parts by name, as `save_run` takes them."""
    table = io.BytesIO()
    run.predictions.table.to_parquet(table, index=False)
    combined = run.parts.combiners.to_arrays()
    for name, calibrator in run.parts.calibrators.items():
        combined |= {f"{CALIBRATION}{name}.{key}": array for key, array in calibrator.to_arrays().items()}
    fitted = {model.entry.file: model.to_bytes() for model in run.models.values()}
    if fusion := run.parts.fusion:
        combined |= {FUSED + name: array for name, array in fusion.to_arrays().items()}
        fitted |= {TABLE + model.entry.file: model.to_bytes() for model in fusion.models.values()}
    return {
        PREPARATION: _packed(run.preparation.to_arrays()),
        COMBINED: _packed(combined),
        PREDICTIONS: table.getvalue(),
        **fitted,
    }


def _upgraded(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of predictions of a run that an earlier version saved with the columns of today."""
    if "outcome" in table:
        return table
    table = table.drop(columns="position").rename(columns={"actual": "outcome"})
    fold = table.pop("fold") if "fold" in table else 0
    table.insert(2, "company", None)
    table.insert(3, "fold", fold)
    return table


def _packed(arrays: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _arrays(data: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _open(folder: Path) -> Run:
    fields = json.loads((folder / RECORD).read_bytes())
    return from_record(fields, Saved(folder, tuple(fields["classes"]), tuple(fields["sizes"])))


def _manifest(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / MANIFEST).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(folder, MANIFEST) from error


def _read(folder: Path, name: str) -> bytes:
    """Return the bytes of a run's file; raises `UserError` unless they hash to the manifest's value."""
    path = folder / name
    data = path.read_bytes() if path.parent == folder and path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != _manifest(folder).get(name):
        raise _damaged(folder, name)
    return data


def _damaged(folder: Path, name: str) -> UserError:
    return UserError(
        N_("The file {file} of run {run} is not as it was saved, so it is not opened: train the run again."),
        file=name,
        run=folder.name,
    )
