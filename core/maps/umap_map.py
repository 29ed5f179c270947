"""UMAP (McInnes et al., 2018) that says how far it is and stops where it is asked to."""

from __future__ import annotations

import math
import re
import threading
import time
import warnings
from collections.abc import Callable

import numpy as np

from core.jobs import Report
from core.locale import N_
from core.maps.compiled import umap_library
from core.maps.nearest import Search
from core.maps.settings import MapSettings

EPOCHS = 500, 200  # for up to 10,000 vectors and for more, as UMAP chooses them
_MANY = 10_000
_EPOCH_SECONDS = 4e-6  # of each vector and epoch, measured on two cores
_COMPILING = 20.0  # seconds that numba takes once per process
_OFTEN = 0.2  # seconds between two reports

_one_at_a_time = threading.Lock()  # numba's workqueue layer ends the process where two threads enter it


def umap_map(vectors: np.ndarray, search: Search, settings: MapSettings, report: Report) -> np.ndarray:
    """Return two (or three) coordinates per vector, `(n, dimensions)`, for distinct vectors `(n, dim)`.

    Neighbours are those that `search` finds; the vectors' first components are where the map starts from.
    """
    count = len(vectors)

    def tell(fraction: float) -> None:
        report(fraction, N_("Computing the UMAP of {count:,} headlines"), count=count)

    neighbours = min(settings.neighbours, count - 1)
    epochs = EPOCHS[count > _MANY]
    found_at = 0.02 + 0.93 * search.seconds / (search.seconds + _EPOCH_SECONDS * count * epochs)
    laid_out_from = found_at + 0.05
    numbers, distances = search(neighbours - 1, lambda share: tell(share * found_at))
    itself = np.arange(count)[:, None]
    graph = np.hstack([itself, numbers]), np.hstack([np.zeros((count, 1), np.float32), distances])
    _wait(lambda share: tell(found_at + share * 0.04))
    try:
        tell(found_at + 0.04)
        watch = _Epochs(epochs, lambda share: tell(laid_out_from + share * (1 - laid_out_from)))
        return _fit(vectors, settings, neighbours, graph, epochs, watch)
    finally:
        _one_at_a_time.release()


class _Epochs:
    """A file that UMAP's own progress bar writes the number of finished epochs to."""

    def __init__(self, epochs: int, progress: Callable[[float], None]) -> None:
        self.epochs, self.progress = epochs, progress

    def write(self, text: str) -> None:
        if number := re.search(r"\d+", text):
            self.progress(min(int(number[0]) / self.epochs, 1.0))

    def flush(self) -> None:
        """Do nothing: what is written has arrived."""


def _wait(progress: Callable[[float], None]) -> None:
    """Take the lock; the share of the wait nears 1, as nobody knows how long the other UMAP takes."""
    began = time.monotonic()
    while not _one_at_a_time.acquire(timeout=_OFTEN):
        progress(1 - math.exp((began - time.monotonic()) / _COMPILING))


def _fit(
    vectors: np.ndarray,
    settings: MapSettings,
    neighbours: int,
    graph: tuple[np.ndarray, np.ndarray],
    epochs: int,
    watch: _Epochs,
) -> np.ndarray:
    reducer = umap_library().UMAP(
        n_neighbors=neighbours,
        n_components=settings.dimensions,
        min_dist=settings.min_dist,
        n_epochs=epochs,
        init="pca",
        random_state=settings.seed,
        n_jobs=1,  # what a fixed seed implies
        precomputed_knn=graph,
        tqdm_kwds={
            "disable": False,
            "file": watch,
            "bar_format": "{n}",
            "miniters": 1,
            "mininterval": _OFTEN,
        },
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "precomputed_knn", UserWarning)  # nothing will be added to the map
        return np.asarray(reducer.fit_transform(vectors))
