"""Scores while an encoder is being trained."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.tune.training.evaluation import cosine_gap, evaluate, macro_f1
from core.tune.training.objective import objective_of
from tests.makers import tunings


def test_the_gap_is_the_mean_cosine_within_classes_minus_that_between():
    drawn = np.random.default_rng(0)
    vectors, labels = drawn.normal(size=(30, 5)), drawn.integers(0, 3, 30)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines, same = unit @ unit.T, labels[:, None] == labels
    others = ~np.eye(30, dtype=bool)
    assert cosine_gap(vectors, labels) == pytest.approx(cosines[same & others].mean() - cosines[~same].mean())


def test_one_class_has_no_gap():
    assert math.isnan(cosine_gap(np.ones((4, 2)), np.zeros(4, int)))


def test_macro_f1_is_that_of_scikit_learn():
    from sklearn.metrics import f1_score

    drawn = np.random.default_rng(0)
    y, chosen = drawn.integers(0, 3, 50), drawn.integers(0, 3, 50)
    assert macro_f1(y, chosen, 3) == pytest.approx(f1_score(y, chosen, average="macro"))


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
