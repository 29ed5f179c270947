"""Vectors to two or three coordinates: PCA, UMAP or t-SNE."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.maps.nearest import Search, distinct_rows, unit
from core.maps.settings import COSINE, EUCLIDEAN, MapSettings
from core.maps.tsne_map import tsne_map
from core.maps.umap_map import umap_map

FEWEST = 5  # distinct vectors
_REDUCED = 50  # principal components that UMAP and t-SNE start from
_MANY = 20_000  # vectors; the neighbours of more are looked for in those components

Projector = Callable[[np.ndarray, MapSettings, Report], np.ndarray]


def project(vectors: np.ndarray, settings: MapSettings, report: Report = silent) -> np.ndarray:
    """Return two coordinates per row (or three), `(n, dimensions)` float32, for vectors `(n, dim)`.

    By the cosine, vectors are scaled to length 1 first. UMAP and t-SNE look for neighbours in the whole vectors, of more
    than 20,000 by cosine or Euclid in their 50 principal components. Equal vectors count once and get the same place.
    Raises `UserError` for fewer than 5 distinct vectors or for one that is not finite, and `Cancelled` from `report`.
    """
    vectors = np.ascontiguousarray(vectors, np.float32)
    if not np.isfinite(vectors).all():
        raise UserError(
            N_("{count:,} headlines have vectors that are not numbers: embed them with another encoder."),
            count=int((~np.isfinite(vectors).all(axis=1)).sum()),
        )
    first, rows = distinct_rows(vectors)
    distinct = vectors[first]
    if len(distinct) < FEWEST:
        raise UserError(
            N_("A map needs at least {fewest} different headlines; there are {count}."),
            fewest=FEWEST,
            count=len(distinct),
        )
    report(0.0, N_("Preparing the map of {count:,} headlines"), count=len(distinct))
    projector: Projector = {"pca": _pca_map, "umap": _umap, "tsne": _tsne}[settings.method]
    places = projector(unit(distinct) if settings.measure == COSINE else distinct, settings, report)
    report(1.0, N_("The map of {count:,} headlines is ready"), count=len(distinct))
    return np.ascontiguousarray(places[rows], np.float32)


def _pca(vectors: np.ndarray, components: int, seed: int) -> np.ndarray:
    from sklearn.decomposition import PCA

    components = min(components, *vectors.shape)
    return np.asarray(PCA(components, random_state=seed).fit_transform(vectors), np.float32)


def _pca_map(vectors: np.ndarray, settings: MapSettings, report: Report) -> np.ndarray:
    report(0.0, N_("Computing the principal components of {count:,} headlines"), count=len(vectors))
    places = _pca(vectors, settings.dimensions, settings.seed)
    return np.pad(places, ((0, 0), (0, settings.dimensions - places.shape[1])))


def _umap(vectors: np.ndarray, settings: MapSettings, report: Report) -> np.ndarray:
    reduced = _pca(vectors, _REDUCED, settings.seed)
    return umap_map(reduced, _search(vectors, reduced, settings), settings, report)


def _tsne(vectors: np.ndarray, settings: MapSettings, report: Report) -> np.ndarray:
    reduced = _pca(vectors, _REDUCED, settings.seed)
    return tsne_map(reduced, _search(vectors, reduced, settings), settings, report)


def _search(vectors: np.ndarray, reduced: np.ndarray, settings: MapSettings) -> Search:
    """Return where neighbours are looked for; vectors have length 1 where the cosine counts."""
    if settings.measure not in (COSINE, EUCLIDEAN):
        return Search(vectors, settings.measure)
    return Search(
        vectors if len(vectors) <= _MANY else reduced
    )  # nearly the same distances, in a fifth of the time
