"""What each topic adds to the predictions, and what happened after its headlines."""

from __future__ import annotations

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.blocks import block_numbers
from core.evaluate.clustered import clustered_mean
from core.evaluate.events import event_numbers
from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions
from core.explain.effects import Effect, outcomes_of_run
from core.maps import Topics
from core.train.features.registry import headline_groups
from core.train.run import Run


def topic_effects(
    run: Run, data: Dataset, found: Contributions, topics: Topics, explained: int = -1
) -> list[Effect]:
    """Return the effect of each topic that has explained rows, the largest contribution first.

    `found` are the contributions to the class of number `explained`, by default the last. A run whose headlines are
    no part of the model has contributions of 0.
    """
    mine = [place for place, group in enumerate(found.groups) if group in headline_groups()]
    added = found.values[MEAN][:, mine].sum(axis=1)
    topic, cluster = topics.topic[found.rows], block_numbers(data, found.rows)
    positions = run.predictions.test.positions(data)
    tested = outcomes_of_run(run, data, positions, explained)
    shown = sorted(set(topic.tolist()))
    effects = []
    for number in shown:
        inside = topic == number
        outcome = tested.difference(positions[topics.topic[positions] == number], len(shown))
        effects.append(
            Effect(
                number=number,
                keywords=topics.keywords[number],
                rows=found.rows[inside],
                events=len(np.unique(event_numbers(data, found.rows[inside]))),
                contribution=clustered_mean(added[inside], cluster[inside], len(shown)),
                outcome=outcome,
            )
        )
    return sorted(effects, key=lambda effect: -abs(effect.contribution.value))
