"""Predict one headline as an analyst types it, with the reasons by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.parse.cells import plain_text
from core.embed import resolve
from core.embed.pipeline import canonical
from core.embed.pooling import pooling_row
from core.embed.runtime.encoder import load_encoder
from core.errors import UserError
from core.explain import Contributions, explain_matrix
from core.locale import N_
from core.predict.sealed import require_open
from core.train.features.inputs import Inputs
from core.train.run import Run


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a run says about one headline.

    `values` holds for each model and each combination of them the probabilities of the run's classes,
    `(classes,)`, or the return, `(1,)`; `reasons` the contributions by group to one class (or the return), for the
    probability before calibration; `unseen_press` whether no training row was of this outlet.
    """

    values: dict[str, np.ndarray]
    reasons: Contributions
    unseen_press: bool


def encode_headline(run: Run, headline: str) -> np.ndarray:
    """Return the vector `(1, dim)` of one headline by the run's encoder and pooling.

    Raises:
        UserError: where the headline is empty or the encoder is not on this machine any more.
    """
    encoder = load_encoder(resolve(run.settings.encoder))
    poolings: np.ndarray = encoder.encode([_text(headline)])  # (poolings, 1, dim)
    result: np.ndarray = poolings[pooling_row(run.settings.pooling)]
    return result


def unread_part(run: Run, headline: str) -> str:
    """Return the end of a headline that the run's encoder does not read, "" where it reads all of it.

    Raises as `encode_headline` does.
    """
    text = _text(headline)
    return text[load_encoder(resolve(run.settings.encoder)).characters_read(text) :].strip()


def predict_headline(
    run: Run,
    vector: np.ndarray,
    features: Mapping[str, float],
    press: str | None,
    headline: str | None = None,
    explained: int = -1,
) -> Prediction:
    """Predict from a vector `(1, dim)`, the continuous features (NaN or absent: missing) and the outlet.

    The reasons are those of the class number `explained`, by default the last. A run with text features needs the
    headline itself as well (`ValueError` without); its time is unknown, so the clock counts as missing. Raises
    `UserError` for the headline of a sealed holdout.
    """
    X, predicted, unseen = _predicted(run, vector, features, press, headline)
    return Prediction(_first(run, predicted), explain_matrix(run, X, predicted, explained), unseen)


def predict_values(
    run: Run,
    vector: np.ndarray,
    features: Mapping[str, float],
    press: str | None,
    headline: str | None = None,
) -> dict[str, np.ndarray]:
    """Return the `values` of `predict_headline` alone, without their reasons; it raises the same."""
    return _first(run, _predicted(run, vector, features, press, headline)[1])


def _predicted(
    run: Run, vector: np.ndarray, features: Mapping[str, float], press: str | None, headline: str | None
) -> tuple[np.ndarray, dict[str, np.ndarray], bool]:
    """Return the row `(1, columns)`, its predictions before calibration, and whether its outlet is unseen."""
    if headline is not None:
        require_open(headline)
    inputs = _inputs(run, vector, features, press, headline)
    X = run.preparation.matrix(inputs)
    unseen = inputs.press is not None and bool(run.preparation.unseen(inputs.press)[0])
    return X, run.predict_matrix(X), unseen


def _first(run: Run, predicted: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.atleast_1d(value[0]) for name, value in run.calibrated(predicted).items()}


def _text(headline: str) -> str:
    text = canonical(plain_text(headline))
    if not text:
        raise UserError(N_("The headline is empty. Type one."))
    return text


def _inputs(
    run: Run, vector: np.ndarray, features: Mapping[str, float], press: str | None, headline: str | None
) -> Inputs:
    """Return the one row `(1, …)` that the run is to predict."""
    return Inputs(
        vector,
        pd.DataFrame([dict(features)], dtype=float),
        pd.Series([press], dtype="str") if run.settings.use_press else None,
        None if headline is None else pd.Series([canonical(plain_text(headline))], dtype="str"),
    )
