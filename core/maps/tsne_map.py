"""t-SNE (openTSNE; Poličar et al., 2019) that says how far it is and stops where it is asked to."""

from __future__ import annotations

import numpy as np

from core.jobs import Report
from core.locale import N_
from core.maps.nearest import Search
from core.maps.settings import MapSettings

_ITERATIONS = (250, 500)  # early exaggeration, then the rest
_THREADED = 2_000  # vectors; below, threads cost more than they save: up to 100 times on busy cores
_EVERY = 10  # iterations between two reports
_THETA = {
    2: 0.5,
    3: 0.8,
}  # how coarsely far points are summed up: in 3-D 0.8 is as trustworthy, twice as fast
_SECONDS = 6e-3  # of each vector, measured on two cores


def tsne_map(vectors: np.ndarray, search: Search, settings: MapSettings, report: Report) -> np.ndarray:
    """Return two (or three) coordinates per vector, `(n, dimensions)` float32, for distinct vectors `(n, dim)`.

    Neighbours are those that `search` finds; the vectors' first components are where the map starts from.
    """
    from openTSNE import TSNE
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    count = len(vectors)
    phases = iter((0, _ITERATIONS[0]))
    found_at = search.seconds / (search.seconds + _SECONDS * count)

    def tell(fraction: float) -> None:
        report(fraction, N_("Computing the t-SNE of {count:,} headlines"), count=count)

    class Progress:
        """openTSNE announces each of its two phases and then counts the iterations within it from 1."""

        before = 0

        def optimization_about_to_start(self) -> None:
            self.before = next(phases)

        def __call__(self, iteration: int, error: float, embedding: np.ndarray) -> None:
            done = (self.before + iteration) / sum(_ITERATIONS)
            tell(found_at + (1 - found_at) * done)

    perplexity = min(settings.perplexity, (count - 1) / 3)
    threads = 1 if count < _THREADED else 2
    neighbours = search(min(count - 1, int(3 * perplexity)), lambda share: tell(share * found_at))
    affinities = PerplexityBasedNN(
        perplexity=perplexity, n_jobs=threads, knn_index=PrecomputedNeighbors(*neighbours)
    )
    tsne = TSNE(
        n_components=settings.dimensions,
        negative_gradient_method="auto" if settings.dimensions == 2 else "bh",  # the other one knows no third
        theta=_THETA[settings.dimensions],
        early_exaggeration_iter=_ITERATIONS[0],
        n_iter=_ITERATIONS[1],
        n_jobs=threads,
        random_state=settings.seed,
        callbacks=Progress(),
        callbacks_every_iters=_EVERY,
    )
    return np.asarray(tsne.fit(vectors, affinities), np.float32)
