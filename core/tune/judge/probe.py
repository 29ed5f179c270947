"""A linear probe: what logistic regression reads out of an encoder's vectors (Alain & Bengio 2016, arXiv:1610.01644)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.jobs import Report, silent
from core.train.models.baselines import ENCODER_PENALTIES
from core.train.models.linear import fit_linear, predictions
from core.tune.examples import Parts


def linear_probe(
    features: np.ndarray, labels: np.ndarray, parts: Parts, classes: int, report: Report = silent
) -> np.ndarray:
    """Return the probabilities of the test by logistic regression on standardised features, `(test, classes)`.

    `features` `(n, columns)` of all examples, `labels` `(n,)` class numbers. The validation examples pick the
    penalty, and are then learned from as well; a class that is not among these has probability 0.
    """
    X = features.astype(np.float64)
    return learned(
        labels,
        parts,
        classes,
        lambda rows, y, inner: predictions(
            fit_linear(X[rows], y, len(np.unique(y)), ENCODER_PENALTIES, inner, None, report), X[parts.test]
        ),
    )


def learned(
    labels: np.ndarray,
    parts: Parts,
    classes: int,
    fit: Callable[[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]], Any],
) -> np.ndarray:
    """Return the test's probabilities `(test, classes)` by a model of the training and validation examples.

    `fit(rows, y, inner)` gets their positions, their classes numbered without a gap, and the places in `rows` to fit
    and to validate; it returns probabilities of the classes that there are. One class alone has probability 1.
    """
    rows = np.concatenate([parts.train, parts.valid])
    known, y = np.unique(labels[rows], return_inverse=True)
    inner = np.arange(len(parts.train)), np.arange(len(parts.train), len(rows))
    result = np.zeros((len(parts.test), classes))
    result[:, known.astype(int)] = fit(rows, y, inner) if len(known) > 1 else 1.0
    return result


def features_of(vectors: np.ndarray) -> np.ndarray:
    """Return what a linear model reads: vectors `(n, dim)` as they are, of pairs `(n, 2, dim)` u, v and |u - v|.

    Reimers & Gurevych 2019, "Sentence-BERT", doi:10.18653/v1/D19-1410.
    """
    if vectors.ndim == 2:
        return vectors
    one, other = vectors[:, 0], vectors[:, 1]
    return np.concatenate([one, other, np.abs(one - other)], axis=1)
