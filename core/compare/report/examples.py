"""Test rows that show a run at its best and at its worst."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.compare.report.content import Example
from core.data.dataset import Dataset
from core.evaluate.predictions import MEAN
from core.explain import Contributions
from core.explain.path import surest_first
from core.train.run import Run

MOST = 3  # of each kind


def examples(run: Run, data: Dataset, found: Contributions | None, sealed: np.ndarray) -> tuple[Example, ...]:
    """Return the surest predictions that came true, and the surest that did not, one of each story and event.

    Where predictions are explained they are chosen among the explained rows. No row at the positions `sealed` is shown,
    nor one whose return was 0 or is predicted to be.
    """
    test = run.predictions.test
    positions = test.positions(data)
    open_rows = ~np.isin(positions, sealed)
    if found is not None:
        open_rows &= np.isin(positions, found.rows)
    test, positions = test.where(open_rows), positions[open_rows]
    if not len(test):
        return ()
    said, outcome = test[MEAN], test.outcome
    right = said.argmax(axis=1) == outcome if run.classes else said * outcome > 0
    wrong = ~right if run.classes else said * outcome < 0
    place = pd.Index(found.rows).get_indexer(pd.Index(positions)) if found else np.full(len(positions), -1)
    story, event = data.frame["story"].to_numpy()[positions], data.event[positions]
    chosen: list[Example] = []
    told: set[tuple[str, int]] = set()
    for is_right, which in ((True, right), (False, wrong)):
        count = 0
        for row in surest_first(said):
            marks = {("story", int(story[row]))} | (
                {("event", int(event[row]))} if event[row] >= 0 else set()
            )
            if which[row] and not marks & told and count < MOST:
                chosen.append(
                    Example(
                        int(positions[row]),
                        is_right,
                        np.atleast_1d(said[row]),
                        float(outcome[row]),
                        int(place[row]),
                    )
                )
                told |= marks
                count += 1
    return tuple(chosen)
