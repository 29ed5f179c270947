"""One number for each question and model: the probability of one class, or the return."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.evaluate.predictions import MEAN
from core.explain import explained_class
from core.predict.question import Question, predict_questions
from core.train.run import Run


def ask(
    run: Run, questions: Sequence[Question], vectors: np.ndarray, explained: int = -1
) -> dict[str, np.ndarray]:
    """Return what the ensemble and each model say to `n` questions, `(n,)` each, the ensemble first.

    `vectors (n, dim)` are those of the headlines, `explained` the number of the class whose calibrated probability is
    meant, -1 for the last one. Raises `ValueError` for a class number that the run does not have.
    """
    at = explained_class(run, explained)
    made = predict_questions(run, questions, vectors)
    return {name: made[name][:, at] if run.classes else made[name] for name in (MEAN, *run.models)}


def ask_beside(
    run: Run, questions: Sequence[Question], vector: np.ndarray, explained: int = -1
) -> dict[str, np.ndarray]:
    """Return what `ask` does for questions that share their headline, whose vector is `(1, dim)`."""
    return ask(run, questions, np.repeat(vector[:1], len(questions), axis=0), explained)
