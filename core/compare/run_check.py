"""Is what a file says to be a run sound? It is opened whole in a process of its own, with bounded memory and time.

The readers of trees and tables are made for files that one wrote oneself: what makes one of them crash or run away ends
that process, not the app. There every part is read, none by pickle, and rows are predicted.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import string
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import Message, UserError
from core.files import disk_errors
from core.locale import N_
from core.settings import settings
from core.train.run import Run

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_ROWS = 50
_LONGEST = 20_000  # characters of one text in a record
_SPEC = re.compile(r"[<>+,]?(,|\d{1,2})?(\.\d)?[a-z%]?")
_UNSOUND = N_(
    "The run in this file cannot be opened ({reason}), so nothing was imported. Export the run again."
)


def require_sound(run: Mapping[str, bytes], table: Mapping[str, bytes], run_id: str, dataset_id: str) -> None:
    """Raise `UserError` unless these files are a run of this id that opens and predicts, and the table of this id."""
    temporary = Path(tempfile.gettempdir())
    with (
        disk_errors(temporary / "file"),
        tempfile.TemporaryDirectory(prefix="headline-lab-", ignore_cleanup_errors=True) as name,
    ):
        folder = Path(name)
        for part, files in (("run", run), ("datasets", table)):
            place = folder / part / (run_id if part == "run" else dataset_id)
            place.mkdir(parents=True)
            for file, content in files.items():
                (place / file).write_bytes(content)
        (folder / "job.json").write_text(json.dumps([run_id, dataset_id]), encoding="utf-8")
        _run_apart(folder)


def _run_apart(folder: Path) -> None:
    try:
        status, said = _process(folder)
    except subprocess.TimeoutExpired as error:
        raise UserError(
            N_(
                "To open the run in this file takes longer than {limit:,} seconds ({variable}), so it was not imported."
            ),
            limit=settings().parser_seconds,
            variable="HEADLINE_LAB_PARSER_SECONDS",
        ) from error
    try:
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        log.warning("the check of a run ended with status %s: %s", status, said)
        raise UserError(_UNSOUND, reason=f"status {status}") from None
    if result:
        log.warning("a run was refused: %s", result)
        raise UserError(_UNSOUND, reason=str(result["reason"])[:200])


def _process(folder: Path) -> tuple[int, str]:
    """Check the run in `folder` apart; return the exit status and the end of what was said."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "core.compare.run_check", str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "HEADLINE_LAB_HOME": str(folder)},
        cwd=folder,
        timeout=settings().parser_seconds,
    )
    return ended.returncode, ended.stderr[-2000:].decode(errors="replace")


def main(folder: Path) -> None:
    """Open the run in `folder` and leave there what is wrong with it: the process's side."""
    _bound_memory()
    result: dict[str, str] = {}
    try:
        _check(folder, *json.loads((folder / "job.json").read_text(encoding="utf-8")))
    except UserError as error:
        result = {"reason": str(error)}
    except Exception as error:
        result = {"reason": f"{type(error).__name__}: {error}".splitlines()[0]}
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _check(folder: Path, run_id: str, dataset_id: str) -> None:
    from core.train.run_record import from_record
    from core.train.runs import MANIFEST, RECORD, Saved

    place = folder / "run" / run_id
    fields = json.loads((place / RECORD).read_bytes())
    _check_texts(fields)
    hashes = {path.name: _hash(path) for path in place.iterdir()}
    (place / MANIFEST).write_text(json.dumps(hashes), encoding="utf-8")
    run = from_record(fields, Saved(place, tuple(fields["classes"]), tuple(fields["sizes"])))
    if (run.id, run.dataset_id) != (run_id, dataset_id) or not re.fullmatch(r"[0-9a-f]{16}", dataset_id):
        raise ValueError("its ids are not those of the archive")
    _check_record(run)
    _check_models(run)
    _check_predictions(run, place)
    _check_staircase(place)
    if any((folder / "datasets" / dataset_id).iterdir()):
        _check_table(run)


