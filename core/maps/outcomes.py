"""What happened after the headlines of each topic, told from the table alone: no model is needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.bootstrap import Interval
from core.evaluate.event_outcomes import EventOutcomes
from core.maps.topics import Topics


@dataclass(frozen=True)
class TopicOutcome:
    """What happened after one topic.

    `mean` is the share of one class, or the mean return, over the `events` that have a headline of it, and `gap` that
    less the mean of the other events; both intervals of all topics hold at once in 95% of tables, their bounds NaN where
    there is too little to tell.
    """

    events: int
    mean: Interval
    gap: Interval

    @property
    def differs(self) -> bool:
        """Whether what happened differs from the rest by more than chance brings about."""
        return self.gap.low > 0 or self.gap.high < 0


def topic_outcomes(
    data: Dataset, topics: Topics, hidden: np.ndarray | None = None, of_class: int = -1
) -> list[TopicOutcome] | None:
    """Return what happened after each topic, in their order; None for a table without outcomes.

    Rows at the positions `hidden` (a sealed holdout) are left out. Of classes that of number `of_class` is told, by
    default the last.
    """
    found = EventOutcomes.of_table(data, np.arange(0) if hidden is None else hidden, of_class)
    if found is None:
        return None
    rows = found.event_of.index.to_numpy()
    told, asked = [], 2 * len(topics)
    for topic in range(len(topics)):
        mine = rows[topics.topic[rows] == topic]
        told.append(
            TopicOutcome(
                int(found.having(mine).sum()),
                found.mean(mine, asked),
                found.difference(mine, asked),
            )
        )
    return told
