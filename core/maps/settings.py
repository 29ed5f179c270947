"""What a map is made with: the methods, and the settings of one map."""

from __future__ import annotations

from dataclasses import dataclass

from core.locale import N_
from core.validation import require_settings


@dataclass(frozen=True)
class Method:
    """A way to lay vectors out: what it is called, what it is good at, and which settings it uses.

    `axis` names its axes by their number `n`; `scaled` says whether distances along them mean anything, and
    `at_once` whether it takes no more than a second or two.
    """

    title: str
    note: str
    axis: str
    parameters: tuple[str, ...] = ()
    scaled: bool = False
    at_once: bool = False


METHODS = {
    "pca": Method(
        "PCA",
        N_("PCA: ready at once; preserves large distances"),
        N_("component {n}"),
        scaled=True,
        at_once=True,
    ),
    "umap": Method(
        "UMAP",
        N_("UMAP: shows groups; takes seconds to a minute"),
        N_("UMAP {n}"),
        ("neighbours", "min_dist"),
    ),
    "tsne": Method(
        "t-SNE",
        N_("t-SNE: shows neighbours; takes a minute or more"),
        N_("t-SNE {n}"),
        ("perplexity",),
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
    `perplexity`); `seed` makes a map the same again. Raises `UserError` for a value out of its range.
    """

    method: str = "pca"
    neighbours: int = 15
    min_dist: float = 0.1
    perplexity: float = 30.0
    seed: int = 0
    dimensions: int = 2

    def __post_init__(self) -> None:
        require_settings(self, {"method": METHODS}, _RANGES)

    @property
    def used(self) -> dict[str, object]:
        """The settings that change the map of this method."""
        parameters = METHODS[self.method].parameters
        deep = (
            ("dimensions",) if self.dimensions > 2 else ()
        )  # a map made before there were three keeps its place
        return {name: getattr(self, name) for name in ("method", "seed", *parameters, *deep)}
