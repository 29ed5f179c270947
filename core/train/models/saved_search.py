"""The best that a cancelled search had found, saved in the workspace: the next one like it begins there."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.files import write_atomic
from core.settings import settings as workspace
from core.train.models.sample import Parameters
from core.train.models.tuning import Tuned, parameters

log = logging.getLogger(__name__)


def save_search(dataset_id: str, settings: Mapping[str, Any], tuned: tuple[Tuned, ...]) -> None:
    """Save what beat the defaults; what cannot be saved is logged and lost.

    `settings` are a training's as plain values, `TrainSettings.as_dict()`.
    """
    found = parameters(tuned)
    if not found:
        return
    try:
        write_atomic(_path(dataset_id, settings), lambda path: path.write_text(json.dumps(found)))
    except (OSError, UserError):
        log.exception("the search could not be saved")


def saved_search(dataset_id: str, settings: Mapping[str, Any]) -> Parameters | None:
    """Return the parameters where the last search like it was cancelled; None where none was.

    Like it is one on the same dataset with the same settings but for the time: what was found on other rows
    may have seen the outcomes of these tests.
    """
    try:
        found: Parameters = json.loads(_path(dataset_id, settings).read_text())
        return found
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        log.exception("the saved search cannot be read: a new one begins")
        return None


def _path(dataset_id: str, settings: Mapping[str, Any]) -> Path:
    like = json.dumps([dataset_id, {**settings, "tune_seconds": 0}], sort_keys=True)
    return workspace().home / "searches" / f"{hashlib.sha256(like.encode()).hexdigest()[:32]}.json"
