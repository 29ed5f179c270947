"""What each topic adds to the predictions, and what happened after its headlines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval
from core.evaluate.clustered import clustered_difference, clustered_mean
from core.evaluate.events import event_numbers, event_weights
from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions, explained_class
from core.maps import Topics
from core.train.features.registry import headline_groups
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class TopicEffect:
    """What the headlines of one topic do.

    `number` and `keywords` are the topic's in `Topics`. Over its explained rows (`rows`, at these positions of the
    dataset, `events` of them) the headline adds `contribution` to the ensemble's prediction on average; `outcome` is
    the share of the explained class, or the mean return, of the topic's test rows less that of the others. Each event
    counts the same; both intervals are clustered by session and corrected for the number of topics.
    """

    number: int
    keywords: tuple[str, ...]
    rows: np.ndarray
    events: int
    contribution: Interval
    outcome: Interval

    @property
    def confirmed(self) -> bool:
        """Whether what happened differs, and in the direction of the contribution."""
        outcome = self.outcome
        told = outcome.low > 0 if self.contribution.value > 0 else outcome.high < 0
        return bool(told)


def topic_effects(
    run: Run, data: Dataset, found: Contributions, topics: Topics, explained: int = -1
) -> list[TopicEffect]:
    """Return the effect of each topic that has explained rows, the largest contribution first.

    `found` are the contributions to the class of number `explained`, by default the last. A run whose headlines are
    no part of the model has contributions of 0.
    """
    mine = [place for place, group in enumerate(found.groups) if group in headline_groups()]
    added = found.values[MEAN][:, mine].sum(axis=1)
    test = run.predictions.test
    tested = test.positions(data)
    happened = test.outcome
    if run.classes:
        happened = (happened == explained_class(run, explained)).astype(float)
    blocks = Blocks.of(data, tested, test.outcome, run.settings.horizon)
    place = {row: number for number, row in enumerate(tested.tolist())}
    explained_blocks = blocks.take(np.array([place[row] for row in found.rows.tolist()], int))
    weights, weights_of_all = event_weights(data, found.rows), event_weights(data, tested)
    known = np.isfinite(happened)
    events = event_numbers(data, found.rows)
    shown = [number for number in range(len(topics)) if (topics.topic[found.rows] == number).any()]
    effects = []
    for number in shown:
        inside = topics.topic[found.rows] == number
        effects.append(
            TopicEffect(
                number=number,
                keywords=topics.keywords[number],
                rows=found.rows[inside],
                events=len(np.unique(events[inside])),
                contribution=clustered_mean(added, inside, explained_blocks, weights, len(shown)),
                outcome=clustered_difference(
                    happened[known],
                    (topics.topic[tested] == number)[known],
                    blocks.take(known),
                    weights_of_all[known],
                    len(shown),
                ),
            )
        )
    return sorted(effects, key=lambda effect: -abs(effect.contribution.value))
