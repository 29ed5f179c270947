"""What a model has to beat: knowing nothing, the table, the outlet, plain words, and headlines of other rows.

Each predicts the test rows, `(n_test, classes)` probabilities or `(n_test,)` returns. A new baseline is a
function and an entry in the registry at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.evaluate.predictions import MEAN
from core.jobs import Report, part
from core.locale import N_
from core.train.models.ensemble import fit_models, predict_all
from core.train.models.linear import fit_linear, predictions
from core.train.models.sample import Parameters, Sample

CHARACTERS = (2, 4)  # of an n-gram
VOCABULARY = 30_000
ENCODER_PENALTIES = (10_000.0, 1_000.0, 100.0, 10.0, 1.0)  # of standardised numbers
WORD_PENALTIES = (10.0, 3.0, 1.0, 0.3, 0.1)  # of rows of length 1


@dataclass(frozen=True, eq=False)
class Task:
    """Rows to learn from and rows to predict.

    `X_test (n_test, columns)` are the test rows. `headline`, `vector` and `outlet` `(columns,)` bool say which
    columns come from the headline (its vector or its text), from its vector, and from the press outlet;
    `texts (n,)` and `texts_test (n_test,)` are the headlines themselves. `table` are the predictions of models that
    were fitted on the table already, and `table_parameters` the hyperparameters that were searched for it alone.
    """

    sample: Sample
    X_test: np.ndarray
    headline: np.ndarray
    vector: np.ndarray
    outlet: np.ndarray
    texts: Sequence[str]
    texts_test: Sequence[str]
    table: np.ndarray | None = None
    table_parameters: Parameters = field(default_factory=dict)

    @property
    def table_sample(self) -> Sample:
        """The rows to learn from with the hyperparameters of the table."""
        return replace(self.sample, parameters=self.table_parameters)


@dataclass(frozen=True)
class Baseline:
    """An entry of the registry.

    `title` is translatable and `short` is for narrow places; a `quick` one takes less time than the models;
    one of the `headline_alone` reads nothing else, so the noise ceiling bounds it.
    `possible` says whether a task has what it needs, `predict` makes its predictions.
    """

    key: str
    title: str
    short: str
    possible: Callable[[Task], bool]
    predict: Callable[[Task, Report], np.ndarray]
    quick: bool = True
    headline_alone: bool = False


def predict_baselines(task: Task, report: Report, quick: bool = False) -> dict[str, np.ndarray]:
    """Return the test predictions of each baseline that is possible, by key; with `quick` of the quick alone."""
    chosen = [entry for entry in BASELINES.values() if entry.possible(task) and (entry.quick or not quick)]
    return {
        entry.key: entry.predict(task, part(report, number / len(chosen), (number + 1) / len(chosen)))
        for number, entry in enumerate(chosen)
    }


def class_shares(y: np.ndarray, classes: int, rows: int, weight: np.ndarray | None = None) -> np.ndarray:
    """Return the frequencies of the classes for each of `rows` rows.

    `y (n,)` are the training outcomes and `weight (n,)` is how much each counts.
    """
    shares = np.bincount(y.astype(int), weight, minlength=classes)
    return np.tile(shares / shares.sum(), (rows, 1))


def average_return(y: np.ndarray, rows: int, weight: np.ndarray | None = None) -> np.ndarray:
    """Return the average of the training returns `y (n,)` for each of `rows` rows."""
    return np.full(rows, np.average(y, weights=weight))


def table_only(sample: Sample, X_test: np.ndarray, headline: np.ndarray, report: Report) -> np.ndarray:
    """Return the mean prediction of the models without the headline's columns, `(columns,)` bool."""
    return _models_on(sample, X_test, ~headline, report)


def outlet_only(sample: Sample, X_test: np.ndarray, outlet: np.ndarray, report: Report) -> np.ndarray:
    """Return the mean prediction of the models by the outlet's columns alone, `(columns,)` bool."""
    return _models_on(sample, X_test, outlet, report)


def shuffled(sample: Sample, X_test: np.ndarray, headline: np.ndarray, report: Report) -> np.ndarray:
    """Return the mean prediction of the models where every row has the headline of another.

    The headline's columns are permuted among the training rows and among the test rows, each within
    themselves: their distribution stays, and what they say of the row is lost (permutation as in Breiman,
    "Random forests", 2001). What the models still predict is of the table, or chance.
    """
    rng = np.random.default_rng([sample.seed, len(sample.y)])

    def permuted(X: np.ndarray) -> np.ndarray:
        X = X.copy()
        X[:, headline] = X[rng.permutation(len(X))][:, headline]
        return X

    every = np.ones(len(headline), bool)
    return _models_on(replace(sample, X=permuted(sample.X)), permuted(X_test), every, report)


def encoder_linear(sample: Sample, X_test: np.ndarray, vector: np.ndarray, report: Report) -> np.ndarray:
    """Return what logistic or ridge regression on the standardised vectors alone predicts."""
    model = fit_linear(
        sample.X[:, vector].astype(np.float64),
        sample.y,
        sample.classes,
        ENCODER_PENALTIES,
        (sample.fit, sample.valid),
        sample.row_weight,
        report,
    )
    return predictions(model, X_test[:, vector].astype(np.float64))


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
    return predictions(model, tfidf.transform(texts_test))


def _models_on(sample: Sample, X_test: np.ndarray, columns: np.ndarray, report: Report) -> np.ndarray:
    fitted, _ = fit_models(replace(sample, X=sample.X[:, columns]), report)
    return predict_all(fitted, X_test[:, columns])[MEAN]


def _some(columns: np.ndarray) -> bool:
    """Say whether some columns are meant, but not all."""
    return bool(columns.any() and not columns.all())


BASELINES: dict[str, Baseline] = {
    entry.key: entry
    for entry in (
        Baseline(
            "majority",
            N_("Class frequencies"),
            N_("Frequencies"),
            lambda task: task.sample.classes > 0,
            lambda task, _report: class_shares(
                task.sample.y, task.sample.classes, len(task.X_test), task.sample.weight
            ),
        ),
        Baseline(
            "average",
            N_("Average return"),
            N_("Average"),
            lambda task: task.sample.classes == 0,
            lambda task, _report: average_return(task.sample.y, len(task.X_test), task.sample.weight),
        ),
        Baseline(
            "table_only",
            N_("Without headlines"),
            N_("Table"),
            lambda task: _some(task.headline),
            lambda task, report: (
                table_only(task.table_sample, task.X_test, task.headline, report)
                if task.table is None
                else task.table
            ),
        ),
        Baseline(
            "shuffled",
            N_("Shuffled headlines"),
            N_("Shuffled"),
            lambda task: _some(task.headline),
            lambda task, report: shuffled(task.sample, task.X_test, task.headline, report),
            quick=False,
        ),
        Baseline(
            "outlet_only",
            N_("Outlet alone"),
            N_("Outlet"),
            lambda task: _some(task.outlet),
            lambda task, report: outlet_only(task.table_sample, task.X_test, task.outlet, report),
        ),
        Baseline(
            "encoder_linear",
            N_("Encoder, linear"),
            N_("Encoder"),
            lambda task: bool(task.vector.any()),
            lambda task, report: encoder_linear(task.sample, task.X_test, task.vector, report),
            quick=False,
            headline_alone=True,
        ),
        Baseline(
            "tfidf_linear",
            N_("Characters (TF-IDF), linear"),
            N_("Characters"),
            lambda _task: True,
            lambda task, report: tfidf_linear(task.sample, task.texts, task.texts_test, report),
            headline_alone=True,
        ),
    )
}
