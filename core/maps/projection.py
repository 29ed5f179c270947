"""Vectors to two or three coordinates: PCA, UMAP or t-SNE."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.maps.settings import MapSettings
from core.maps.tsne_map import tsne_map
from core.maps.umap_map import umap_map

FEWEST = 5  # distinct vectors
_REDUCED = 50  # principal components that UMAP and t-SNE start from

Projector = Callable[[np.ndarray, MapSettings, Report], np.ndarray]


def project(vectors: np.ndarray, settings: MapSettings, report: Report = silent) -> np.ndarray:
    """Return two coordinates per row (or three), `(n, dimensions)` float32, for vectors `(n, dim)`.

    Vectors are scaled to length 1 first, so that distances follow the cosine. Equal vectors count once and
    get the same place. Raises `UserError` for fewer than 5 distinct vectors, and `Cancelled` from `report`.
    """
    distinct, rows = _distinct_rows(vectors)
    if len(distinct) < FEWEST:
        raise UserError(
            N_("A map needs at least {fewest} different headlines; there are {count}."),
            fewest=FEWEST,
            count=len(distinct),
        )
    report(0.0, N_("Preparing the map of {count:,} headlines"), count=len(distinct))
    norms = np.linalg.norm(distinct, axis=1, keepdims=True)
    unit = distinct / np.where(norms > 0, norms, 1)
    projector: Projector = {"pca": _pca_map, "umap": _umap, "tsne": _tsne}[settings.method]
    places = projector(unit, settings, report)
    report(1.0, N_("The map of {count:,} headlines is ready"), count=len(distinct))
    return np.ascontiguousarray(places[rows], np.float32)


def _distinct_rows(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different rows in order of appearance, and the number of each row's, `(n,)`."""
    vectors = np.ascontiguousarray(vectors, np.float32)
    number: dict[bytes, int] = {}
    rows = np.fromiter((number.setdefault(v.tobytes(), len(number)) for v in vectors), np.int64, len(vectors))
    first = np.full(len(number), len(vectors))
    np.minimum.at(first, rows, np.arange(len(vectors)))
    return vectors[first], rows


def _pca(vectors: np.ndarray, components: int, seed: int) -> np.ndarray:
    from sklearn.decomposition import PCA

    components = min(components, *vectors.shape)
    return np.asarray(PCA(components, random_state=seed).fit_transform(vectors), np.float32)


def _pca_map(vectors: np.ndarray, settings: MapSettings, report: Report) -> np.ndarray:
    report(0.0, N_("Computing the principal components of {count:,} headlines"), count=len(vectors))
    places = _pca(vectors, settings.dimensions, settings.seed)
    return np.pad(places, ((0, 0), (0, settings.dimensions - places.shape[1])))


def _umap(vectors: np.ndarray, settings: MapSettings, report: Report) -> np.ndarray:
    return umap_map(_pca(vectors, _REDUCED, settings.seed), settings, report)


def _tsne(vectors: np.ndarray, settings: MapSettings, report: Report) -> np.ndarray:
    return tsne_map(_pca(vectors, _REDUCED, settings.seed), settings, report)
