"""A path that the user typed: the folder it leads to, or why it leads to none."""

from __future__ import annotations

import os
import re
from pathlib import Path

from core.errors import UserError
from core.locale import N_

_PATH = re.compile(r"[/~.]|[A-Za-z]:[\\/]|[^/]*\\|[^/]+/[^/]*/")  # what no hub id begins with, or holds


def local_folder(name: str) -> Path | None:
    """Return the folder that a name is, resolved; None where it is none, or may not be looked at."""
    try:
        folder = Path(name).expanduser()
        return folder.resolve() if name.strip() and folder.is_dir() and os.access(folder, os.X_OK) else None
    except (OSError, RuntimeError, ValueError):  # too long, the home of an unknown user, a NUL character
        return None


def refuse_path(name: str) -> None:
    """Say what is wrong with a name that is a path but no folder to read: raises `UserError`.

    Does nothing for a name that reads as none, such as a hub's id or a single word.
    """
    try:
        path = Path(name).expanduser()
        if not name.strip():
            return
        if path.is_file():
            raise UserError(
                N_("{path} is a file. Give the folder that holds the encoder: {folder}"),
                path=name,
                folder=str(path.parent),
            )
        if path.is_dir():
            raise _forbidden(name)
        if _PATH.match(name):
            part = next(parent for parent in path.resolve().parents if parent.exists())
            if part == part.parent:
                raise UserError(N_("The folder {folder} does not exist on this machine."), folder=name)
            raise UserError(
                N_("The folder {folder} does not exist on this machine: of its path, only {part} is there."),
                folder=name,
                part=str(part),
            )
    except PermissionError:
        raise _forbidden(name) from None
    except (OSError, RuntimeError, ValueError):  # too long, the home of an unknown user, a NUL character
        if _PATH.match(name):
            raise UserError(N_("{path} is no path of a folder on this machine."), path=name) from None


def _forbidden(name: str) -> UserError:
    return UserError(
        N_(
            "The folder {folder} may not be read by the app. Give its account the right to read the folder and all "
            "folders above it."
        ),
        folder=name,
    )
