"""Vectors to two coordinates: PCA, UMAP (McInnes et al., 2018) and t-SNE (openTSNE; Poličar et al., 2019)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import numpy as np

from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.maps.settings import MapSettings

FEWEST = 5  # distinct vectors
_REDUCED = 50  # principal components that UMAP and t-SNE start from
_TSNE_ITERATIONS = (250, 500)  # early exaggeration, then the rest
_TSNE_THREADED = 2_000  # below, threads cost more than they save: up to 100 times on busy cores
_TSNE_EVERY = 25  # iterations between two reports
_UMAP_GRAPH = 0.3  # share of UMAP's time until its graph stands, as measured; then come the epochs

_one_umap = threading.Lock()  # numba's workqueue layer ends the process where two threads enter it

Projector = Callable[[np.ndarray, MapSettings, Report], np.ndarray]


def project(vectors: np.ndarray, settings: MapSettings, report: Report = silent) -> np.ndarray:
    """Return two coordinates per row, `(n, 2)` float32, for vectors `(n, dim)`.

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
    norms = np.linalg.norm(distinct, axis=1, keepdims=True)
    unit = distinct / np.where(norms > 0, norms, 1)
    projector: Projector = {"pca": _pca_map, "umap": _umap_map, "tsne": _tsne_map}[settings.method]
    places = projector(unit, settings, report)
    report(1.0, N_("The map of {count:,} headlines is ready"), count=len(distinct))
    return np.ascontiguousarray(places[rows], np.float32)


def warm_up() -> None:
    """Run a tiny UMAP so that numba compiles what the first real one needs; meant for a background thread."""
    vectors = np.random.default_rng(0).normal(size=(60, _REDUCED)).astype(np.float32)
    _umap(vectors, MapSettings("umap"), always_approximate=True)


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
    places = _pca(vectors, 2, settings.seed)
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))


def _umap_map(vectors: np.ndarray, settings: MapSettings, report: Report) -> np.ndarray:
    report(0.0, N_("Computing the UMAP of {count:,} headlines"), count=len(vectors))
    return _umap(_pca(vectors, _REDUCED, settings.seed), settings, report=report)


class _Epochs:
    """What UMAP's bar of tqdm writes into: each line is the share of epochs done, and is reported on."""

    def __init__(self, report: Report, count: int) -> None:
        self.report, self.count = report, count

    def write(self, line: str) -> None:
        with suppress(ValueError):  # a line end
            done = float(line.strip()) / 100
            share = _UMAP_GRAPH + (1 - _UMAP_GRAPH) * done
            self.report(share, N_("Computing the UMAP of {count:,} headlines"), count=self.count)

    def flush(self) -> None:
        """Do nothing: what is written is reported at once."""


def _umap(
    vectors: np.ndarray, settings: MapSettings, always_approximate: bool = False, report: Report = silent
) -> np.ndarray:
    import umap

    reducer = umap.UMAP(
        n_neighbors=min(settings.neighbours, len(vectors) - 1),
        min_dist=settings.min_dist,
        init="pca",
        random_state=settings.seed,
        n_jobs=1,  # what a fixed seed implies
        force_approximation_algorithm=always_approximate,
        tqdm_kwds={
            "file": _Epochs(report, len(vectors)),
            "disable": False,
            "bar_format": "{percentage:.1f}",
            "mininterval": 0.3,
        },
    )
    with _one_umap:
        return np.asarray(reducer.fit_transform(vectors))


def _tsne_map(vectors: np.ndarray, settings: MapSettings, report: Report) -> np.ndarray:
    from openTSNE import TSNE

    count = len(vectors)
    phases = iter((0, _TSNE_ITERATIONS[0]))
    report(0.0, N_("Computing the t-SNE of {count:,} headlines"), count=count)

    class Progress:
        """openTSNE announces each of its two phases and then counts the iterations within it from 1."""

        before = 0

        def optimization_about_to_start(self) -> None:
            self.before = next(phases)

        def __call__(self, iteration: int, error: float, embedding: np.ndarray) -> None:
            report(
                (self.before + iteration) / sum(_TSNE_ITERATIONS),
                N_("Computing the t-SNE of {count:,} headlines"),
                count=count,
            )

    tsne = TSNE(
        perplexity=min(settings.perplexity, (count - 1) / 3),
        early_exaggeration_iter=_TSNE_ITERATIONS[0],
        n_iter=_TSNE_ITERATIONS[1],
        n_jobs=1 if count < _TSNE_THREADED else 2,
        random_state=settings.seed,
        callbacks=Progress(),
        callbacks_every_iters=_TSNE_EVERY,
    )
    return np.asarray(tsne.fit(_pca(vectors, _REDUCED, settings.seed)), np.float32)
