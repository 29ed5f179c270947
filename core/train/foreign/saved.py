"""Judged predictions in the workspace: one folder each, a Parquet file beside a small JSON file."""

from __future__ import annotations

import json
import logging
import re
import shutil
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import Message, UserError
from core.evaluate.bootstrap import plain_scores, scores_of_plain
from core.evaluate.effective_size import Effective
from core.evaluate.foreign import ForeignSettings
from core.evaluate.lift import Lift
from core.evaluate.predictions import Predictions
from core.evaluate.verdict import Evidence
from core.files import disk_errors, folder_atomic
from core.locale import N_
from core.settings import settings
from core.train.foreign.judged import Judged

log = logging.getLogger(__name__)

RECORD, PREDICTIONS = "record.json", "predictions.parquet"
_ID = re.compile(r"[0-9a-f]{16}")
_SCORES = ("scores", "walk_scores", "baselines", "inside")
_MESSAGES = ("notes", "warnings")


def save_evaluation(judged: Judged) -> Path:
    """Write judged predictions into the workspace, whole or not at all, and return their folder."""

    def fill(folder: Path) -> None:
        judged.predictions.table.to_parquet(folder / PREDICTIONS, index=False)
        text = json.dumps(_record(judged), ensure_ascii=False, indent=1, allow_nan=False)
        (folder / RECORD).write_text(text, encoding="utf-8")

    folder = settings().folder("evaluations") / judged.id
    folder_atomic(folder, fill)
    return folder


def load_evaluation(evaluation_id: str) -> Judged:
    """Open judged predictions; raises `UserError` where there are none of this id or they cannot be read."""
    folder = _folder(evaluation_id)
    try:
        return _open(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            N_("The evaluation {id} cannot be read: bring the file of predictions again."), id=folder.name
        ) from error


def list_evaluations(dataset_id: str) -> list[Judged]:
    """Return the judged predictions of a dataset, the newest first; what cannot be read is passed over."""
    found = []
    for path in (settings().home / "evaluations").glob(f"*/{RECORD}"):
        if not _ID.fullmatch(path.parent.name):
            continue  # still being written
        try:
            if json.loads(path.read_bytes())["dataset_id"] == dataset_id:
                found.append(_open(path.parent))
        except (OSError, ValueError, KeyError, TypeError, UserError) as error:
            log.warning("the evaluation in %s cannot be read: %r", path.parent, error)
    return sorted(found, key=lambda judged: judged.created, reverse=True)


def delete_evaluation(evaluation_id: str) -> None:
    """Remove judged predictions from the workspace; their test access stays counted."""
    folder = _folder(evaluation_id)
    with disk_errors(folder):
        shutil.rmtree(folder)


def _folder(evaluation_id: str) -> Path:
    folder = settings().home / "evaluations" / evaluation_id
    if not _ID.fullmatch(evaluation_id) or not (folder / RECORD).is_file():
        raise UserError(
            N_("There is no evaluation {id}: bring the file of predictions again."), id=evaluation_id[:64]
        )
    return folder


def _record(judged: Judged) -> dict[str, Any]:
    record = {item.name: getattr(judged, item.name) for item in fields(judged) if item.name != "predictions"}
    record |= {name: plain_scores(record[name]) for name in _SCORES}
    record |= {name: [message.as_dict() for message in record[name]] for name in _MESSAGES}
    return record | {
        "settings": judged.settings.as_dict(),
        "lifts": {name: lift.as_dict() for name, lift in judged.lifts.items()},
        "evidence": asdict(judged.evidence),
        "effective": asdict(judged.effective),
    }


def _open(folder: Path) -> Judged:
    saved = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    known = {item.name for item in fields(Judged)}
    typed: dict[str, Any] = {name: scores_of_plain(saved[name]) for name in _SCORES}
    typed |= {name: tuple(Message.from_dict(one) for one in saved[name]) for name in _MESSAGES}
    typed |= {name: tuple(saved[name]) for name in ("classes", "keys")}
    table = pd.read_parquet(folder / PREDICTIONS)
    return Judged(
        **{name: value for name, value in saved.items() if name in known}
        | typed
        | {
            "settings": ForeignSettings.from_dict(saved["settings"]),
            "lifts": {name: Lift.from_dict(lift) for name, lift in saved["lifts"].items()},
            "evidence": Evidence(**saved["evidence"]),
            "effective": Effective(**saved["effective"]),
            "predictions": Predictions(table, tuple(saved["classes"])),
        }
    )
