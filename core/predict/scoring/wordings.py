"""Headlines that are found again in the same or in nearly the same words, without searching them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.near_duplicates import key
from core.evaluate.min_hashes import bands

ALIKE = 0.7  # of all trigrams of two headlines, the share that both have


@dataclass(frozen=True, eq=False)
class Wordings:
    """The wordings of a table's rows.

    `texts` are the distinct ones as `near_duplicates.key` leaves them; `bands` and `order`, `(hashes, texts)`, are their
    min-wise hashes in ascending order and whose each one is.
    """

    texts: pd.Index
    bands: np.ndarray
    order: np.ndarray

    @classmethod
    def of(cls, headlines: Sequence[str]) -> Wordings:
        """Return the wordings of headlines, each once."""
        texts = pd.Index(np.array([key(text) for text in headlines], object)).unique()
        made = bands(texts.tolist()).T
        order = np.argsort(made, axis=1, kind="stable")
        return cls(texts, np.take_along_axis(made, order, axis=1), order)

    def numbers(self, headlines: Sequence[str]) -> np.ndarray:
        """Return the number in `texts` of each headline's wording, `(n,)`; -1 where it is not among them."""
        found: np.ndarray = self.texts.get_indexer([key(text) for text in headlines])
        return found

    def alike(self, headlines: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return pairs `(pairs,)` of a headline's place and the number in `texts` of the same or nearly the same one.

        A pair has the same letters and digits, or shares a band of `min_hashes` and at least `ALIKE` of its trigrams;
        bands find about half of the headlines that share .74 of them, and all but a few that share .9.
        """
        words = pd.Index([key(text) for text in headlines])
        same = self.texts.get_indexer(words)
        place = [np.flatnonzero(same >= 0)]
        number = [same[place[0]]]
        if len(self.texts):
            for hashes, order, asked in zip(self.bands, self.order, bands(words.tolist()).T, strict=True):
                at = np.minimum(np.searchsorted(hashes, asked), len(hashes) - 1)
                hit = np.flatnonzero((hashes[at] == asked) & (asked > 0) & (same < 0))
                place.append(hit)
                number.append(order[at[hit]])
        pairs = np.unique(np.stack([np.concatenate(place), np.concatenate(number)]), axis=1)
        near = [same[one] == two or _shared(words[one], self.texts[two]) >= ALIKE for one, two in pairs.T]
        kept = pairs[:, np.array(near, bool)]
        return kept[0], kept[1]


def _shared(one: str, other: str) -> float:
    """Return the share of all trigrams of two texts that both have."""
    mine, theirs = _trigrams(one), _trigrams(other)
    return len(mine & theirs) / max(len(mine | theirs), 1)


def _trigrams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}
