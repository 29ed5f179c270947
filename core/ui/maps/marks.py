"""What is drawn on top of a map: marked places, and short names of clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True, eq=False)
class Mark:
    """Marked places `(n, d)` with the text of each and one symbol; `name` stands in the legend."""

    name: str
    places: np.ndarray
    texts: list[str]
    symbol: Literal["ring", "star"]


@dataclass(frozen=True, eq=False)
class Label:
    """A short text at a place `(d,)` of the map."""

    text: str
    place: np.ndarray
