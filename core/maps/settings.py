"""What a map is made with: the methods, and the settings of one map."""

from __future__ import annotations

from dataclasses import dataclass

from core.locale import N_
from core.validation import require_settings


@dataclass(frozen=True)
class Method:
    """A way to lay vectors out: what it is called, what it is good at, what its distances do not mean, its settings.

    `axis` names its axes by their number `n`; `scaled` says whether distances along them mean anything, `at_once`
    whether it takes no more than a second or two, and `of_neighbours` whether it starts from each vector's nearest, so
    that it matters how similarity is measured.
    """

    title: str
    note: str
    caution: str
    axis: str
    parameters: tuple[str, ...] = ()
    scaled: bool = False
    at_once: bool = False
    of_neighbours: bool = False


@dataclass(frozen=True)
class Metric:
    """A way to measure how similar two vectors are: what it is called, and what counts in it."""

    title: str
    note: str


_FAR = N_("Far apart on this map does not mean unlike: only close neighbours count.")
METHODS = {
    "pca": Method(
        "PCA",
        N_("PCA: ready at once; preserves large distances"),
        N_(
            "Close together on this map does not mean alike: differences in the other components do not show."
        ),
        N_("component {n}"),
        scaled=True,
        at_once=True,
    ),
    "umap": Method(
        "UMAP",
        N_("UMAP: shows groups; takes seconds to a minute"),
        _FAR,
        N_("UMAP {n}"),
        ("neighbours", "min_dist"),
        of_neighbours=True,
    ),
    "tsne": Method(
        "t-SNE",
        N_("t-SNE: shows neighbours; takes a minute or more"),
        _FAR,
        N_("t-SNE {n}"),
        ("perplexity",),
        of_neighbours=True,
    ),
}
COSINE, DOT, EUCLIDEAN, MANHATTAN = "cosine", "dot", "euclidean", "manhattan"
METRICS = {
    COSINE: Metric(
        N_("cosine"), N_("cosine: only the direction of a vector counts; right for most encoders")
    ),
    DOT: Metric(
        N_("dot product"),
        N_("dot product: direction and length count; long vectors are similar to many others"),
    ),
    EUCLIDEAN: Metric(N_("Euclidean"), N_("Euclidean: the straight line between two vectors; length counts")),
    MANHATTAN: Metric(
        N_("Manhattan"), N_("Manhattan: the sum of the differences in every dimension; takes longer")
    ),
}


_RANGES = {
    "neighbours": (2, 200),
    "min_dist": (0, 1),
    "perplexity": (2, 200),
    "seed": (0, 2**31 - 1),
    "dimensions": (2, 3),
}


@dataclass(frozen=True)
class MapSettings:
    """How vectors become two coordinates, or three.

    `method` is "pca" (linear, at once), "umap" (uses `neighbours` and `min_dist`) or "tsne" (uses
    `perplexity`); `seed` makes a map the same again. `metric` is how UMAP and t-SNE measure which vectors are similar,
    one of `METRICS`; PCA follows the cosine. Raises `UserError` for a value out of its range.
    """

    method: str = "pca"
    neighbours: int = 15
    min_dist: float = 0.1
    perplexity: float = 30.0
    seed: int = 0
    dimensions: int = 2
    metric: str = COSINE

    def __post_init__(self) -> None:
        require_settings(self, {"method": METHODS, "metric": METRICS}, _RANGES)

    @property
    def measure(self) -> str:
        """How this map measures similarity: the chosen metric where its method starts from neighbours, else the cosine."""
        return self.metric if METHODS[self.method].of_neighbours else COSINE

    @property
    def used(self) -> dict[str, object]:
        """The settings that change the map of this method."""
        names = ["method", "seed", *METHODS[self.method].parameters]
        # a map made before there were three dimensions, or another metric, keeps its place
        names += ["dimensions"] * (self.dimensions > 2) + ["metric"] * (self.measure != COSINE)
        return {name: getattr(self, name) for name in names}
