"""What a person says of a run: its name, a note, a star, and whether it is put away.

It stands beside the run's hashed files, as lines that are only ever appended, each with what was changed: two sessions
that write at once both leave their line, and an earlier note can still be read in the file.
"""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.files import disk_errors
from core.locale import N_
from core.settings import settings

log = logging.getLogger(__name__)

FILE = "notes.jsonl"
LONGEST_NAME, LONGEST_NOTE = 80, 2000  # characters
_LARGEST_FILE = 16 * 2**20


@dataclass(frozen=True)
class Notes:
    """The notes of a run; `starred` marks it, `archived` takes it out of the lists."""

    name: str = ""
    note: str = ""
    starred: bool = False
    archived: bool = False


NONE = Notes()


def notes_of(run_id: str) -> Notes:
    """Return a run's notes; none where it has none, or where they cannot be read."""
    path = _path(run_id)
    try:
        state = path.stat()
    except OSError:
        return NONE
    return _read(path, state.st_mtime_ns, state.st_size)


def change_notes(run_id: str, seen: Notes | None = None, **changes: str | bool) -> Notes:
    """Change some of a run's notes, and return them all.

    `seen` are the notes that whoever changes them had before him. Raises `UserError` where one that is changed is not as
    seen any more, for a text that is too long, and where it cannot be written.
    """
    now, wanted = notes_of(run_id), _cleaned(changes)
    for field in wanted if seen else ():
        if getattr(now, field) not in (getattr(seen, field), wanted[field]):
            raise UserError(
                N_(
                    "Meanwhile somebody else changed this to “{text}”, so nothing was saved. Look and save again."
                ),
                text=str(getattr(now, field)),
            )
    changed = {field: value for field, value in wanted.items() if getattr(now, field) != value}
    if changed:
        _append(_path(run_id), changed | {"time": datetime.now(UTC).isoformat(timespec="seconds")})
    return notes_of(run_id)


def _cleaned(changes: Mapping[str, str | bool]) -> dict[str, str | bool]:
    cleaned: dict[str, str | bool] = {}
    for field, value in changes.items():
        if field not in asdict(NONE):
            raise ValueError(f"a run has no {field!r} among its notes")
        cleaned[field] = bool(value) if isinstance(getattr(NONE, field), bool) else str(value)
    if "name" in cleaned:
        cleaned["name"] = _bounded(" ".join(_printable(str(cleaned["name"])).split()), LONGEST_NAME)
    if "note" in cleaned:
        cleaned["note"] = _bounded(_printable(str(cleaned["note"])).strip(), LONGEST_NOTE)
    return cleaned


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise UserError(
            N_("The text has {length:,} characters; at most {most:,} are kept. Shorten it."),
            length=len(text),
            most=most,
        )
    return text


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def _path(run_id: str) -> Path:
    return settings().home / "runs" / run_id / FILE


def _append(path: Path, changed: Mapping[str, Any]) -> None:
    """Write a line with one system call, beginning on a line of its own."""
    line = f"\n{json.dumps(changed, ensure_ascii=False)}\n".encode()
    if not path.parent.is_dir():
        raise UserError(
            N_("There is no run {run}; choose one from the list of runs."), run=path.parent.name[:64]
        )
    with disk_errors(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.write(handle, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)


@lru_cache(maxsize=512)
def _read(path: Path, _written: int, size: int) -> Notes:
    """Read the notes of a file of this time and size."""
    found = NONE
    if size > _LARGEST_FILE:
        log.warning("the notes in %s are too large to be read", path)
        return found
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        log.warning("the notes in %s cannot be read: %r", path, error)
        return found
    for line in filter(bytes.strip, lines):
        try:
            fields = {key: value for key, value in json.loads(line).items() if key in asdict(NONE)}
            found = Notes(**(asdict(found) | _cleaned(fields)))
        except (ValueError, AttributeError, RecursionError, UserError) as error:
            log.warning("a damaged line in %s is passed over: %r", path, error)
    return found
