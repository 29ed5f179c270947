"""Maps saved in the workspace, each with how far it may be trusted, under a key of the vectors' content and the settings."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from dataclasses import astuple
from pathlib import Path

import numpy as np

from core.arrays import read_arrays, write_arrays
from core.errors import UserError
from core.jobs import Report, part, silent
from core.locale import N_
from core.maps.projection import project
from core.maps.settings import METHODS, MapSettings
from core.maps.trust import Trust, trust
from core.settings import settings as workspace

_LAID_OUT_AT = 0.95  # the share of the work that the map is; the rest is how far it may be trusted


def map_key(vectors: np.ndarray, settings: MapSettings) -> str:
    """Return the key of a map: the SHA-256 of the vectors' content and of the settings its method uses."""
    content = np.ascontiguousarray(vectors, "<f4")
    digest = hashlib.sha256(json.dumps([content.shape, settings.used], sort_keys=True).encode())
    digest.update(content.data)
    return digest.hexdigest()


def load_or_none(key: str) -> np.ndarray | None:
    """Return the coordinates `(n, dimensions)` float32, read-only, or None where none are saved or they are damaged."""
    saved = read_arrays(_path(key))
    if saved is None:
        return None
    places = saved["places"]
    places.flags.writeable = False
    return places


def save(key: str, places: np.ndarray, found: Trust | None = None) -> None:
    """Save the coordinates, and how far they may be trusted. Raises `UserError` where the disk is full."""
    arrays = {"places": places}
    write_arrays(_path(key), arrays if found is None else arrays | {"trust": np.array(astuple(found))})


def coordinates(vectors: np.ndarray, settings: MapSettings, report: Report = silent) -> np.ndarray:
    """Return the map `(n, dimensions)` float32 of vectors `(n, dim)`: the saved one, or else a new one, then saved."""
    key = map_key(vectors, settings)
    places = load_or_none(key)
    if places is None:
        if METHODS[settings.method].at_once:
            save(key, project(vectors, settings, report))
        else:
            made = project(vectors, settings, part(report, 0, _LAID_OUT_AT))
            save(key, made, _measured(vectors, made, settings, part(report, _LAID_OUT_AT, 1)))
        places = load_or_none(key)
        assert places is not None
    return places


def map_trust(vectors: np.ndarray, places: np.ndarray, settings: MapSettings) -> Trust:
    """Return how far the map `places (n, d)` of `vectors (n, dim)` may be trusted, by the metric it was made with.

    It is kept with the saved map; where it is not there, it is measured and added.
    """
    key = map_key(vectors, settings)
    saved = read_arrays(_path(key)) or {}
    if "trust" in saved:
        trustworthiness, kept, rows = saved["trust"].tolist()
        return Trust(trustworthiness, kept, int(rows))
    found = _measured(vectors, places, settings, silent)
    if "places" in saved:
        with contextlib.suppress(UserError):  # a full disk keeps nobody from seeing it
            save(key, saved["places"], found)
    return found


def _measured(vectors: np.ndarray, places: np.ndarray, settings: MapSettings, report: Report) -> Trust:
    def tell(share: float) -> None:
        report(share, N_("Comparing the neighbours on the map with those by the encoder"))

    return trust(vectors, places, settings.measure, progress=tell)


def _path(key: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{64}", key):
        raise ValueError(f"not the key of a map: {key!r}")
    return workspace().home / "maps" / f"{key}.npz"
