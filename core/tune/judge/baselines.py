"""Other ways to predict the same test from the same training examples: what does tuning have to beat?"""

from __future__ import annotations

import numpy as np

from core.jobs import Report, silent
from core.locale import N_
from core.train.models.baselines import class_shares, encoder_linear, tfidf_linear
from core.train.models.ensemble import fit_models, predict_all
from core.train.models.sample import Sample
from core.tune.examples import Examples, Parts

MAJORITY, TFIDF, LINEAR, LSTM = "majority", "tfidf_linear", "frozen_linear", "lstm"
TITLES = {
    MAJORITY: N_("Class frequencies"),
    TFIDF: N_("TF-IDF + linear"),
    LINEAR: N_("Frozen encoder + linear"),
    "rf": N_("Frozen encoder + random forest"),
    "xgb": N_("Frozen encoder + XGBoost"),
    "lgbm": N_("Frozen encoder + LightGBM"),
    "mean": N_("Frozen encoder + ensemble"),
    LSTM: N_("LSTM from scratch"),
}


def baselines(
    examples: Examples, parts: Parts, vectors: np.ndarray, seed: int, report: Report = silent
) -> dict[str, np.ndarray]:
    """Return each baseline's probabilities of the test examples `(test, classes)`, by the keys of `TITLES`.

    `vectors` `(n, dim)` are those of the encoder as it was. Each learns from the training examples, and stops or
    chooses its penalty by the validation examples.
    """
    sample, classes = sample_of(examples, parts, vectors, seed), len(examples.classes)
    rows = np.concatenate([parts.train, parts.valid])
    texts, test = ([examples.texts[i] for i in some] for some in (rows, parts.test))
    found = {MAJORITY: class_shares(sample.y, classes, len(parts.test), None)}
    report(0.0, N_("Scoring TF-IDF"))
    found[TFIDF] = tfidf_linear(sample, texts, test, silent)
    report(0.1, N_("Scoring the encoder as it was"))
    found[LINEAR] = linear(examples, parts, vectors, seed)
    report(0.2, N_("Training the tree models on the encoder as it was"))
    fitted, _ = fit_models(sample, silent)
    found |= predict_all(fitted, vectors[parts.test])
    report(0.7, N_("Training an LSTM from scratch"))
    from core.tune.judge.lstm import lstm

    found[LSTM] = lstm(examples, parts, seed)
    return found


def linear(examples: Examples, parts: Parts, vectors: np.ndarray, seed: int) -> np.ndarray:
    """Return the probabilities `(test, classes)` of logistic regression on vectors `(n, dim)`."""
    sample = sample_of(examples, parts, vectors, seed)
    every = np.ones(vectors.shape[1], bool)
    return np.asarray(encoder_linear(sample, vectors[parts.test], every, silent))


def sample_of(examples: Examples, parts: Parts, vectors: np.ndarray, seed: int) -> Sample:
    """Return training and validation examples as the models of `core.train` take them."""
    rows = np.concatenate([parts.train, parts.valid])
    places = np.arange(len(rows))
    return Sample(
        vectors[rows].astype(np.float32),
        examples.labels[rows].astype(float),
        places[: len(parts.train)],
        places[len(parts.train) :],
        len(examples.classes),
        seed,
    )
