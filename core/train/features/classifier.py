"""How a headline reads to a classifier tuned here: its class probabilities as columns.

A classifier is too sure of the texts that taught it, so these have no probability, in training as in a test: they count
as missing, which the column's indicator says. What a model learns of the columns comes from texts that the classifier
never saw, as out-of-fold predictions would. A classifier tuned on the run's own table thus leaves little to learn from,
one tuned on another table everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from core.embed.classifier import class_probabilities
from core.embed.seen import seen_of
from core.jobs import Report, silent
from core.train.features.block import FeatureSettings
from core.train.features.numeric import Numbers

KEY = "classifier"


def probabilities(encoder: str, texts: Sequence[str], report: Report = silent) -> pd.DataFrame:
    """Return the probability of each class but the first, `(n, classes - 1)`; NaN for texts that it learned from.

    Raises `UserError` as `class_probabilities` does.
    """
    classes, found = class_probabilities(encoder, texts, report)
    seen = seen_of(encoder)
    if seen is not None:
        found = np.where(seen.has_text(texts)[:, None], np.nan, found)
    return pd.DataFrame(found[:, 1:], columns=list(classes[1:]))


def read_ahead(texts: Sequence[str], settings: FeatureSettings, report: Report) -> None:
    """Embed the texts into the store, with progress."""
    class_probabilities(settings.classifier, texts, report)


@dataclass(frozen=True, eq=False)
class Classified:
    """The probabilities that a classifier, by its encoder's id, gives, and what training rows teach of them."""

    encoder: str
    numbers: Numbers

    @classmethod
    def fit(cls, texts: Sequence[str], settings: FeatureSettings) -> Self:
        """Learn from training headlines; one that never varies, or was seen by the classifier throughout, is left out."""
        return cls(settings.classifier, Numbers.fit(probabilities(settings.classifier, texts)))

    @property
    def names(self) -> tuple[str, ...]:
        """The classes and their missing-indicator, as names of columns."""
        return self.numbers.columns

    def matrix(self, texts: Sequence[str]) -> np.ndarray:
        """Return headlines as `(n, columns)`."""
        if not self.numbers.names:
            return np.zeros((len(texts), 0))
        return self.numbers.matrix(probabilities(self.encoder, texts))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays."""
        return {"encoder": np.array(self.encoder), **self.numbers.to_arrays()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Make what `to_arrays` took apart."""
        return cls(str(arrays["encoder"]), Numbers.from_arrays(arrays))
