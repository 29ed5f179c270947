"""What a model has to beat: knowing nothing, the table, the outlet, plain words, and headlines of other rows.

Each returns predictions of the test rows, `(n_test, classes)` probabilities or `(n_test,)` returns. `headline`
says which columns of the matrix come from the headline: how many of the first, or a mask `(columns,)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.jobs import Report
from core.train.models.ensemble import fit_models, predict_all
from core.train.models.linear import fit_linear, standardised
from core.train.models.model import MEAN, Sample

Columns = int | np.ndarray
CHARACTERS = (2, 4)  # of an n-gram
VOCABULARY = 30_000
ENCODER_PENALTIES = (10_000.0, 1_000.0, 100.0, 10.0, 1.0)  # of standardised numbers
WORD_PENALTIES = (10.0, 3.0, 1.0, 0.3, 0.1)  # of rows of length 1


def know_nothing(
    y: np.ndarray, classes: int, rows: int, weight: np.ndarray | None = None
) -> tuple[str, np.ndarray]:
    """Return the name and the constant prediction of `rows` rows: class frequencies or the average return.

    `y (n,)` are the training outcomes and `weight (n,)` how much each counts.
    """
    if classes:
        shares = np.bincount(y.astype(int), weight, minlength=classes)
        return "majority", np.tile(shares / shares.sum(), (rows, 1))
    return "average", np.full(rows, np.average(y, weights=weight))


def table_only(sample: Sample, X_test: np.ndarray, headline: Columns, report: Report) -> np.ndarray:
    """Return the mean prediction of the three models without the headline's columns."""
    return _models_on(sample, X_test, ~_mask(headline, sample), report)


def outlet_only(sample: Sample, X_test: np.ndarray, outlet: Columns, report: Report) -> np.ndarray:
    """Return the mean prediction of the three models by the outlet's columns alone."""
    return _models_on(sample, X_test, _mask(outlet, sample), report)


def shuffled(sample: Sample, X_test: np.ndarray, headline: Columns, report: Report) -> np.ndarray:
    """Return the mean prediction of the three models where every row has the headline of another.

    The headline's columns are permuted among the training rows and among the test rows, each within
    themselves: their distribution stays, and what they say of the row is lost (permutation as in Breiman,
    "Random forests", 2001). What the models still predict is of the table, or chance.
    """
    rng = np.random.default_rng([sample.seed, len(sample.y)])
    columns = _mask(headline, sample)

    def permuted(X: np.ndarray) -> np.ndarray:
        X = X.copy()
        X[:, columns] = X[rng.permutation(len(X))][:, columns]
        return X

    return _models_on(replace(sample, X=permuted(sample.X)), permuted(X_test), None, report)


def encoder_linear(sample: Sample, X_test: np.ndarray, headline: Columns, report: Report) -> np.ndarray:
    """Return what logistic or ridge regression on the standardised vectors alone predicts."""
    columns, weight = _mask(headline, sample), sample.row_weight
    train = sample.X[:, columns].astype(np.float64)
    model = fit_linear(
        standardised(train, train, weight),
        sample.y,
        sample.classes,
        ENCODER_PENALTIES,
        (sample.fit, sample.valid),
        weight,
        report,
    )
    return model.predict(standardised(X_test[:, columns], train, weight))


def tfidf_linear(
    sample: Sample, texts: Sequence[str], texts_test: Sequence[str], report: Report
) -> np.ndarray:
    """Return what logistic or ridge regression on TF-IDF of character n-grams alone predicts.

    `texts` are the headlines of the training rows, `(n,)`; vocabulary and frequencies are theirs alone. A
    Korean word and its particles share n-grams, which takes no dictionary.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    tfidf = TfidfVectorizer(
        analyzer="char_wb", ngram_range=CHARACTERS, max_features=VOCABULARY, sublinear_tf=True
    )
    model = fit_linear(
        tfidf.fit_transform(texts),
        sample.y,
        sample.classes,
        WORD_PENALTIES,
        (sample.fit, sample.valid),
        sample.row_weight,
        report,
    )
    return model.predict(tfidf.transform(texts_test))


def _models_on(sample: Sample, X_test: np.ndarray, columns: np.ndarray | None, report: Report) -> np.ndarray:
    if columns is not None:
        sample, X_test = replace(sample, X=sample.X[:, columns]), X_test[:, columns]
    return predict_all(fit_models(sample, report)[0], X_test)[MEAN]


def _mask(columns: Columns, sample: Sample) -> np.ndarray:
    total = sample.X.shape[1]
    return np.arange(total) < columns if np.ndim(columns) == 0 else np.asarray(columns, bool)
