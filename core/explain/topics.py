"""What each topic adds to the predictions, and what happened after its headlines."""

from __future__ import annotations

from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions
from core.explain.effects import Effect, Judge
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
    judge = Judge(run, data, found.rows, explained)
    shown = sorted(set(topics.topic[found.rows].tolist()))
    effects = [
        judge.effect(
            number,
            topics.keywords[number],
            added,
            topics.topic[found.rows] == number,
            topics.topic[judge.tested] == number,
            len(shown),
        )
        for number in shown
    ]
    return sorted(effects, key=lambda effect: -abs(effect.contribution.value))
