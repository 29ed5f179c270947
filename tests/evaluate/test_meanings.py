import numpy as np
import pytest

from core.evaluate.metrics import METRICS, metrics_of

TWO, THREE = ("패", "승"), ("패", "보합", "승")


def says(name, classes=()):
    return str(METRICS[name].meaning.of(classes))


@pytest.mark.parametrize("name", ["auc", "pr_auc", "brier", "ece"])
def test_a_score_of_two_classes_is_of_the_last_and_one_of_more_is_of_none(name):
    assert "승" in says(name, TWO)
    assert "승" not in says(name, THREE)


@pytest.mark.parametrize("name", ["auc", "pr_auc", "f1", "balanced_accuracy"])
def test_a_mean_over_classes_is_said_to_be_one(name):
    assert "mean over 3 classes" in says(name, THREE)


def test_a_mean_over_classes_is_titled_as_one():
    assert METRICS["auc"].titled(3) == "ROC AUC, mean over classes"
    assert METRICS["auc"].titled(2) == METRICS["auc"].titled() == "ROC AUC"
    assert METRICS["brier"].titled(3) == "Brier score"


@pytest.mark.parametrize("n", [2, 3, 5])
def test_what_a_guess_scores_is_what_a_guess_scores(n):
    y, p, w = np.repeat(np.arange(n), 7).astype(float), np.full((7 * n, n), 1 / n), np.ones((1, 7 * n))
    names = tuple("abcde"[:n])
    score = {metric.name: float(metric.compute(y, p, w)[0]) for metric in metrics_of("classify")}
    assert f"{score['log_loss']:.3f} is giving" in says("log_loss", names)
    assert f"Guessing scores {score['balanced_accuracy']:.0%}" in says("balanced_accuracy", names)
    assert score["auc"] == METRICS["auc"].guessing
    if n > 2:
        assert f"{score['brier']:.3f} is giving each class the same" in says("brier", names)
        assert f"Guessing scores {score['pr_auc']:.2f}" in says("pr_auc", names)
    else:
        assert score["brier"] == 0.25


def test_what_is_not_put_into_words_says_nothing():
    assert says("accuracy", TWO) == ""
