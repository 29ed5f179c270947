"""What a map is made with."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import UserError
from core.locale import N_

METHODS = ("pca", "umap", "tsne")


@dataclass(frozen=True)
class MapSettings:
    """How vectors become two coordinates.

    `method` is "pca" (linear, at once), "umap" (uses `neighbours` and `min_dist`) or "tsne" (uses
    `perplexity`); `seed` makes a map the same again. Raises `UserError` for a value out of its range.
    """

    method: str = "pca"
    neighbours: int = 15
    min_dist: float = 0.1
    perplexity: float = 30.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise UserError(
                N_("There is no map method named {name}. Choose one of: {names}."),
                name=self.method,
                names=", ".join(METHODS),
            )
        for name, value, low, high in (
            ("neighbours", self.neighbours, 2, 200),
            ("min_dist", self.min_dist, 0, 1),
            ("perplexity", self.perplexity, 2, 200),
            ("seed", self.seed, 0, 2**31 - 1),
        ):
            if not low <= value <= high:
                raise UserError(
                    N_("The map setting {name} is {value}; it must lie between {low} and {high}."),
                    name=name,
                    value=value,
                    low=low,
                    high=high,
                )

    @property
    def used(self) -> dict[str, object]:
        """The settings that change the map of this method."""
        of_method = {"pca": (), "umap": ("neighbours", "min_dist"), "tsne": ("perplexity",)}[self.method]
        return {name: getattr(self, name) for name in ("method", "seed", *of_method)}
