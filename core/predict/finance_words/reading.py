"""Whether a run reads the words of a headline: does the opposite news move its prediction?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.data.classes import class_rank, run_from_down_to_up
from core.evaluate.predictions import MEAN
from core.explain import explained_class
from core.predict.standing import printed
from core.train.run import Run

READS, SMALL, WRONG = "reads", "small", "wrong"


@dataclass(frozen=True)
class Reading:
    """The ensemble's prediction of a headline and of the opposite one, and what is to be made of the difference.

    `moved` is `other` less `typed`, and `noise` the standard error of the mean of the models' own moves.
    `verdict` is READS, SMALL where the move is no larger than the noise or does not show in the printed numbers, or
    WRONG where good news is given the lower prediction.
    """

    typed: float
    other: float
    moved: float
    noise: float
    verdict: str


def reading(
    run: Run, typed: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray], turn: int, explained: int = -1
) -> Reading:
    """Compare the predictions `(classes,)` or `(1,)` of a headline and of its opposite, by model.

    `turn` is that of `Opposite`; `explained` the number of the class that is compared. Each model is held against
    itself, so that one which is always higher makes no noise. Raises `ValueError` for a class number that the run does
    not have.
    """
    at = explained_class(run, explained)
    before, after = float(typed[MEAN][at]), float(other[MEAN][at])
    moves = np.array([other[name][at] - typed[name][at] for name in run.models])
    noise = float(moves.std(ddof=1) / np.sqrt(len(moves))) if len(moves) > 1 else 0.0
    moved = after - before
    verdict = READS
    if abs(moved) <= noise or printed(before, bool(run.classes)) == printed(after, bool(run.classes)):
        verdict = SMALL
    elif moved * turn * upward(run, at) < 0:
        verdict = WRONG
    return Reading(before, after, moved, noise, verdict)


def upward(run: Run, at: int) -> int:
    """Return 1 where more of what is predicted is good news, -1 where it is bad, 0 where that is not known."""
    if not run.classes:
        return 1
    rank = class_rank(run.classes[at]) or 0
    return int(np.sign(rank)) if run_from_down_to_up(run.classes) else 0
