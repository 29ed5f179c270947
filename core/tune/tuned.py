"""A tuned encoder and its record: an ordinary Hugging Face folder of the workspace, with `tune.json` beside the weights."""

from __future__ import annotations

import json
import logging
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.embed.seen import TUNED, Seen
from core.errors import UserError
from core.files import disk_errors, folder_atomic, write_atomic
from core.locale import N_
from core.settings import settings
from core.tune.model_card import model_card
from core.tune.record import DataFacts, Tuned, data_facts, from_record, to_record, tuned_home

__all__ = [
    "DataFacts",
    "Tuned",
    "data_facts",
    "delete_tuned",
    "free_name",
    "list_tuned",
    "load_part",
    "load_tuned",
    "require_free",
    "save_part",
    "save_tuned",
    "zip_tuned",
]

log = logging.getLogger(__name__)

RECORD, CARD = "tune.json", "README.md"
_NAME = re.compile(r"[\w][\w .-]{0,79}")
_PART = re.compile(r"[a-z_]+")


def free_name(encoder: str, method: str) -> str:
    """Return a name that no tuned encoder has yet, made of the encoder's and the method."""
    short = (
        re.sub(r"[^\w.-]+", "-", encoder.removeprefix(TUNED).rstrip("/").rpartition("/")[2]).strip("-.")
        or "encoder"
    )
    first = f"{short[:60]}-{method}"
    names = (first, *(f"{first}-{number}" for number in range(2, 10_000)))
    return next(name for name in names if not (tuned_home() / name).exists())


def require_free(name: str) -> None:
    """Raise `UserError` for a name that is none or is taken: before the training, not after it."""
    if not _NAME.fullmatch(name):
        raise UserError(
            N_("{name} is no name of an encoder: use letters, digits, spaces, dots and hyphens."), name=name
        )
    if (tuned_home() / name).exists():
        raise _taken(name)


def save_tuned(
    save: Callable[[Path], None], tuned: Tuned, seen: Seen, parts: Mapping[str, Any] | None = None
) -> Tuned:
    """Write the encoder (by `save`), its record, what it saw, a model card and further JSON `parts`, all or nothing.

    Raises `UserError` for a name that is taken or is none, and for a full disk.
    """
    require_free(tuned.name)

    def fill(folder: Path) -> None:
        save(folder)
        seen.save(folder)
        (folder / RECORD).write_text(
            json.dumps(to_record(tuned), ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8"
        )
        (folder / CARD).write_text(model_card(tuned), encoding="utf-8")
        for name, part in (parts or {}).items():
            (folder / _part_file(name)).write_text(_json(part), encoding="utf-8")

    folder_atomic(tuned.folder, fill)
    if load_tuned(tuned.id).created != tuned.created:  # another process was first
        raise _taken(tuned.name)
    return tuned


def list_tuned() -> list[Tuned]:
    """Return the tuned encoders of the workspace, newest first; one that cannot be read is logged and left out."""
    found = []
    for file in tuned_home().glob(f"[!.]*/{RECORD}"):
        try:
            found.append(_read(file.parent.name))
        except (OSError, ValueError, KeyError, TypeError, UserError) as error:
            log.warning("the record %s cannot be read: %r", file, error)
    return sorted(found, key=lambda tuned: tuned.created, reverse=True)


def load_tuned(tuned_id: str) -> Tuned:
    """Return a tuned encoder's record; raises `UserError` where there is none, or none that can be read."""
    try:
        return _read(_folder(tuned_id).name)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(N_("The record of the encoder {name} cannot be read."), name=tuned_id) from error


def delete_tuned(tuned_id: str) -> None:
    """Remove a tuned encoder and its zip; raises `UserError` where there is none. Runs made with it stay."""
    folder = _folder(tuned_id)
    with disk_errors(folder):
        _zip(folder.name).unlink(missing_ok=True)
        shutil.rmtree(folder)


def zip_tuned(tuned_id: str) -> Path:
    """Return a zip of the folder, made once and kept in the workspace until the encoder is deleted or changed.

    Raises `UserError` where there is no such encoder, and for a full disk.
    """
    folder = _folder(tuned_id)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    target = _zip(folder.name)
    if not target.is_file() or target.stat().st_mtime < max(path.stat().st_mtime for path in files):
        write_atomic(target, lambda path: _pack(path, folder, files))
    return target


def save_part(tuned_id: str, name: str, part: Any) -> None:
    """Add a further result to a tuned encoder as JSON, such as its learning curve; one of that name is replaced."""
    write_atomic(
        _folder(tuned_id) / _part_file(name), lambda path: path.write_text(_json(part), encoding="utf-8")
    )


def load_part(tuned_id: str, name: str) -> Any:
    """Return a further result of a tuned encoder, None where it has none of that name."""
    file = _folder(tuned_id) / _part_file(name)
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def _read(name: str) -> Tuned:
    fields = json.loads((tuned_home() / name / RECORD).read_text(encoding="utf-8"))
    return replace(from_record(fields), name=name)


def _folder(tuned_id: str) -> Path:
    name = tuned_id.removeprefix(TUNED)
    if not _NAME.fullmatch(name) or not (tuned_home() / name / RECORD).is_file():
        raise UserError(N_("There is no tuned encoder {name} in this workspace."), name=tuned_id)
    return tuned_home() / name


def _zip(name: str) -> Path:
    return settings().home / "encoders" / "zips" / f"{name}.zip"


def _pack(target: Path, folder: Path, files: list[Path]) -> None:
    with zipfile.ZipFile(target, "w") as archive:  # weights do not shrink
        for path in files:
            archive.write(path, Path(folder.name) / path.relative_to(folder))


def _part_file(name: str) -> str:
    if not _PART.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a part")
    return f"part-{name}.json"


def _json(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False)


def _taken(name: str) -> UserError:
    return UserError(N_("There is a tuned encoder {name} already: choose another name."), name=name)
