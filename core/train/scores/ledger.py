"""The trial ledger: every look at a holdout is counted.

One file of JSON lines per dataset in the workspace's `ledger/`, only ever appended to. An entry is written
with one system call that begins on a line of its own, so two processes may write at once, and a line that
was torn by a crash spoils no other. What was written first decides who opened a sealed holdout.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import math
import os
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.errors import Message
from core.files import disk_errors
from core.locale import N_
from core.settings import settings
from core.train.scores.bootstrap import Interval

log = logging.getLogger(__name__)

SCORED, SEALED, OPENED = "scored", "sealed", "opened"
_NAME = re.compile(r"[\w-]{1,128}")


@dataclass(frozen=True)
class Entry:
    """One line: which run did what (`scored`, `sealed` or `opened`) to which holdout, when (UTC), and its score.

    `se` is the score's standard error; score and error are None where undefined or not of this kind.
    """

    kind: str
    run_id: str
    signature: str
    time: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    metric: str = ""
    value: float | None = None
    se: float | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


def holdout_signature(rows: Sequence[int] | np.ndarray, target: Iterable[object], unit: str) -> str:
    """Return what a holdout is known by: a hash of its rows' numbers, what happened in them, and the unit.

    `rows (n,)` and `target (n,)` (as the dataset holds it: a return or a label) in any one order. The same
    rows scored as another task, with another encoder or under another seed are the same holdout.
    """
    lines = sorted(f"{int(row)} {value}" for row, value in zip(rows, np.asarray(target, object), strict=True))
    return hashlib.sha256("\n".join([unit, *lines]).encode()).hexdigest()[:32]


def standard_error(score: Interval) -> float | None:
    """Return the standard error that a 95% interval implies, half its width over 1.96; None without one."""
    width = score.high - score.low
    return None if math.isnan(width) else width / (2 * 1.959964)


def record_look(dataset_id: str, signature: str, run_id: str, metric: str, score: Interval) -> None:
    """Count a scored run. Raises `UserError` where it cannot be written: then the score must not be shown."""
    value = None if math.isnan(score.value) else score.value
    _append(
        dataset_id, Entry(SCORED, run_id, signature, metric=metric, value=value, se=standard_error(score))
    )


def seal(dataset_id: str, signature: str, run_id: str) -> Message | None:
    """Seal a holdout until it is opened; return why not where it has been looked at already."""
    first = _first_look(dataset_id, signature)
    if first is None:
        _append(dataset_id, Entry(SEALED, run_id, signature))
    return None if first is None else _refusal(first)


def open_once(dataset_id: str, signature: str, run_id: str) -> Message | None:
    """Open a sealed holdout: None for the first to come, else who looked first and when.

    Each attempt is logged and counts as a look, also one that comes too late.
    """
    mine = Entry(OPENED, run_id, signature)
    _append(dataset_id, mine)
    first = _first_look(dataset_id, signature)
    return None if first is None or first.id == mine.id else _refusal(first)


def sealed(dataset_id: str, signature: str) -> bool:
    """Whether a holdout has been sealed and not looked at since."""
    entries = _entries(dataset_id, signature)
    return any(e.kind == SEALED for e in entries) and not any(e.kind != SEALED for e in entries)


def looks(dataset_id: str, signature: str | None = None) -> list[Entry]:
    """Return the looks at a holdout (or at all of the dataset's), the oldest first.

    A run that opened a sealed holdout and then scored it looked once. Deleting a run deletes no look.
    """
    entries = _entries(dataset_id, signature)
    scored = Counter((e.run_id, e.signature) for e in entries if e.kind == SCORED)
    found = []
    for entry in entries:
        key = (entry.run_id, entry.signature)
        if entry.kind == OPENED and scored[key]:
            scored[key] -= 1  # this opening is the same look as the score
        elif entry.kind != SEALED:
            found.append(entry)
    return found


def _first_look(dataset_id: str, signature: str) -> Entry | None:
    return next((e for e in _entries(dataset_id, signature) if e.kind != SEALED), None)


def _refusal(first: Entry) -> Message:
    return Message(
        N_("This holdout is no longer sealed: run {run} looked at it first, on {time} (UTC)."),
        {"run": first.run_id, "time": first.time[:16].replace("T", " ")},
    )


def _file(dataset_id: str) -> Path:
    if not _NAME.fullmatch(dataset_id):
        raise ValueError(f"{dataset_id!r} is no id of a dataset")
    return settings().home / "ledger" / f"{dataset_id}.jsonl"


def _append(dataset_id: str, entry: Entry) -> None:
    path = _file(dataset_id)
    line = f"\n{json.dumps(asdict(entry), ensure_ascii=False, allow_nan=False)}\n".encode()
    with disk_errors(path):
        settings().folder("ledger")
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.write(handle, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(handle)
        finally:
            os.close(handle)


def _entries(dataset_id: str, signature: str | None) -> list[Entry]:
    path = _file(dataset_id)
    found = []
    for line in path.read_bytes().split(b"\n") if path.is_file() else ():
        if not line.strip():
            continue
        try:
            found.append(Entry(**json.loads(line)))
        except (ValueError, TypeError) as error:
            log.warning("a torn line in %s is passed over: %r", path, error)
    return [entry for entry in found if signature in (None, entry.signature)]
