from dataclasses import replace

import numpy as np
import pytest

from core.train.models.sample import Sample
from tests.makers.model_samples import X, sample


def test_balanced_classes_weigh_the_same_and_rows_one_on_average():
    y = np.array([0.0, 0, 0, 1])
    made = Sample(X[:4], y, np.arange(4), np.arange(0), 2, 0, class_weight="balanced")
    assert made.row_weight == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    weighted = replace(made, weight=np.array([3.0, 1, 1, 1])).row_weight
    assert weighted.mean() == pytest.approx(1)
    assert weighted[:3].sum() == pytest.approx(weighted[3])
    assert weighted[0] == pytest.approx(3 * weighted[1])


def test_weights_are_brought_to_a_mean_of_one():
    assert replace(sample(0), weight=np.full(200, 7.0)).row_weight == pytest.approx(np.ones(200))
    assert sample(2).row_weight is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weight": np.ones(199)}, "shape"),
        ({"weight": np.r_[-1.0, np.ones(199)]}, "below 0"),
        ({"weight": np.r_[np.nan, np.ones(199)]}, "finite"),
        ({"weight": np.zeros(200)}, "at least one"),
        ({"class_weight": "even"}, "balanced"),
    ],
)
def test_a_sample_that_makes_no_sense_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        replace(sample(2), **options)
