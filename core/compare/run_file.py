"""A run as a file: a ZIP archive that carries it into another workspace.

It holds the run's record, its models and what was fitted before them, and of each tested row its number and what the
models said. The user's data come along only where they are asked for: the table with its headlines, the sessions,
companies and outcomes of the tested rows, and the files that the table was made from.

What is imported is not trusted: see `archive` for the archive and `run_check` for what is in it. Nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core.compare.archive import packed, unpacked
from core.compare.run_check import require_sound
from core.data.library import dataset_files, load_dataset, put_dataset
from core.errors import Message, UserError
from core.evaluate import ledger
from core.evaluate.metrics import main_metric
from core.evaluate.predictions import MEAN
from core.files import folder_atomic
from core.jobs import Report, silent
from core.locale import N_
from core.settings import MEGABYTE, settings
from core.train.bare_predictions import is_bare, without_data
from core.train.leakage import FILE as STAIRCASE
from core.train.models.registry import MODELS, STAND_INS
from core.train.recording import count, recall
from core.train.run import Run
from core.train.run_record import from_record
from core.train.runs import (
    COMBINED,
    MANIFEST,
    PREDICTIONS,
    PREPARATION,
    RECORD,
    RUN_ID,
    TABLE,
    Saved,
    load_run,
    run_folder,
)
from core.train.splits.plan import plan_splits

FORMAT, VERSION = "headline-lab run", 1
RUN, DATASET = "run/", "dataset/"
_NAMES = frozenset(
    [
        MANIFEST,
        *(RUN + name for name in (RECORD, PREPARATION, PREDICTIONS, COMBINED, STAIRCASE)),
        *(
            f"{RUN}{mark}{kind.entry.file}"
            for kind in (*MODELS.values(), *STAND_INS.values())
            for mark in ("", TABLE)
        ),
    ]
)
_DATASET_FILE = re.compile(r"dataset/(dataset\.json|frame\.parquet|source-\d\.parquet)")
_importing = threading.Lock()
_MAY_DIFFER = (PREDICTIONS, STAIRCASE)  # with and without data; a staircase may have been drawn later


@dataclass(frozen=True)
class Imported:
    """What came of an import.

    `new` is False where the very run was here already. `table` says whether its table is in the library, so that it opens
    on every page. `notes` are what the user should know.
    """

    run_id: str
    dataset_id: str
    new: bool
    table: bool
    notes: tuple[Message, ...] = ()

    def sentences(self) -> list[Message]:
        """Say what came of it."""
        if not self.new:
            first = N_("Run {run} is here already, just as it is in the file.")
        elif self.table:
            first = N_("Run {run} was imported, and its test was counted.")
        else:
            first = N_(
                "Run {run} was imported, and its test was counted. Its table is not here: until it is loaded, the run can "
                "score a file and answer other programs (headline-lab score, headline-lab serve); the pages open with the "
                "table."
            )
        return [Message(first, {"run": self.run_id}), *self.notes]


def export_run(run_id: str, with_data: bool = False) -> bytes:
    """Return a run of this workspace as a ZIP archive; its notes stay here.

    Raises `UserError` for an unknown run, for one whose files are not as they were saved, and `with_data` where its table
    is not in the library any more.
    """
    run, folder = load_run(run_id), run_folder(run_id)
    kept = [
        name
        for name in (*json.loads((folder / MANIFEST).read_bytes()), STAIRCASE)
        if (folder / name).is_file()
    ]
    files = {RUN + name: (folder / name).read_bytes() for name in kept}
    if with_data:
        load_dataset(run.dataset_id)  # says where it is gone
        files[RUN + PREDICTIONS] = _parquet(run.predictions.table)
        files |= {DATASET + name: content for name, content in dataset_files(run.dataset_id).items()}
    else:
        table = pd.read_parquet(io.BytesIO(files[RUN + PREDICTIONS]))
        files[RUN + PREDICTIONS] = _parquet(table if is_bare(table) else without_data(_upgraded(run, table)))
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "run": run.id,
        "dataset": run.dataset_id,
        "files": {name: _hash(content) for name, content in files.items()},
    }
    return packed({MANIFEST: json.dumps(manifest, indent=1).encode(), **files})


def import_run(data: bytes, report: Report = silent) -> Imported:
    """Put a run from a file into this workspace, with its table where the file has it, and count its tests in the ledger.

    A run that was tested elsewhere was tested: its access is counted as one more of these rows, and a holdout that it
    keeps sealed is sealed here too. Raises `UserError` where the file is refused, where another run of this id is here,
    and where a row that the run tested is sealed in this workspace.
    """
    report(0.0, N_("Reading the file"))
    if len(data) > settings().max_upload_bytes:
        raise UserError(
            N_("The file has {size:,.0f} MB; up to {limit:,} MB are read ({variable})."),
            size=len(data) / MEGABYTE,
            limit=settings().max_upload_bytes // MEGABYTE,
            variable="HEADLINE_LAB_MAX_UPLOAD_MB",
        )
    files = unpacked(data, lambda name: name in _NAMES or _DATASET_FILE.fullmatch(name) is not None)
    run_id, dataset_id = _checked_manifest(files)
    own = {name.removeprefix(RUN): content for name, content in files.items() if name.startswith(RUN)}
    table = {
        name.removeprefix(DATASET): content for name, content in files.items() if name.startswith(DATASET)
    }
    _is_here(run_id, own)
    report(0.2, N_("Checking what the file holds"))
    require_sound(own, table, run_id, dataset_id)
    with _importing:
        if table:
            put_dataset(dataset_id, table, json.loads(table["dataset.json"])["name"][:120])
        new = not _is_here(run_id, own)
        note = _put(run_id, own) if new else None
    report(1.0, N_("Imported"))
    return Imported(run_id, dataset_id, new, _has_table(dataset_id), (note,) if note else ())


def _put(run_id: str, files: Mapping[str, bytes]) -> Message | None:
    """Count a run's tests and then write its folder; returns what the ledger says."""
    hashes = {name: _hash(content) for name, content in files.items() if name != STAIRCASE}
    contents = {**files, MANIFEST: json.dumps(hashes, indent=1).encode()}
    folder = settings().folder("runs") / run_id

    def fill(part: Path) -> None:
        for name, content in contents.items():
            (part / name).write_bytes(content)

    fields = json.loads(files[RECORD])
    note = _count(from_record(fields, Saved(folder, tuple(fields["classes"]), tuple(fields["sizes"]))))
    folder_atomic(folder, fill)
    return note


