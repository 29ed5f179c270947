"""Scores while an encoder is being trained."""

from __future__ import annotations

import numpy as np
import pytest

from core.tune.training.evaluation import evaluate
from core.tune.training.objective import objective_of
from tests.makers import tunings


def test_classes_are_scored_by_accuracy_and_the_macro_f1_of_scikit_learn(home, tmp_path):
    from sklearn.metrics import accuracy_score, f1_score

    settings = tunings.tuning(tunings.encoder(tmp_path / "e"))
    model, examples = tunings.model(settings), tunings.examples()
    objective = objective_of(model, settings, examples.labels)
    values = evaluate(
        model, objective, settings, (model.tokens(examples.texts),), examples.labels, np.arange(48)
    )
    chosen = model.probabilities(examples.texts).argmax(1)
    assert values.score == pytest.approx(accuracy_score(examples.labels, chosen))
    assert values.f1 == pytest.approx(f1_score(examples.labels, chosen, average="macro"))


def test_triplets_are_scored_by_the_mean_cosine_within_classes_minus_that_between(home, tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), method="triplet")
    model, examples = tunings.model(settings), tunings.examples()
    objective = objective_of(model, settings, examples.labels)
    tokens = (model.tokens(examples.texts),)
    values = evaluate(model, objective, settings, tokens, examples.labels, np.arange(48))
    vectors = model.embed(examples.texts)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines, same = unit @ unit.T, examples.labels[:, None] == examples.labels
    others = ~np.eye(48, dtype=bool)
    assert values.score == pytest.approx(cosines[same & others].mean() - cosines[~same].mean(), abs=1e-5)


@pytest.mark.parametrize("loss", ["cosine", "cosent"])
def test_pairs_are_scored_by_the_rank_correlation_of_cosine_and_score(home, tmp_path, loss):
    from scipy.stats import spearmanr

    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), method="pairs", loss=loss)
    model, examples = tunings.model(settings), tunings.examples_for(settings)
    objective = objective_of(model, settings, examples.labels)
    tokens = tuple(map(model.tokens, examples.columns))
    values = evaluate(model, objective, settings, tokens, examples.labels.astype(np.float32), np.arange(48))
    first, second = (model.embed(column) for column in examples.columns)
    cosines = (first * second).sum(1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)
    assert values.score == pytest.approx(spearmanr(cosines, examples.labels).statistic, abs=1e-6)


def test_multiple_negatives_are_scored_by_how_often_the_own_partner_is_the_nearest(home, tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), method="pairs", loss="multiple_negatives")
    model, texts = tunings.model(settings), tunings.examples().texts
    objective = objective_of(model, settings, np.zeros(48, int))
    distinct = np.unique(np.array(texts), return_index=True)[1]
    same = (model.tokens(texts),) * 2
    assert evaluate(model, objective, settings, same, np.zeros(48, int), distinct).score == 1
