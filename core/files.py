"""Safe writing into the workspace: to a temporary name beside the target, then renamed."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import UserError
from core.locale import N_
from core.settings import private_folder

_DAY = 86_400  # seconds


_FULL = N_(
    "The disk is full: nothing could be written to {folder}. "
    "Free some space and try again; what was there is unchanged."
)
_FORBIDDEN = N_("No permission to write to {folder}. Set HEADLINE_LAB_HOME to a folder of yours.")


@contextmanager
def disk_errors(path: Path, full: str = _FULL, forbidden: str = _FORBIDDEN) -> Iterator[None]:
    """Turn a full disk or a folder without permission into a sentence that names the `folder` of the path."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError(full, folder=str(path.parent)) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise UserError(forbidden, folder=str(path.parent)) from error
        raise


def write_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file in the target's folder, then rename it to `path`."""
    with disk_errors(path):
        private_folder(path.parent)
        handle, name = tempfile.mkstemp(prefix=".part-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            write(temporary)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def folder_atomic(path: Path, fill: Callable[[Path], object]) -> None:
    """Let `fill` populate a temporary folder beside the target, then rename it to `path`.

    Where `path` has come to exist meanwhile (another process made the same), that one stays.
    """
    with disk_errors(path):
        private_folder(path.parent)
        temporary = Path(tempfile.mkdtemp(prefix=".part-", dir=path.parent))
        try:
            fill(temporary)
            try:
                os.replace(temporary, path)
            except OSError:
                if not path.is_dir():
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what processes that were killed left of `write_atomic` and `folder_atomic`, older than a day."""
    for part in folder.glob(".part-*"):
        with suppress(OSError):  # another process removes it, or it is not ours to remove
            if time.time() - part.stat().st_mtime < _DAY:
                continue
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink()
