"""Words of a headline turned round one by one, and what a run says to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.explain import explained_class
from core.predict.finance_words.flips import Flip, flips
from core.predict.finance_words.reading import Reading, reading, upward
from core.predict.live import Prediction
from core.predict.question import Question, predict_questions
from core.predict.sealed import is_open
from core.train.run import Run


@dataclass(frozen=True)
class FlipAnswer:
    """A flip, and the ensemble's prediction before and after it with what is to be made of the difference.

    `known` says whether it is known which way the prediction should go: what the flip does to the news, and whether
    more of the class is good news.
    """

    flip: Flip
    reading: Reading
    known: bool


def open_flips(question: Question) -> tuple[Flip, ...]:
    """Return the flips of a question's headline that may be predicted: none of a sealed holdout."""
    return tuple(flip for flip in flips(question.headline) if is_open(flip.text, question.time))


def flip_answers(
    run: Run,
    question: Question,
    made: Prediction,
    turned: Sequence[Flip],
    vectors: np.ndarray,
    explained: int = -1,
) -> tuple[FlipAnswer, ...]:
    """Predict the flips of a question beside its own prediction; `vectors (flips, dim)` are those of their texts."""
    if not turned:
        return ()
    predicted = predict_questions(run, [replace(question, headline=flip.text) for flip in turned], vectors)
    rows = [
        {name: np.atleast_1d(values[row]) for name, values in predicted.items()} for row in range(len(turned))
    ]
    way = upward(run, explained_class(run, explained))
    return tuple(
        FlipAnswer(flip, reading(run, made.values, row, flip.turn, explained), bool(flip.turn and way))
        for flip, row in zip(turned, rows, strict=True)
    )
