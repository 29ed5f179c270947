"""How a preparation was saved before every block had its own part."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.train.features.block import OUTLETS

_MOVED = {
    "dim": "headline.dim",
    "features": "features.names",
    "medians": "features.medians",
    "flagged": "features.flagged",
    "low": "features.low",
    "high": "features.high",
    "dropped": "features.dropped",
    "outlets": "press.outlets",
    "own_columns": "press.own_columns",
}
_PARTS = {
    "components.": "headline.components.",
    "text.terms": "extras.morphemes.terms",
    "text.idf": "extras.morphemes.idf",
    "text.": "extras.",
}


def modern(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the arrays of a preparation under the names of today, whichever version saved them."""
    if "dim" not in arrays:
        return {name: arrays[name] for name in arrays}
    moved = {_name(name): arrays[name] for name in arrays}
    moved.setdefault("press.own_columns", np.array(OUTLETS))
    if "extras.names" in moved:
        moved["extras.dropped"] = np.array([], str)  # they are among those of the features
    return moved


def _name(name: str) -> str:
    if name in _MOVED:
        return _MOVED[name]
    earlier = next(start for start in _PARTS if name.startswith(start))
    return _PARTS[earlier] + name.removeprefix(earlier)
