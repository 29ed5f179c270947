"""What each topic, or each outlet, adds to the predictions, and what happened after its headlines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.blocks import block_numbers
from core.evaluate.clustered import clustered_mean
from core.evaluate.events import event_numbers
from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions
from core.explain.effects import Effect, outcomes_of_run
from core.maps import Topics
from core.train.features.outlets import PRESS
from core.train.features.registry import headline_groups
from core.train.run import Run


def topic_effects(
    run: Run, data: Dataset, found: Contributions, topics: Topics, explained: int = -1
) -> list[Effect]:
    """Return the effect of each topic that has explained rows, the largest contribution first.

    `found` are the contributions to the class of number `explained`, by default the last. A run whose headlines are
    no part of the model has contributions of 0.
    """
    return _effects(run, data, found, headline_groups(), topics.topic, topics.keywords, explained)


def outlet_effects(run: Run, data: Dataset, found: Contributions, explained: int = -1) -> list[Effect]:
    """Return the effect of each outlet that has explained rows, by what the outlet alone adds, as `topic_effects` does.

    The outlet's name is its keyword; rows without one have none.
    """
    press = data.frame["press"]
    names = sorted(press.iloc[found.rows].dropna().unique())
    numbers = press.map({name: number for number, name in enumerate(names)}).fillna(-1).to_numpy(int)
    return _effects(run, data, found, {PRESS}, numbers, [(str(name),) for name in names], explained)


def _effects(
    run: Run,
    data: Dataset,
    found: Contributions,
    groups: set[str] | frozenset[str],
    number_of: np.ndarray,
    keywords: Sequence[tuple[str, ...]],
    explained: int,
) -> list[Effect]:
    """Return the effects of sets of rows, numbered by `number_of (rows of the dataset,)`, -1 for none, by these groups."""
    mine = [place for place, group in enumerate(found.groups) if group in groups]
    added = found.values[MEAN][:, mine].sum(axis=1)
    number, cluster = number_of[found.rows], block_numbers(data, found.rows)
    positions = run.predictions.test.positions(data)
    tested = outcomes_of_run(run, data, positions, explained)
    shown = sorted(set(number.tolist()) - {-1})
    effects = []
    for one in shown:
        inside = number == one
        effects.append(
            Effect(
                number=one,
                keywords=keywords[one],
                rows=found.rows[inside],
                events=len(np.unique(event_numbers(data, found.rows[inside]))),
                contribution=clustered_mean(added[inside], cluster[inside], len(shown)),
                outcome=tested.difference(positions[number_of[positions] == one], len(shown)),
            )
        )
    return sorted(effects, key=lambda effect: -abs(effect.contribution.value))
