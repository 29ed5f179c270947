"""Scored files on disk, so that a page finds them again: a folder each in the workspace, the newest ones only."""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from core.data.dataset import Problem
from core.errors import Message, UserError
from core.files import folder_atomic
from core.locale import N_
from core.predict.scoring.batch import Scored
from core.predict.scoring.cautions import Caution, Cautions
from core.settings import settings

log = logging.getLogger(__name__)

MOST = 20  # scored files that are kept
_ID = re.compile(r"[0-9a-f]{12}")
_RECORD, _TABLE, _ASKED = "scored.json", "table.parquet", "asked.parquet"
_FLAG = "caution."


@dataclass(frozen=True)
class Kept:
    """What the record of a scored file says: of which run it is, the file's name and rows, and when it was made.

    `created` is in seconds since 1970.
    """

    id: str
    run: str
    file: str
    created: float
    given: int
    scored: int


def keep_scored(run_id: str, file: str, given: int, scored: Scored) -> Kept:
    """Keep a scored file of `given` rows, and remove the oldest beyond `MOST`; raises `UserError` where the disk is full."""
    kept = Kept(uuid.uuid4().hex[:12], run_id, file, time.time(), given, len(scored))
    record = vars(kept) | {
        "added": dict(scored.added),
        "problems": [
            {"code": p.code, "message": p.message.as_dict(), "rows": list(p.rows)} for p in scored.problems
        ],
        "cautions": [
            {"code": c.code, "short": c.short.as_dict(), "sentence": c.sentence.as_dict()}
            for c, _ in scored.cautions.found
        ],
    }
    flags = {f"{_FLAG}{number}": which for number, (_, which) in enumerate(scored.cautions.found)}

    def fill(part: Path) -> None:
        scored.table.to_parquet(part / _TABLE, index=False)
        scored.asked.assign(**flags).to_parquet(part / _ASKED, index=False)
        (part / _RECORD).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")

    folder_atomic(_folder() / kept.id, fill)
    for old in all_kept()[MOST:]:
        forget_scored(old.id)
    return kept


def all_kept(run_id: str | None = None) -> list[Kept]:
    """Return the scored files that are kept, of one run or of all, the newest first."""
    records = (_record(folder) for folder in _folder().iterdir() if _ID.fullmatch(folder.name))
    found = [_kept(record) for record in records if record]
    return sorted(
        (kept for kept in found if run_id in (None, kept.run)), key=lambda kept: kept.created, reverse=True
    )


def load_scored(kept_id: str) -> tuple[Kept, Scored]:
    """Open a scored file; raises `UserError` where there is none of this id any more."""
    folder = _folder() / kept_id
    record = _record(folder) if _ID.fullmatch(kept_id) else None
    if record is None:
        raise _gone()
    try:
        table, asked = pd.read_parquet(folder / _TABLE), pd.read_parquet(folder / _ASKED)
        cautions = tuple(
            (_caution(said), asked.pop(f"{_FLAG}{number}").to_numpy(bool))
            for number, said in enumerate(record["cautions"])
        )
    except (OSError, ValueError, KeyError) as error:
        log.exception("the scored file %s cannot be read", kept_id)
        raise _gone() from error
    problems = tuple(
        Problem(p["code"], Message.from_dict(p["message"]), tuple(p["rows"])) for p in record["problems"]
    )
    return _kept(record), Scored(table, problems, record["added"], Cautions(len(table), cautions), asked)


def forget_scored(kept_id: str) -> None:
    """Remove a scored file from the workspace."""
    if _ID.fullmatch(kept_id):
        with suppress(FileNotFoundError):  # another process has removed it
            shutil.rmtree(_folder() / kept_id)


def _folder() -> Path:
    return settings().folder("scored")


def _record(folder: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads((folder / _RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _kept(record: Mapping[str, Any]) -> Kept:
    return Kept(*(record[name] for name in ("id", "run", "file", "created", "given", "scored")))


def _caution(said: Mapping[str, Any]) -> Caution:
    return Caution(said["code"], Message.from_dict(said["short"]), Message.from_dict(said["sentence"]))


def _gone() -> UserError:
    return UserError(N_("This scored file is not in the workspace any more. Score the file again."))