def _count(run: Run) -> Message | None:
    """Count in the ledger what a run tested elsewhere, once; returns and raises as the ledger does."""
    if ledger.knows(run.id):
        return None
    score = run.scores.get(MEAN, {}).get(main_metric(run.task).name)
    try:
        dataset = load_dataset(run.dataset_id)
    except UserError:
        metric = main_metric(run.task).name
        return ledger.record_elsewhere(
            run.dataset_id, run.id, run.holdout, metric, score, run.settings.sealed
        )
    recall(dataset)
    plan = plan_splits(dataset, run.settings, recorded=True)
    rows = plan.walk_rows if run.settings.sealed else plan.test_rows
    ledger.require_unsealed(rows, plan.holdout_rows, allowed=run.settings.sealed)
    if run.settings.sealed:
        return ledger.seal(dataset.id, run.id, plan.holdout_rows, plan.walk_rows)
    return count(run, plan)


def _is_here(run_id: str, files: Mapping[str, bytes]) -> bool:
    """Whether the very run is in this workspace; raises `UserError` where another one has its id."""
    try:
        folder = run_folder(run_id)
    except UserError:
        return False
    load_run(run_id)
    kept = json.loads((folder / MANIFEST).read_bytes())
    apart = [
        name
        for name in {*kept, *files} - set(_MAY_DIFFER)
        if name not in files or _hash(files[name]) != kept.get(name)
    ]
    if apart:
        raise UserError(
            N_("A run {run} is here already, and its file {file} is another one, so nothing was imported."),
            run=run_id,
            file=sorted(apart)[0],
        )
    return True


def _checked_manifest(files: Mapping[str, bytes]) -> tuple[str, str]:
    """Return the ids of run and dataset; raises `UserError` unless the files are just those that the manifest has."""
    try:
        manifest = json.loads(files[MANIFEST])
        version, hashes = manifest["version"], dict(manifest["files"])
        run_id, dataset_id = str(manifest["run"]), str(manifest["dataset"])
        known = manifest["format"] == FORMAT and isinstance(version, int) and RUN_ID.fullmatch(run_id)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise _no_run() from error
    if not known or not {RUN + RECORD, RUN + PREPARATION, RUN + PREDICTIONS} <= set(files):
        raise _no_run()
    if version > VERSION:
        raise UserError(
            N_(
                "The file was written by a newer version of Headline Lab (format {version}; this one reads {known})."
            ),
            version=version,
            known=VERSION,
        )
    for name in dict.fromkeys([*hashes, *(name for name in files if name != MANIFEST)]):
        if name not in files or _hash(files[name]) != hashes.get(name):
            raise UserError(
                N_(
                    "{file} in the archive is not as it was exported, so nothing was imported. Export the run again."
                ),
                file=name[:80],
            )
    return run_id, dataset_id


def _no_run() -> UserError:
    return UserError(N_("This ZIP file holds no run of Headline Lab."))


def _has_table(dataset_id: str) -> bool:
    try:
        load_dataset(dataset_id)
    except UserError:
        return False
    return True


def _upgraded(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    return table if "outcome" in table else run.predictions.table


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
