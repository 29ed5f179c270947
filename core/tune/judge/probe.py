"""What plain models read out of an encoder's vectors, or out of the texts.

A linear probe: Alain & Bengio 2016, arXiv:1610.01644.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from core.jobs import Report, silent
from core.train.models.baselines import encoder_linear
from core.train.models.sample import Sample
from core.tune.examples import Parts

Fit = Callable[[Sample, np.ndarray], np.ndarray]


def linear_probe(
    features: np.ndarray, labels: np.ndarray, parts: Parts, classes: int, report: Report = silent
) -> np.ndarray:
    """Return the probabilities of the test by logistic regression on standardised features, `(test, classes)`.

    `features` `(n, columns)` of all examples, `labels` `(n,)` class numbers.
    """
    columns = np.ones(features.shape[1], bool)
    with one_thread():
        return learned(
            features,
            labels,
            parts,
            classes,
            lambda sample, X_test: encoder_linear(sample, X_test, columns, report),
        )


@contextmanager
def one_thread() -> Iterator[None]:
    """Let the matrix products of small models have one thread.

    Where other work has the cores, two wait for each other: measured, 11 s of logistic regression became 0.7 s, and an
    epoch of the LSTM 2 s of 53 s.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def learned(
    features: np.ndarray,
    labels: np.ndarray,
    parts: Parts,
    classes: int,
    fit: Fit,
    seed: int = 0,
    outputs: tuple[int, ...] = (),
) -> np.ndarray:
    """Return the test's probabilities `(test, classes)` by a model of the training and validation examples.

    `fit(sample, X_test)` learns from the sample, whose `valid` rows are the validation examples and whose classes are
    numbered without a gap, and returns the probabilities of these, with further axes of the shape `outputs`. A class
    that no example to learn from has gets probability 0, one that all have gets 1.
    """
    rows = np.concatenate([parts.train, parts.valid])
    known, y = np.unique(labels[rows], return_inverse=True)
    result = np.zeros((len(parts.test), classes, *outputs))
    if len(known) == 1:
        result[:, known.astype(int)] = 1.0
        return result
    own, valid = np.arange(len(parts.train)), np.arange(len(parts.train), len(rows))
    sample = Sample(np.asarray(features[rows], np.float32), y, own, valid, len(known), seed)
    result[:, known.astype(int)] = fit(sample, np.asarray(features[parts.test], np.float32))
    return result


def features_of(vectors: np.ndarray) -> np.ndarray:
    """Return what a plain model reads: vectors `(n, dim)` as they are, of pairs `(n, 2, dim)` u, v and |u - v|.

    Reimers & Gurevych 2019, "Sentence-BERT", doi:10.18653/v1/D19-1410.
    """
    if vectors.ndim == 2:
        return vectors
    one, other = vectors[:, 0], vectors[:, 1]
    return np.concatenate([one, other, np.abs(one - other)], axis=1)
