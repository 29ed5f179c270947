"""What a tuned encoder has to beat, on the same training texts and the same test."""

from __future__ import annotations

import numpy as np

from core.errors import Message
from core.evaluate.bootstrap import Scores
from core.jobs import Report, part, silent
from core.locale import N_
from core.train.models.baselines import BASELINES, class_shares, tfidf_linear
from core.train.models.ensemble import fit_models
from core.train.models.registry import MODELS
from core.train.models.sample import Sample
from core.tune.examples import Examples, Parts
from core.tune.judge.lstm import SECONDS, lstm
from core.tune.judge.probe import features_of, learned, linear_probe, one_thread
from core.tune.judge.scores import SEED, blocks_of, class_scores

FREQUENCIES, CHARACTERS, FROZEN, LSTM = "majority", "tfidf_linear", "encoder_linear", "lstm"
_ENDS = {FREQUENCIES: 0.01, CHARACTERS: 0.1, FROZEN: 0.2, "trees": 0.5, LSTM: 1.0}  # of the time, as measured
_BETWEEN = "\n"  # of the two texts of a pair


def title_of(name: str) -> Message:
    """Return the name of a baseline for the reader."""
    if name in MODELS:
        return Message(N_("Frozen encoder, {model}"), {"model": Message(MODELS[name].entry.title)})
    if name == FROZEN:
        return Message(N_("Frozen encoder, linear"))
    if name == LSTM:
        return Message(N_("Small LSTM from scratch"))
    return Message(BASELINES[name].title)


def baselines(
    examples: Examples,
    parts: Parts,
    old: np.ndarray,
    report: Report = silent,
    seed: int = SEED,
    lstm_seconds: float = SECONDS,
) -> Scores:
    """Return accuracy, F1 and log loss of each baseline on the test, with intervals; none where there are no classes.

    `old` are the frozen encoder's vectors of all examples, `(n, dim)`, of pairs `(n, 2, dim)`. The names, in order:
    class frequencies ("majority"), TF-IDF of character n-grams with logistic regression ("tfidf_linear"), the frozen
    encoder with logistic regression ("encoder_linear") and with each model of `MODELS`, and a small LSTM ("lstm").
    Raises whatever `report` raises.
    """
    if not examples.classes:
        return {}
    y, blocks = examples.labels[parts.test], blocks_of(examples, parts.test)
    made = predict_baselines(examples, parts, old, report, seed, lstm_seconds)
    return {name: class_scores(y, p, blocks, seed) for name, p in made.items()}


def predict_baselines(
    examples: Examples, parts: Parts, old: np.ndarray, report: Report, seed: int, lstm_seconds: float
) -> dict[str, np.ndarray]:
    """Return each baseline's probabilities of the test, `(test, classes)`, by name."""
    classes, labels, features = len(examples.classes), examples.labels, features_of(old)
    ends = list(_ENDS.values())
    shares = dict(zip(_ENDS, zip([0.0, *ends], ends, strict=False), strict=True))

    def share(name: str) -> Report:
        return part(report, *shares[name])

    rows = np.concatenate([parts.train, parts.valid])
    return {
        FREQUENCIES: class_shares(labels[rows], classes, len(parts.test)),
        CHARACTERS: _tfidf(examples, parts, share(CHARACTERS)),
        FROZEN: linear_probe(features, labels, parts, classes, share(FROZEN)),
        **_trees(features, labels, parts, classes, share("trees"), seed),
        LSTM: _lstm(examples, parts, share(LSTM), seed, lstm_seconds),
    }


def _texts(examples: Examples, rows: np.ndarray) -> list[str]:
    return [_BETWEEN.join(column[row] for column in examples.columns) for row in rows]


def _tfidf(examples: Examples, parts: Parts, report: Report) -> np.ndarray:
    texts, tested = _texts(examples, np.concatenate([parts.train, parts.valid])), _texts(examples, parts.test)
    nothing = np.zeros((len(examples), 0))
    with one_thread():
        return learned(
            nothing,
            examples.labels,
            parts,
            len(examples.classes),
            lambda sample, _X: tfidf_linear(sample, texts, tested, report),
        )


def _trees(
    features: np.ndarray, labels: np.ndarray, parts: Parts, classes: int, report: Report, seed: int
) -> dict[str, np.ndarray]:
    """Return the probabilities of each of the models, by name; they are fitted in one call."""
    count = len(MODELS)

    def fit(sample: Sample, X_test: np.ndarray) -> np.ndarray:
        fitted, _ = fit_models(sample, report)
        return np.stack([fitted[name].predict(X_test) for name in MODELS], axis=-1)

    made = learned(features, labels, parts, classes, fit, seed, outputs=(count,))
    return {name: made[..., number] for number, name in enumerate(MODELS)}


def _lstm(examples: Examples, parts: Parts, report: Report, seed: int, seconds: float) -> np.ndarray:
    labels = examples.labels.astype(int)
    train, valid, test = (_texts(examples, rows) for rows in (parts.train, parts.valid, parts.test))
    with one_thread():
        return lstm(
            train,
            labels[parts.train],
            valid,
            labels[parts.valid],
            test,
            len(examples.classes),
            seed,
            report,
            seconds,
        )
