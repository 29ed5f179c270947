"""The same news from every outlet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from core.evaluate.predictions import MEAN
from core.predict.question import Question
from core.predict.whatif.answers import ask_beside
from core.train.features.outlets import PRESS, Outlets
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class OutletAnswers:
    """The ensemble's prediction from each outlet, `values (n,)`, the highest first.

    `outlets` holds the names that the models tell apart, `other` for all others and None for an outlet that is not
    given; `present` is the place of the question's own. `rarer` outlets of training count as `other`, as does any that
    it has never seen.
    """

    outlets: tuple[str | None, ...]
    values: np.ndarray
    present: int
    other: str
    rarer: int


def outlet_answers(
    run: Run, question: Question, vector: np.ndarray, explained: int = -1
) -> OutletAnswers | None:
    """Ask a question, whose headline has the `vector (1, dim)`, from every outlet; None where the run reads none."""
    if not run.preparation.outlets:
        return None
    levels = cast(Outlets, run.preparation.parts[PRESS]).levels
    other = _unseen(levels)
    outlets: list[str | None] = [*levels, other, None]
    asked = [replace(question, press=name) for name in outlets]
    values = ask_beside(run, asked, vector, explained)[MEAN]
    own = question.press if question.press in (None, *levels) else other
    order = np.argsort(-values, kind="stable")
    return OutletAnswers(
        outlets=tuple(outlets[place] for place in order),
        values=values[order],
        present=[outlets[place] for place in order].index(own),
        other=other,
        rarer=len(run.preparation.outlets) - len(levels),
    )


def _unseen(levels: tuple[str, ...]) -> str:
    """Return a name that is none of these."""
    name = "(other)"
    while name in levels:
        name += "*"
    return name
