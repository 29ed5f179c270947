"""What some headlines have in common (a topic, a word): what it adds to the predictions, and what happened after them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.data.dataset import Dataset
from core.evaluate.blocks import Blocks
from core.evaluate.bootstrap import Interval
from core.evaluate.clustered import clustered_difference, clustered_mean
from core.evaluate.events import event_numbers, event_weights
from core.explain.contributions import explained_class
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class Effect:
    """What the headlines of one topic, or with one word, do.

    Over the explained ones (`rows`, at these positions of the dataset, `events` of them) it adds `contribution` to the
    ensemble's prediction on average; `outcome` is the share of the explained class, or the mean return, of all test
    rows with it less that of the others. Each event counts the same; both intervals are clustered by session and
    corrected for the number of topics or words.
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


@dataclass(frozen=True, eq=False)
class Judge:
    """What effects are measured on: the explained `rows` of a run, and all of its test rows.

    `explained` is the number of the explained class, by default the last.
    """

    run: Run
    data: Dataset
    rows: np.ndarray
    explained: int = -1

    @cached_property
    def tested(self) -> np.ndarray:
        """The positions of all test rows."""
        return self.run.predictions.test.positions(self.data)

    @cached_property
    def _happened(self) -> np.ndarray:
        outcome: np.ndarray = self.run.predictions.test.outcome
        if not self.run.classes:
            return outcome
        held: np.ndarray = outcome == explained_class(self.run, self.explained)
        return held.astype(float)

    @cached_property
    def _blocks(self) -> Blocks:
        outcome = self.run.predictions.test.outcome
        return Blocks.of(self.data, self.tested, outcome, self.run.settings.horizon)

    @cached_property
    def _explained_blocks(self) -> Blocks:
        place = {row: number for number, row in enumerate(self.tested.tolist())}
        return self._blocks.take(np.array([place[row] for row in self.rows.tolist()], int))

    def effect(
        self,
        number: int,
        keywords: tuple[str, ...],
        added: np.ndarray,
        inside: np.ndarray,
        tested: np.ndarray,
        asked: int,
    ) -> Effect:
        """Return one of `asked` effects: what is `added (rows,)` where a headline is `inside (rows,)` bool.

        `tested (test rows,)` bool says the same of all test rows.
        """
        rows = self.rows[inside]
        return Effect(
            number=number,
            keywords=keywords,
            rows=rows,
            events=len(np.unique(event_numbers(self.data, rows))),
            contribution=clustered_mean(
                added, inside, self._explained_blocks, event_weights(self.data, self.rows), asked
            ),
            outcome=clustered_difference(
                self._happened, tested, self._blocks, event_weights(self.data, self.tested), asked
            ),
        )
