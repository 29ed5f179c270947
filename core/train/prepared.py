"""The sample and its finished run that come with the app: read where shipped, and put into the workspace.

`python -m sample_data.prepare` makes it as any run is made. Once it is put, it is a run like any other: its tests are
counted in the ledger as if it had been trained here.
"""

from __future__ import annotations

import io
import json
import logging
import lzma
import threading
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.data.dataset import Dataset
from core.data.library import dataset_files, load_dataset, put_dataset
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.leakage import Step
from core.files import write_atomic
from core.locale import N_
from core.settings import settings
from core.train.leakage import FILE as STEPS
from core.train.leakage import log_staircase, save_staircase, staircase_rows, steps_of
from core.train.recording import count, recall
from core.train.run import Run
from core.train.run_record import from_record
from core.train.runs import MANIFEST, RECORD, Saved, load_run, run_folder, save_run
from core.train.splits.plan import plan_splits

log = logging.getLogger(__name__)

RUN, TABLE, VECTORS = "run.zip", "table.zip", "vectors.npz"
_FAULTS = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    RuntimeError,  # one wrong bit says that an archive is encrypted, or packed in another way
    *(ValueError, KeyError, TypeError),  # it can be unpacked, and holds something else
)
_putting = threading.Lock()


def prepared_folder() -> Path:
    """Return where the prepared run is shipped, whether it is there or not."""
    return settings().sample_data / "prepared"


def shipped_run() -> Run | None:
    """Return what the shipped run's record says, without its large parts; None where none can be read."""
    return _shipped_run(prepared_folder())


def shipped_staircase() -> list[Step]:
    """Return the shipped run's leakage staircase, empty where none can be read."""
    return list(_shipped_staircase(prepared_folder()))


def shipped_vectors() -> np.ndarray | None:
    """Return the shipped vectors of the sample's rows, `(rows, dim)` float32, read-only; None where none can be read."""
    return _shipped_vectors(prepared_folder())


def prepared_vectors(dataset_id: str, encoder: str, pooling: str) -> np.ndarray | None:
    """Return the vectors `(rows, dim)` float32, read-only, that the prepared run in the workspace was trained on.

    None where it is not there, or is of another dataset, encoder or pooling.
    """
    shipped = shipped_run()
    if shipped is None or not _is_put(shipped.id):
        return None
    made_with = shipped.dataset_id, shipped.settings.encoder, shipped.settings.pooling
    return shipped_vectors() if made_with == (dataset_id, encoder, pooling) else None


def put_prepared(name: str) -> Run:
    """Put the sample and its prepared run into the workspace, count its tests, and return it; once there, open it.

    `name` is the dataset's, where it is not in the library yet. Raises `UserError` where what is shipped cannot be
    read, where a row that the run tested is sealed, and as `load_run` does.
    """
    with _putting:
        with _reading():
            files = _unpacked(prepared_folder() / RUN)
            shipped, steps = _run_of(files[RECORD], prepared_folder()), steps_of(files[STEPS])
            large = {file: files[file] for file in json.loads(files[MANIFEST]) if file != RECORD}
            put_dataset(shipped.dataset_id, _unpacked(prepared_folder() / TABLE), name)
        if not _is_put(shipped.id):
            run = _counted(shipped, load_dataset(shipped.dataset_id))
            save_run(run, large)
            save_staircase(run, steps)
    return load_run(shipped.id)


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


def _counted(shipped: Run, dataset: Dataset) -> Run:
    """Count the shipped run's tests, unless it was put here before and deleted; return it as it is in this workspace.

    Raises `UserError` where a row that it tested is sealed.
    """
    recall(dataset)
    plan = plan_splits(dataset, shipped.settings)
    ledger.require_unsealed(plan.test_rows)
    stairs = staircase_rows(dataset, shipped.settings)
    if not any(access.run_id == shipped.id for access in ledger.accesses(dataset.id)):
        count(shipped, plan)
        log_staircase(shipped, stairs)
    run = shipped.after(*(ledger.looks(rows, dataset.id) for rows in (plan.holdout_rows, plan.test_rows)))
    return replace(run, dataset_name=dataset.name, prepared=True)


@lru_cache(maxsize=1)  # here and below: what is shipped stays as it is while the server runs
def _shipped_run(folder: Path) -> Run | None:
    with suppress(UserError), _reading():
        return _run_of(_unpacked(folder / RUN, RECORD)[RECORD], folder)
    return None


@lru_cache(maxsize=1)
def _shipped_staircase(folder: Path) -> Sequence[Step]:
    with suppress(UserError), _reading():
        return steps_of(_unpacked(folder / RUN, STEPS)[STEPS])
    return ()


@lru_cache(maxsize=1)
def _shipped_vectors(folder: Path) -> np.ndarray | None:
    with suppress(UserError), _reading():
        halves, rows = (
            np.load(io.BytesIO(data), allow_pickle=False)
            for data in _unpacked(folder / VECTORS, "vectors.npy", "rows.npy").values()
        )
        vectors: np.ndarray = halves[rows].astype(np.float32)
        vectors.flags.writeable = False
        return vectors
    return None


def _is_put(run_id: str) -> bool:
    return (settings().home / "runs" / run_id / RECORD).is_file()


def _run_of(record: bytes, folder: Path) -> Run:
    fields = json.loads(record)
    return from_record(fields, Saved(folder, tuple(fields["classes"]), tuple(fields["sizes"])))


@contextmanager
def _reading() -> Iterator[None]:
    """Say in a sentence that what is shipped cannot be read; the log says why."""
    try:
        yield
    except _FAULTS as error:
        log.exception("what was prepared cannot be read")
        raise UserError(
            N_("The prepared result of the sample cannot be read. Load the sample and train on it.")
        ) from error


def _unpacked(archive: Path, *names: str) -> dict[str, bytes]:
    """Return the files of these names in an archive, or all of them, each as its checksum says that it was."""
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in names or opened.namelist()}


def _pack(archive: str, files: Mapping[str, bytes]) -> None:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as opened:
            for name, content in files.items():
                opened.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_LZMA)

    write_atomic(prepared_folder() / archive, write)
