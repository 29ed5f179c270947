"""Which words of a headline moved its prediction: words are left out, and encoder and models read what remains.

The Shapley value of each word (Shapley 1953; for models Štrumbelj & Kononenko 2014, doi:10.1007/s10115-013-0679-x) in
the game whose players are the words. With no word at all the headline says nothing and contributes nothing; with all
words it contributes what the models' SHAP values of its columns sum to; between the two it is the prediction that
moves. So the words of a headline sum to its contribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.embed.pipeline import without_storing
from core.embed.seen import seen_of
from core.evaluate.predictions import MEAN
from core.explain.contributions import Contributions, explain_matrix, explained_class
from core.explain.encoding import encode_texts
from core.explain.segments import Word, masked, words_of
from core.explain.shapley import COALITIONS, EXACT, shapley
from core.train.features import classifier
from core.train.features.inputs import Inputs
from core.train.features.registry import headline_groups
from core.train.run import Run

_USUAL = 100  # characters, from which on fewer choices of words are read: each takes longer


@dataclass(frozen=True, eq=False)
class WordContributions:
    """What each of the `words` of one headline adds to its prediction, per model and for their mean.

    `values[model] (n,)` sum to `total[model]`, what the headline contributes as vector and as text. `errors[model]
    (n,)` are standard errors, 0 where every choice of words was read (`exact`). All are probabilities of the class
    `label`, or returns where that is None.
    """

    words: tuple[Word, ...]
    values: dict[str, np.ndarray]
    errors: dict[str, np.ndarray]
    total: dict[str, float]
    exact: bool
    label: str | None


def explain_words(
    run: Run,
    headline: str,
    row: Inputs,
    found: Contributions,
    place: int = 0,
    explained: int = -1,
    seed: int = 0,
    coalitions: int = COALITIONS,
) -> WordContributions:
    """Attribute the headline's contribution in `found` at this place to its words.

    `row` are the inputs of that one row, `explained` is the number of the class that `found` is about. The same seed
    draws the same words to leave out, in about `coalitions` ways at most. Where the models read no headline there are no
    words. Raises `UserError` where the run's encoder is not on this machine any more.
    """
    number = explained_class(run, explained)
    models = list(found.values)
    mine = [place_of for place_of, group in enumerate(found.groups) if group in headline_groups()]
    words = words_of(headline) if mine else ()
    total: np.ndarray = np.array([found.values[name][place, mine].sum() for name in models])
    full: np.ndarray = np.array([found.prediction[name][place] for name in models])

    def worth(masks: np.ndarray) -> np.ndarray:
        texts = [masked(words, mask) for mask in masks]
        X = matrix_of_texts(run, headline, texts, row)
        moved: np.ndarray = _predictions(run, X, models, number) + (total - full)
        return moved

    most = round(coalitions * min(1.0, _USUAL / max(len(headline), 1)))
    complete = min(EXACT, int(math.log2(coalitions + 2)))
    values, errors, exact = shapley(worth, len(words), total, seed, most, complete)
    return WordContributions(
        words=words,
        values=dict(zip(models, values.T, strict=True)),
        errors=dict(zip(models, errors.T, strict=True)),
        total=dict(zip(models, total.tolist(), strict=True)),
        exact=exact,
        label=found.label,
    )


def explain_headline(
    run: Run, headline: str, row: Inputs, explained: int = -1
) -> tuple[Contributions, WordContributions]:
    """Explain the prediction of one headline by group, and its headline's part by word.

    `row` are the other inputs of that one row; its vector and text are read from the headline, which has been cleaned.
    Raises `UserError` as `explain_words` does.
    """
    row = row._replace(vectors=encode_texts(run, [headline]), text=pd.Series([headline], dtype="str"))
    X = run.preparation.matrix(row)
    found = explain_matrix(run, X, run.predict_by_models(X), explained)
    return found, explain_words(run, headline, row, found, explained=explained)


def matrix_of_texts(run: Run, headline: str, texts: list[str], row: Inputs) -> np.ndarray:
    """Return the rows of these texts beside the row's numbers, `(n, columns)`.

    A classifier among the features says nothing of a text that taught it, and so nothing of its parts either: they
    would have what the headline lacks.
    """
    texts = [*texts, headline]
    alike = row.take(np.zeros(len(texts), int))
    with without_storing():
        X = run.preparation.matrix(
            alike._replace(vectors=encode_texts(run, texts), text=pd.Series(texts, dtype="str"))
        )
    parts, whole = X[:-1], X[-1]
    seen = seen_of(run.settings.classifier) if run.settings.classifier else None
    if seen is not None and seen.has_text([headline])[0]:
        silent = [name.startswith(f"{classifier.KEY}: ") for name in run.preparation.columns]
        parts[:, silent] = whole[silent]
    return parts


def _predictions(run: Run, X: np.ndarray, models: list[str], number: int) -> np.ndarray:
    """Return what each model says of these rows, `(n, models)`."""
    said = run.predict_by_models(X)
    said[MEAN] = np.mean([said[name] for name in models if name != MEAN], axis=0)
    found: np.ndarray = np.stack(
        [said[name][:, number] if run.classes else said[name] for name in models], axis=1
    )
    return found
