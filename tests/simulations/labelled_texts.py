"""How often the intervals of an encoder's test on labelled texts hold the truth."""

from __future__ import annotations

import numpy as np

from core.compare.encoder_tests import Labelled, Places, places
from core.evaluate.blocks import Blocks
from tests.simulations.row import Row, percent

TEXTS, REPETITIONS = 200, 200
WORLDS = ((16, 0.0, 2), (16, 1.5, 3), (64, 2.0, 2))  # numbers of a vector, distance of the classes, classes


def held(dim: int, shift: float, classes: int, repetitions: int = REPETITIONS, seed: int = 0) -> np.ndarray:
    """Return the share of made-up tables in which the 95% intervals hold the truth: of purity, gap and silhouette, `(3,)`.

    World: the vectors of a class are normal around a place of its own, `shift` from 0, as many numbers long as `dim`
    says. Truth: the mean over all tables, as purity depends on how many texts there are.
    """
    rng = np.random.default_rng(seed)
    found = [_places(rng, dim, shift, classes, repetition) for repetition in range(repetitions)]
    every = np.array(
        [
            [(one.value, one.low, one.high) for one in (each.purity, each.gap, each.silhouette)]
            for each in found
        ]
    )  # (repetitions, 3, 3)
    truth = every[:, :, 0].mean(axis=0)
    inside: np.ndarray = ((every[:, :, 1] <= truth) & (truth <= every[:, :, 2])).mean(axis=0)
    return inside


def _places(rng: np.random.Generator, dim: int, shift: float, classes: int, seed: int) -> Places:
    labels = rng.integers(0, classes, TEXTS)
    vectors = rng.normal(size=(TEXTS, dim))
    vectors[np.arange(TEXTS), labels] += shift
    names = tuple(str(number) for number in range(classes))
    blocks = Blocks(np.arange(TEXTS), unit="story")
    return places(vectors.astype(np.float32), Labelled(("",) * TEXTS, labels, names, blocks, 0), seed)


ROWS = (
    Row(
        "labelled texts: labels by chance / of three near classes / of two classes among 64 numbers",
        "the 95% intervals of the share of neighbours with the same label hold the truth",
        f"{REPETITIONS} each, seed 0",
        lambda: percent(*(float(held(*world)[0]) for world in WORLDS)),
    ),
    Row(
        "the same texts",
        "the 95% intervals of the silhouette hold the truth",
        f"{REPETITIONS} each, seed 0",
        lambda: percent(*(float(held(*world)[2]) for world in WORLDS)),
    ),
)
