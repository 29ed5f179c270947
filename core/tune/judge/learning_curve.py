"""The score by amount of training data: would more labels help?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from core.evaluate.metrics import METRICS
from core.jobs import Report, silent
from core.locale import N_
from core.tune.examples import Examples, Parts

SIZES = (0.2, 0.4, 0.6, 0.8, 1.0)
Train = Callable[[Parts, int], tuple[np.ndarray, float]]  # parts, seed -> test probabilities, loss


@dataclass(frozen=True)
class Spread:
    """The mean of a number over seeds, and its least and greatest value."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of one value for each seed."""
        return cls(float(np.mean(values)), float(min(values)), float(max(values)))


@dataclass(frozen=True)
class CurvePoint:
    """Accuracy and macro F1 of the test, and the loss that training ended with, after learning from so many texts.

    `share` is that of all training texts, `seeds` how many subsets of this size were learned from.
    """

    texts: int
    share: float
    seeds: int
    accuracy: Spread
    f1: Spread
    loss: Spread

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> CurvePoint:
        """Make what `as_dict` took apart."""
        return cls(**{**plain, **{name: Spread(**plain[name]) for name in ("accuracy", "f1", "loss")}})


def learning_curve(
    examples: Examples,
    parts: Parts,
    sizes: Sequence[float | int],
    seeds: Sequence[int],
    train: Train,
    report: Report = silent,
) -> list[CurvePoint]:
    """Train on subsets of growing size and score each on the same test.

    A size is a share of the training texts (a float up to 1.0) or their number (an int; one above what there is is
    left out). For each of the `seeds`, smaller subsets are part of larger ones, and classes keep their shares.
    `train(parts, seed)` returns the test's probabilities `(test, classes)` and a loss. Raises `ValueError` where the
    examples have no classes or there is no seed, and whatever `train` and `report` raise.
    """
    if not examples.classes or not seeds:
        raise ValueError("a learning curve needs classes and a seed")
    counts = counts_of(sizes, len(parts.train))
    y = examples.labels[parts.test]
    done, work = 0, sum(counts) * len(seeds)
    points = []
    for count in counts:
        made = []
        for seed in seeds:
            report(done / work, N_("Learning curve: {count:,} texts, seed {seed}"), count=count, seed=seed)
            some = nested(parts.train, examples.labels, seed)[:count]
            probabilities, loss = train(replace(parts, train=np.sort(some)), seed)
            made.append((*_scores(y, probabilities), loss))
            done += count
        accuracy, f1, loss_spread = (Spread.of(values) for values in zip(*made, strict=True))
        points.append(CurvePoint(count, count / len(parts.train), len(seeds), accuracy, f1, loss_spread))
    return points


def counts_of(sizes: Sequence[float | int], texts: int) -> list[int]:
    """Return how many of the training texts each size is, ascending and each once."""
    counts = {size if isinstance(size, int) else round(size * texts) for size in sizes}
    return sorted(count for count in counts if 0 < count <= texts)


def nested(train: np.ndarray, labels: np.ndarray, seed: int) -> np.ndarray:
    """Return the training positions in an order of which each beginning is a stratified subset.

    Of each class, text r of c stands at r / c of the whole, so that the first of each class come first.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(train)
    place = np.empty(len(order))
    for name in np.unique(labels[order]):
        own = labels[order] == name
        place[own] = np.arange(own.sum()) / own.sum()
    return order[np.argsort(place, kind="stable")]


def _scores(y: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    once = np.ones((1, len(y)))
    accuracy, f1 = (float(METRICS[name].compute(y, p, once)[0]) for name in ("accuracy", "f1"))
    return accuracy, f1
