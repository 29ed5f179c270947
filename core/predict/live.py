"""Predict one headline as an analyst types it, with the reasons by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.parse.cells import plain_text
from core.embed.pipeline import canonical
from core.embed.typed import readable, unread_end
from core.explain import Contributions, explain_matrix
from core.predict.opposites import Opposite, opposite
from core.predict.sealed import is_open, require_open
from core.train.features.inputs import Inputs
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
    """Return the end of a headline that the run's encoder does not read, "" where it reads all of it.

    Raises as `encode_headlines` does.
    """
    return unread_end(readable(headline), run.settings.encoder)


def opposite_news(headline: str) -> Opposite | None:
    """Return the opposite of a headline, as `opposite` does; None also where that one is of a sealed holdout."""
    turned = opposite(plain_text(headline))
    return turned if turned and is_open(turned.text) else None


def predict_headline(
    run: Run,
    vectors: np.ndarray,
    features: Mapping[str, float],
    press: str | None,
    headlines: Sequence[str] = (),
    explained: int = -1,
) -> Prediction:
    """Predict from vectors `(n, dim)`, the continuous features (NaN or absent: missing) and the outlet.

    The first headline is what is asked; the others are predicted beside the same numbers, without reasons. The
    reasons are those of the class number `explained`, by default the last. A run with text features needs the
    headlines themselves as well (`ValueError` without); their time is unknown, so the clock counts as missing. Raises
    `UserError` where the first headline is of a sealed holdout.
    """
    if headlines:
        require_open(headlines[0])
    inputs = _inputs(run, vectors, features, press, headlines)
    X = run.preparation.matrix(inputs)
    predicted = run.predict_by_models(X)
    calibrated = run.calibrated(predicted)
    rows = [{name: np.atleast_1d(value[row]) for name, value in calibrated.items()} for row in range(len(X))]
    reasons = explain_matrix(run, X[:1], {name: value[:1] for name, value in predicted.items()}, explained)
    unseen = inputs.press is not None and bool(run.preparation.unseen(inputs.press)[0])
    return Prediction(rows[0], reasons, unseen, tuple(rows[1:]))


def _inputs(
    run: Run, vectors: np.ndarray, features: Mapping[str, float], press: str | None, headlines: Sequence[str]
) -> Inputs:
    """Return the rows `(n, …)` that the run is to predict: they differ in the headline alone."""
    n = len(vectors)
    texts = [canonical(plain_text(headline)) for headline in headlines]
    return Inputs(
        vectors,
        pd.DataFrame([dict(features)] * n, dtype=float),
        pd.Series([press] * n, dtype="str") if run.settings.use_press else None,
        pd.Series(texts, dtype="str") if texts else None,
    )
