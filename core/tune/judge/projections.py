"""Maps of the test texts before and after: PCA, t-SNE and UMAP, in two and three dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.jobs import Report, part, silent
from core.maps.projection import FEWEST, project
from core.maps.settings import METHODS, MapSettings
from core.tune.examples import Examples, Parts

DIMENSIONS = (2, 3)
MOST = 1_000  # texts on a map: more take minutes and hide each other
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, eq=False)
class Projections:
    """Coordinates of some test texts before and after.

    `rows (m,)` are their positions in the examples; `places` has `(m, dimensions)` float32 by "before" or "after",
    method and dimensions. Of pairs each has its first text there. Two maps of one method share no axes.
    """

    rows: np.ndarray
    places: Mapping[tuple[str, str, int], np.ndarray]

    def as_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as named arrays, for `core.arrays.write_arrays`."""
        named = {
            f"{side}-{method}-{dimensions}": xy for (side, method, dimensions), xy in self.places.items()
        }
        return {"rows": self.rows, **named}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Projections:
        """Make what `as_arrays` took apart."""
        places = {}
        for name in arrays.keys() - {"rows"}:
            side, method, dimensions = name.split("-")
            places[side, method, int(dimensions)] = arrays[name]
        return cls(arrays["rows"], places)


def projections(
    examples: Examples,
    parts: Parts,
    old: np.ndarray,
    new: np.ndarray,
    report: Report = silent,
    methods: Sequence[str] = tuple(METHODS),
    dimensions: Sequence[int] = DIMENSIONS,
    seed: int = 0,
) -> Projections:
    """Return maps of the test texts by both encoders, of `MOST` drawn ones where there are more.

    `old` and `new` are the vectors of all examples, `(n, dim)`, of pairs `(n, 2, dim)`. An encoder that has fewer than
    five different vectors left has no map. Raises whatever `report` raises.
    """
    rows = np.sort(np.random.default_rng(seed).permutation(parts.test)[:MOST])
    first = {BEFORE: old[rows], AFTER: new[rows]}
    wanted = [(side, method, d) for method in methods for d in dimensions for side in first]
    places = {}
    for number, (side, method, d) in enumerate(wanted):
        vectors = first[side] if first[side].ndim == 2 else first[side][:, 0]
        share = part(report, number / len(wanted), (number + 1) / len(wanted))
        try:
            places[side, method, d] = project(vectors, MapSettings(method, seed=seed, dimensions=d), share)
        except UserError:
            if len(np.unique(vectors, axis=0)) >= FEWEST:
                raise
    return Projections(rows, places)
