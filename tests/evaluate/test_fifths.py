import numpy as np
import pytest

from core.evaluate.blocks import Blocks
from core.evaluate.fifths import by_fifth
from core.evaluate.weighted import mean_by_fifth

RNG = np.random.default_rng(0)
PREDICTED = RNG.normal(size=400)
OUTCOME = 0.01 * PREDICTED + 0.02 * RNG.normal(size=400)
DAYS = Blocks(np.arange(400) // 10)


def test_the_means_of_the_fifths_stand_within_their_intervals_and_count_all_rows():
    found = by_fifth(OUTCOME, PREDICTED, DAYS, seed=0)
    assert [mean.value for mean in found.means] == pytest.approx(mean_by_fifth(OUTCOME, PREDICTED)[0])
    assert sum(found.rows) == pytest.approx(400)
    assert all(mean.low < mean.value < mean.high for mean in found.means)
    assert found.means[0].high < found.means[-1].low


def test_the_interval_of_a_fifth_is_about_as_wide_as_that_of_a_mean_of_so_many_rows():
    noise = RNG.normal(size=400)
    middle = by_fifth(noise, PREDICTED, Blocks(np.arange(400)), seed=0).means[2]
    assert middle.high - middle.low == pytest.approx(2 * 1.96 / np.sqrt(80), rel=0.25)


def test_a_single_block_has_no_interval():
    found = by_fifth(OUTCOME, PREDICTED, Blocks(np.zeros(400, int)), seed=0)
    assert all(np.isnan(mean.low) for mean in found.means)


def test_where_all_is_predicted_alike_every_mean_is_that_of_all():
    found = by_fifth(OUTCOME, np.zeros(400), DAYS, seed=0)
    assert [mean.value for mean in found.means] == pytest.approx([OUTCOME.mean()] * 5)
