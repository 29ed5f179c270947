"""Arrays kept in one file with a digest, so that damage is noticed."""

from __future__ import annotations

import hashlib
import logging
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.files import write_atomic

log = logging.getLogger(__name__)

Arrays = Mapping[str, np.ndarray]
_DIGEST = "digest"


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays and their digest as a compressed npz, whole or not at all; none may be named "digest".

    Raises `UserError` where the disk is full or may not be written to.
    """

    def write(target: Path) -> None:
        with target.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **{_DIGEST: np.array(_digest(arrays))}, **arrays)

    write_atomic(path, write)


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """Return the arrays as they were written; None where there is no file, or one that is damaged (logged)."""
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        intact = str(arrays.pop(_DIGEST)) == _digest(arrays)
    except (
        OSError,
        ValueError,
        KeyError,
        EOFError,
        NotImplementedError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        log.warning("%s cannot be read and is made anew: %r", path, error)
        return None
    if not intact:
        log.warning("%s is damaged and is made anew", path)
        return None
    return arrays


def _digest(arrays: Arrays) -> str:
    """Return a SHA-256 over names, types, shapes and contents."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        total.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        total.update(array.tobytes())
    return total.hexdigest()