def _check_record(run: Run) -> None:
    """Read everything that a list of runs reads."""
    from core.evaluate.lift import sentence
    from core.evaluate.metrics import main_metric
    from core.evaluate.predictions import MEAN
    from core.train.models.registry import MODELS
    from core.train.run_record import run_table, to_record

    datetime.fromisoformat(run.created).astimezone()
    if not set(run.sizes) <= set(MODELS) or not set(run.settings.models) >= set(run.sizes):
        raise ValueError("it names models that this version does not know")
    if not re.fullmatch(r"([0-9a-f]{32})?", run.holdout):
        raise ValueError("its holdout has no name")
    _ = run.scores[MEAN][main_metric(run.task).name].value, run.rule, run.withheld, run.basis.enough
    json.dumps([run_table(run), to_record(run)], allow_nan=False)
    if run.lift:
        str(sentence(run.lift))
    for warning in run.warnings:
        _check_message(warning)


def _check_message(message: Message) -> None:
    """A sentence is shown as it is, so it has to be one of ours, and its parameters plain."""
    from core.locale import templates

    if message.template and message.template not in templates():
        raise UserError(N_("it says a sentence that this version does not know"))
    for _text, name, spec, _conversion in string.Formatter().parse(message.template):
        if name is not None and not (name.isidentifier() and _SPEC.fullmatch(spec or "")):
            raise ValueError("a sentence of it is not plain")
    for value in message.params.values():
        if isinstance(value, Message):
            _check_message(value)
    str(message)


def _check_texts(value: Any) -> None:
    """Refuse texts and lists that are too long to be a run's."""
    if isinstance(value, str) and len(value) > _LONGEST:
        raise ValueError("a text in its record is too long")
    if isinstance(value, dict | list):
        if len(value) > _LONGEST:
            raise ValueError("a list in its record is too long")
        for item in [*value.keys(), *value.values()] if isinstance(value, dict) else value:
            _check_texts(item)


def _check_models(run: Run) -> None:
    columns = len(run.preparation.columns)
    if columns != len(run.preparation.member_of) or not columns:
        raise ValueError("what was fitted before its models has no columns")
    X = np.random.default_rng(0).normal(size=(_ROWS, columns)).astype(np.float32)
    shape = (_ROWS, len(run.classes)) if run.classes else (_ROWS,)
    for name, made in run.calibrated(run.predict_matrix(X)).items():
        if made.shape != shape or not np.isfinite(made).all():
            raise ValueError(f"its model {name} predicts no numbers of {len(run.classes)} classes")


def _check_predictions(run: Run, place: Path) -> None:
    import pandas as pd

    from core.evaluate.predictions import HOLDOUT, MEAN, Predictions
    from core.train.bare_predictions import TAKEN_OUT, is_bare
    from core.train.runs import PREDICTIONS

    table = pd.read_parquet(io.BytesIO((place / PREDICTIONS).read_bytes()))
    if len(table) > settings().max_rows or table.duplicated(["row", "fold"]).any():
        raise ValueError("its table of predictions has rows that cannot be")
    if is_bare(table):
        table = table.assign(**dict.fromkeys(TAKEN_OUT, np.nan))
    made = Predictions(table, run.classes)
    if run.settings.sealed and (made.fold == HOLDOUT).any():
        raise ValueError("it predicts the holdout that it keeps sealed")
    _ = made[MEAN]


def _check_staircase(place: Path) -> None:
    from core.evaluate.leakage_text import sentence
    from core.train.leakage import FILE, steps_of

    if (place / FILE).is_file():
        for step in steps_of((place / FILE).read_bytes()):
            _check_message(sentence(step))


def _check_table(run: Run) -> None:
    """The id of a table is made of its content: one that says another id could stand in for a table of yours."""
    from core.data.build import content_id
    from core.data.library import list_datasets, load_dataset, load_sources
    from core.data.plan import Plan

    dataset = load_dataset(run.dataset_id)
    for problem in dataset.problems:
        _check_message(problem.message)
    if content_id(dataset.frame, dataset.plan or Plan(dataset.roles)) != run.dataset_id:
        raise ValueError("its table is not the one that it was trained on")
    entry = list_datasets()[0]
    counted = (len(dataset), dataset.distinct_headlines, dataset.sessions, dataset.events)
    if (
        not isinstance(entry.name, str)
        or (entry.rows, entry.distinct_headlines, entry.sessions, entry.events) != counted
    ):
        raise ValueError("its table is not as large as it says")
    load_sources(run.dataset_id)
    run.predictions.positions(dataset)


def _hash(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def _bound_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (settings().parser_bytes, settings().parser_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
