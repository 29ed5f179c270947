"""Topics saved in the workspace, under a key made of the dataset, the vectors' content and the number asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from core.arrays import read_arrays, write_arrays
from core.data.dataset import Dataset
from core.jobs import Report, silent
from core.maps.topics import Topics, find_topics
from core.settings import settings as workspace

_VERSION = 2  # of how topics are found


def topics_key(data: Dataset, vectors: np.ndarray, count: int = 0) -> str:
    """Return what names the topics of a dataset by these vectors `(rows, dim)`: a SHA-256 of all that they depend on."""
    digest = hashlib.sha256(f"{_VERSION} {data.id} {count} {vectors.shape}".encode())
    digest.update(np.ascontiguousarray(vectors, "<f4").data)
    return digest.hexdigest()


def topics_of(data: Dataset, vectors: np.ndarray, count: int = 0, report: Report = silent) -> Topics | None:
    """Return the topics as `find_topics` does: the saved ones, or else new ones, then saved."""
    key = topics_key(data, vectors, count)
    known, found = load_topics(key)
    if not known:
        found = find_topics(data, vectors, count, report)
        write_arrays(_path(key), _to_arrays(found))
    return found


def saved_topics(data: Dataset, vectors: np.ndarray, count: int = 0) -> tuple[bool, Topics | None]:
    """Return whether topics have been looked for before, and what was found: None where there are none."""
    return load_topics(topics_key(data, vectors, count))


def load_topics(key: str) -> tuple[bool, Topics | None]:
    """Return what `saved_topics` does for the topics of this key."""
    saved = read_arrays(_path(key))
    return (False, None) if saved is None else (True, _from_arrays(saved))


def _path(key: str) -> Path:
    return workspace().home / "maps" / f"topics-{key}.npz"


def _to_arrays(found: Topics | None) -> dict[str, np.ndarray]:
    if found is None:
        return {"topic": np.zeros(0, int)}
    return {
        "topic": found.topic,
        "keywords": np.array(["\n".join(words) for words in found.keywords], str),
        "typical": np.array([" ".join(map(str, rows)) for rows in found.typical], str),
        "stability": np.array(found.stability),
    }


def _from_arrays(saved: dict[str, np.ndarray]) -> Topics | None:
    if not len(saved["topic"]):
        return None
    return Topics(
        saved["topic"],
        tuple(tuple(words.split("\n")) if words else () for words in saved["keywords"].tolist()),
        tuple(tuple(map(int, rows.split())) for rows in saved["typical"].tolist()),
        float(saved["stability"]),
    )
