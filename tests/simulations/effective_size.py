"""How many observations a mean is worth, against its variance over thousands of simulated tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.evaluate.effective_size import effective_size
from tests.makers.train_tables import make_dataset
from tests.simulations.overlap import World


def worth(world: World, seeds: Sequence[int]) -> tuple[float, np.ndarray]:
    """Return the true number of independent observations, and what the tables of these seeds say.

    The truth is the variance of one outcome over that of a table's mean, over 4,000 tables.
    """
    outcomes = np.stack([world.table(1_000_000 + k)[0] for k in range(4000)])
    truth = float(outcomes.var() / outcomes.mean(axis=1).var())
    session = np.repeat(np.arange(world.sessions), world.companies)
    dataset = make_dataset(np.zeros(len(session)), session)
    dataset.frame["company"] = [f"회사 {k}" for k in np.tile(np.arange(world.companies), world.sessions)]
    rows = np.arange(len(session))
    said = [effective_size(dataset, world.table(seed)[0], rows, world.horizon).effective_n for seed in seeds]
    return truth, np.array(said)
