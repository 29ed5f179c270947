"""Maps saved in the workspace, one array each, under a key made of the vectors' content and the settings."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np

from core.arrays import read_arrays, write_arrays
from core.jobs import Report, silent
from core.maps.projection import project
from core.maps.settings import MapSettings
from core.settings import settings as workspace


def map_key(vectors: np.ndarray, settings: MapSettings) -> str:
    """Return the key of a map: the SHA-256 of the vectors' content and of the settings its method uses."""
    content = np.ascontiguousarray(vectors, "<f4")
    digest = hashlib.sha256(json.dumps([content.shape, settings.used], sort_keys=True).encode())
    digest.update(content.data)
    return digest.hexdigest()


def load_or_none(key: str) -> np.ndarray | None:
    """Return the coordinates `(n, 2)` float32, read-only, or None where none are saved or they are damaged."""
    saved = read_arrays(_path(key))
    if saved is None:
        return None
    places = saved["places"]
    places.flags.writeable = False
    return places


def save(key: str, places: np.ndarray) -> None:
    """Save the coordinates. Raises `UserError` where the disk is full."""
    write_arrays(_path(key), {"places": places})


def coordinates(vectors: np.ndarray, settings: MapSettings, report: Report = silent) -> np.ndarray:
    """Return the map `(n, 2)` float32 of vectors `(n, dim)`: the saved one, or else a new one, then saved."""
    key = map_key(vectors, settings)
    places = load_or_none(key)
    if places is None:
        save(key, project(vectors, settings, report))
        places = load_or_none(key)
        assert places is not None
    return places


def _path(key: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{64}", key):
        raise ValueError(f"not the key of a map: {key!r}")
    return workspace().home / "maps" / f"{key}.npz"
