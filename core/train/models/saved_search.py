"""The best that a cancelled search had found, kept in the workspace: the next one like it begins there."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import replace
from pathlib import Path

from core.errors import UserError
from core.files import write_atomic
from core.settings import settings as workspace
from core.train.models.model import Parameters
from core.train.models.tuning import Tuned, parameters
from core.train.settings import TrainSettings

log = logging.getLogger(__name__)


def save_search(dataset_id: str, settings: TrainSettings, tuned: tuple[Tuned, ...]) -> None:
    """Save what beat the defaults; one that cannot be saved is logged and lost."""
    found = parameters(tuned)
    if not found:
        return
    try:
        write_atomic(_path(dataset_id, settings), lambda path: path.write_text(json.dumps(found)))
    except (OSError, UserError):
        log.exception("the search could not be saved")


def saved_search(dataset_id: str, settings: TrainSettings) -> Parameters | None:
    """Return the parameters where the last search like it was cancelled; None where none was.

    Like it is one on the same dataset with the same settings but for the time: what was found on other rows
    may have seen the outcomes of these tests.
    """
    try:
        return json.loads(_path(dataset_id, settings).read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        log.exception("the kept search cannot be read: a new one begins")
        return None


def _path(dataset_id: str, settings: TrainSettings) -> Path:
    asked = json.dumps([dataset_id, replace(settings, tune_seconds=0).as_dict()], sort_keys=True)
    return workspace().home / "searches" / f"{hashlib.sha256(asked.encode()).hexdigest()[:32]}.json"
