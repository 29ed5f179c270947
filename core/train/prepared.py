"""The sample and its finished run that come with the app: read where shipped, and put into the workspace.

`python -m sample_data.prepare` makes it as any run is made. Once it is put, it is a run like any other: its tests are
counted in the ledger as if it had been trained here.
"""

from __future__ import annotations

import json
import logging
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.data.dataset import Dataset
from core.data.library import dataset_files, load_dataset, put_dataset
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.leakage import Step
from core.evaluate.ledger_rows import Rows
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.files import write_atomic
from core.locale import N_
from core.settings import settings
from core.train.leakage import FILE as STEPS
from core.train.leakage import save_staircase, steps_of
from core.train.run import Run
from core.train.run_record import from_record
from core.train.runs import MANIFEST, RECORD, Saved, load_run, run_folder, save_run
from core.train.splits.leakage import leakage_folds, tested_rows
from core.train.splits.plan import plan_splits

log = logging.getLogger(__name__)

RUN, TABLE, VECTORS = "run.zip", "table.zip", "vectors.npz"
_FAULTS = OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile
_putting = threading.Lock()


def prepared_folder() -> Path:
    """Return where the prepared run is shipped, whether it is there or not."""
    return settings().sample_data / "prepared"


def shipped_run() -> Run | None:
    """Return what the shipped run's record says, without its large parts; None where none can be read."""
    try:
        fields = json.loads(_member(RECORD))
        return from_record(fields, Saved(prepared_folder(), tuple(fields["classes"]), tuple(fields["sizes"])))
    except _FAULTS as error:
        log.warning("the prepared run cannot be read: %r", error)
        return None


def shipped_staircase() -> list[Step]:
    """Return the shipped run's leakage staircase, empty where none can be read."""
    try:
        return steps_of(_member(STEPS))
    except _FAULTS as error:
        log.warning("the prepared staircase cannot be read: %r", error)
        return []


def put_prepared(name: str) -> Run:
    """Put the sample and its prepared run into the workspace, count its tests, and return it; once there, open it.

    `name` is the dataset's, where it is not in the library yet. Raises `UserError` where what is shipped cannot be
    read, where a row that the run tested is sealed, and as `load_run` does.
    """
    with _putting:
        shipped = shipped_run()
        try:
            if shipped is None:
                raise FileNotFoundError(prepared_folder())
            put_dataset(shipped.dataset_id, _members(TABLE), name)
            if not _is_put(shipped.id):
                _put(shipped, load_dataset(shipped.dataset_id))
        except _FAULTS as error:
            log.warning("the prepared run cannot be put: %r", error)
            raise UserError(
                N_("The prepared result of the sample cannot be read. Load the sample and train on it.")
            ) from error
    return load_run(shipped.id)


def prepared_vectors(dataset_id: str, encoder: str, pooling: str) -> np.ndarray | None:
    """Return the vectors `(rows, dim)` float32, read-only, that the prepared run in the workspace was trained on.

    None where it is not there, or is of another dataset, encoder or pooling.
    """
    shipped = shipped_run()
    if shipped is None or not _is_put(shipped.id):
        return None
    made_with = shipped.dataset_id, shipped.settings.encoder, shipped.settings.pooling
    return shipped_vectors() if made_with == (dataset_id, encoder, pooling) else None


def shipped_vectors() -> np.ndarray | None:
    """Return the shipped vectors of the sample's rows, `(rows, dim)` float32, read-only; None where none can be read."""
    try:
        return _read_vectors(prepared_folder() / VECTORS)
    except _FAULTS as error:
        log.warning("the prepared vectors cannot be read: %r", error)
        return None


def as_shipped(vectors: np.ndarray) -> np.ndarray:
    """Return vectors as they are once shipped: rounded to half precision."""
    return vectors.astype(np.float16).astype(np.float32)


def ship(run: Run, vectors: np.ndarray, headlines: Sequence[str]) -> None:
    """Write a run of this workspace, its dataset and its vectors `(rows, dim)` where the app finds them."""
    _distinct, first, rows = np.unique(np.array(headlines), return_index=True, return_inverse=True)
    halves, rows = vectors[first].astype(np.float16), rows.astype(np.uint16)
    write_atomic(
        prepared_folder() / VECTORS, lambda path: np.savez_compressed(path, vectors=halves, rows=rows)
    )
    _pack(TABLE, dataset_files(run.dataset_id))
    _pack(RUN, {path.name: path.read_bytes() for path in sorted(run_folder(run.id).iterdir())})


def _put(shipped: Run, dataset: Dataset) -> None:
    plan = plan_splits(dataset, shipped.settings, recorded=True)
    stairs = Rows.of(dataset, tested_rows(leakage_folds(plan)))
    for rows in (plan.test_rows, stairs):
        ledger.require_unsealed(rows)
    counted = any(access.run_id == shipped.id for access in ledger.accesses(dataset.id))
    before = [ledger.looks(rows, dataset.id) for rows in (plan.holdout_rows, plan.test_rows)]
    run = shipped.after(*(max(looks, 1) if counted else looks + 1 for looks in before))
    if not counted:  # else it was put here before, and deleted
        metric = main_metric(run.task).name
        score = run.scores[MEAN][metric]
        ledger.record_access(dataset.id, run.id, plan.holdout_rows, plan.test_rows, metric, score)
        ledger.record_access(dataset.id, run.id, stairs, tests=0)  # they were counted with the run
    large = {file: data for file, data in _members(RUN).items() if file not in (RECORD, MANIFEST, STEPS)}
    save_run(replace(run, dataset_name=dataset.name, prepared=True), large)
    if steps := shipped_staircase():
        save_staircase(run, steps)


@lru_cache(maxsize=1)
def _read_vectors(path: Path) -> np.ndarray:
    with np.load(path, allow_pickle=False) as arrays:
        vectors: np.ndarray = arrays["vectors"][arrays["rows"]].astype(np.float32)
    vectors.flags.writeable = False
    return vectors


def _is_put(run_id: str) -> bool:
    return (settings().home / "runs" / run_id / RECORD).is_file()


def _members(archive: str) -> dict[str, bytes]:
    with zipfile.ZipFile(prepared_folder() / archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _member(name: str) -> bytes:
    with zipfile.ZipFile(prepared_folder() / RUN) as opened:
        return opened.read(name)


def _pack(archive: str, files: Mapping[str, bytes]) -> None:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as opened:
            for name, content in files.items():
                opened.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_LZMA)

    write_atomic(prepared_folder() / archive, write)
