from dataclasses import replace

import numpy as np
import pytest

from core.predict import reading
from core.predict.finance_words.reading import READS, SMALL, WRONG


def both(before, after):
    """The predictions of two models by the probability of the last class, and their mean."""
    made = []
    for chances in (before, after):
        named = dict(zip(("rf", "xgb", "lgbm", "mean"), (*chances, np.mean(chances)), strict=True))
        made.append({name: np.array([1 - chance, chance]) for name, chance in named.items()})
    return made


@pytest.mark.parametrize(
    ("after", "turn", "verdict"),
    [
        ([0.45, 0.46, 0.44], -1, READS),
        ([0.45, 0.46, 0.44], 1, WRONG),
        ([0.45, 0.46, 0.44], 0, READS),
        ([0.65, 0.66, 0.64], -1, WRONG),
        ([0.65, 0.45, 0.46], -1, SMALL),  # the models move apart
        ([0.57, 0.65, 0.85], 1, READS),  # all of them one way, though not as far
        ([0.5501, 0.5502, 0.5499], -1, SMALL),  # no printed number changes
        ([0.55, 0.55, 0.55], -1, SMALL),
    ],
)
def test_a_move_counts_where_it_is_larger_than_the_models_differ_and_goes_the_right_way(
    run, after, turn, verdict
):
    typed, other = both([0.55, 0.55, 0.55], after)
    assert reading(run, typed, other, turn).verdict == verdict


def test_a_model_that_is_always_higher_makes_no_noise(run):
    typed, other = both([0.40, 0.60, 0.80], [0.30, 0.50, 0.70])
    found = reading(run, typed, other, -1)
    assert found.verdict == READS
    assert found.noise == pytest.approx(0, abs=1e-12)
    assert found.moved == pytest.approx(-0.1)


def test_less_of_what_is_bad_is_good_news(run):
    typed, other = both([0.55, 0.55, 0.55], [0.45, 0.46, 0.44])
    assert reading(run, typed, other, -1, explained=0).verdict == READS
    assert reading(run, typed, other, 1, explained=0).verdict == WRONG


def test_classes_without_an_order_have_no_wrong_way(run):
    typed, other = both([0.55, 0.55, 0.55], [0.45, 0.46, 0.44])
    apples = replace(run, classes=("apple", "pear"))
    assert reading(apples, typed, other, 1).verdict == READS


def test_returns_are_read_too(run):
    typed = {
        "rf": np.array([0.01]),
        "xgb": np.array([0.012]),
        "lgbm": np.array([0.011]),
        "mean": np.array([0.011]),
    }
    other = {name: -value for name, value in typed.items()}
    returns = replace(run, classes=())
    assert reading(returns, typed, other, -1).verdict == READS
    assert reading(returns, typed, other, 1).verdict == WRONG
