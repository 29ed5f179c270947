"""Predict one headline as an analyst types it, with the reasons by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.data.parse.cells import plain_text
from core.embed.typed import readable, unread_end
from core.explain import Contributions, explain_matrix
from core.predict.finance_words.opposites import Opposite, opposite
from core.predict.question import Question, inputs_of
from core.predict.sealed import is_open, require_open
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a run says about one headline.

    `values` holds for each model and each combination of them, but for the fusion, the probabilities of the run's
    classes, `(classes,)`, or the return, `(1,)`; `reasons` the contributions by group to one class (or the return),
    for the probability before calibration; `unseen_press` whether no training row was of this outlet. `others` are the
    values of further headlines beside the same numbers.
    """

    values: dict[str, np.ndarray]
    reasons: Contributions
    unseen_press: bool
    others: tuple[dict[str, np.ndarray], ...] = ()


def unread_part(run: Run, headline: str) -> str:
    """Return the end of a headline that the run's encoder does not read, "" where it reads all of it, or has no encoder.

    Raises as `encode_headlines` does.
    """
    text = readable(headline)
    return unread_end(text, run.settings.encoder) if run.settings.reads_headline else ""


def opposite_news(question: Question) -> Opposite | None:
    """Return the opposite of a headline, as `opposite` does; None also where that one is of a sealed holdout."""
    turned = opposite(plain_text(question.headline))
    return turned if turned and is_open(turned.text, question.time) else None


def predict_headline(
    run: Run, vectors: np.ndarray, question: Question, others: Sequence[str] = (), explained: int = -1
) -> Prediction:
    """Predict a question from the vectors `(1 + others, dim)` of its headline and of others.

    The other headlines are predicted beside the same numbers, without reasons. The reasons are those of the class
    number `explained`, by default the last. Raises `UserError` where the question's headline is of a sealed holdout.
    """
    require_open(question.headline, question.time)
    asked = [question, *(replace(question, headline=text) for text in others)]
    X = run.preparation.matrix(inputs_of(run, asked, vectors))
    predicted = run.predict_by_models(X)
    calibrated = run.calibrated(predicted)
    rows = [{name: np.atleast_1d(value[row]) for name, value in calibrated.items()} for row in range(len(X))]
    reasons = explain_matrix(run, X[:1], {name: value[:1] for name, value in predicted.items()}, explained)
    return Prediction(rows[0], reasons, is_unseen(run, question.press), tuple(rows[1:]))


def is_unseen(run: Run, press: str | None) -> bool:
    """Say whether no training row was of this outlet; not where it is not known, or the run does not read it."""
    return run.settings.use_press and bool(run.preparation.unseen(pd.Series([press], dtype="str"))[0])
