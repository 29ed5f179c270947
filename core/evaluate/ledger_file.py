"""What the trial ledger is written in: lines that are only ever appended, and the rows that they name.

An entry is written with one system call that begins on a line of its own, so two processes may write at once,
and a line that was torn by a crash spoils no other.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import uuid
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from core.evaluate.ledger_rows import Rows
from core.files import disk_errors, write_atomic
from core.settings import settings

log = logging.getLogger(__name__)

SCORED, SEALED, OPENED = "scored", "sealed", "opened"
FILE = "looks.jsonl"
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Entry:
    """One line: which run did what (`scored`, `sealed` or `opened`) to which rows, when (UTC), and its score.

    `signature` names the holdout's rows, `scored` all rows that a score was shown of: the holdout's (unless it
    is sealed) and those of a walk forward; empty where there are none. `se` is the score's standard error;
    score and error are None where undefined or not of this kind. `dataset` is the table that the run was of;
    `tests` is how many sets of predictions were scored at once, 0 where it was logged as no further test. `version`
    is 1 where rows were told apart by the spelling of their headlines when it was written.
    """

    kind: str
    run_id: str
    signature: str
    time: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    metric: str = ""
    value: float | None = None
    se: float | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    dataset: str = ""
    scored: str = ""
    version: int = 2
    tests: int = 1


def append(entry: Entry) -> None:
    """Write an entry. Raises `UserError` where that cannot be done."""
    path = settings().home / "ledger" / FILE
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


def entries() -> list[Entry]:
    """Return what was written, in its order; first that of an earlier version, which kept a file per dataset."""
    folder = settings().home / "ledger"
    paths = [path for path in sorted(folder.glob("*.jsonl")) if path.name != FILE]
    earlier = [entry for path in paths for entry in _earlier(path)]
    return [*sorted(earlier, key=lambda entry: entry.kind == SEALED), *_lines(folder / FILE)]


def save_rows(rows: Rows, name: str = "", anew: bool = False) -> str:
    """Save rows under their own or another name for the entries that name them; return the name.

    Rows that are there already stay as they are, but `anew`.
    """
    path = _file(name or rows.name)
    if anew or not path.is_file():
        write_atomic(path, lambda part: part.write_bytes(rows.to_bytes()))
        _read.cache_clear()
    return path.stem


def load_rows(name: str) -> Rows | None:
    """Return the rows of this name; None where they are not known."""
    if not _NAME.fullmatch(name):
        return None
    path = _file(name)
    try:
        return _read(path)
    except FileNotFoundError:
        return None
    except (ValueError, EOFError) as error:
        log.warning("the rows in %s cannot be read: %r", path, error)
        return None


def _lines(path: Path) -> list[Entry]:
    found = []
    for line in path.read_bytes().split(b"\n") if path.is_file() else ():
        if not line.strip():
            continue
        try:
            found.append(Entry(**({"version": 1} | json.loads(line))))
        except (ValueError, TypeError) as error:
            log.warning("a torn line in %s is passed over: %r", path, error)
    return found


def _earlier(path: Path) -> list[Entry]:
    """Return the entries of a dataset; a run that opened a holdout and then scored it has two, but is one access."""
    lines = _lines(path)
    scored = {(entry.run_id, entry.signature) for entry in lines if entry.kind == SCORED}
    return [
        replace(entry, dataset=path.stem, scored="" if entry.kind == SEALED else entry.signature)
        for entry in lines
        if entry.kind != OPENED or (entry.run_id, entry.signature) not in scored
    ]


def _file(name: str) -> Path:
    return settings().home / "ledger" / "rows" / f"{name}.npy"


@lru_cache(maxsize=64)
def _read(path: Path) -> Rows:
    return Rows.from_bytes(path.read_bytes())
