import math

import numpy as np
import pytest

from core.evaluate.blocks import Blocks, block_length, block_numbers
from tests.makers.train_tables import make_dataset
from tests.makers.worlds import first_always
from tests.simulations.overlap import World, against_chance, lift_of, power, signs

NULLS = range(150)


def test_a_block_is_a_session_and_without_one_a_story():
    dataset = make_dataset(np.zeros(6), np.array([0, 0, 1, -1, -1, -1]), story=np.array([1, 2, 1, 5, 5, 6]))
    ids = block_numbers(dataset, np.arange(6))
    assert len(set(ids)) == 4
    assert ids[0] == ids[1] != ids[2]
    assert ids[3] == ids[4] != ids[5]
    assert (ids.min(), ids.max()) == (0, 3)


def test_stories_are_resampled_one_by_one_whatever_the_horizon():
    blocks = Blocks.of(
        make_dataset(np.zeros(6), story=np.array([1, 1, 2, 3, 3, 4])), np.arange(6), np.zeros(6), 5
    )
    assert (blocks.unit, blocks.length, blocks.count) == ("story", 1, 4)


def test_a_block_is_never_shorter_than_the_horizon():
    days = np.repeat(np.arange(60), 2)
    outcome = np.random.default_rng(0).normal(size=120)
    blocks = Blocks.of(make_dataset(np.zeros(120), days), np.arange(120), outcome, horizon=5)
    assert (blocks.length, blocks.sessions, blocks.count, blocks.enough) == (5, 60, 12, True)
    with pytest.raises(ValueError, match="blocks of 3 sessions under a horizon of 5"):
        Blocks(days, 3, 5)


def test_independent_sessions_are_resampled_one_by_one():
    lengths = [
        block_length(np.random.default_rng(seed).normal(size=100), np.arange(100)) for seed in range(200)
    ]
    assert np.mean(np.array(lengths) == 1) > 0.9


def test_outcomes_that_hang_together_make_longer_blocks():
    steps = np.random.default_rng(0).normal(size=219)
    assert block_length(np.convolve(steps, np.ones(20), "valid"), np.arange(200)) > 5


def test_classes_are_looked_at_one_by_one():
    flip = np.repeat(np.random.default_rng(0).permutation(3).tolist() * 10, 10)
    labels = {k: np.array(names)[flip] for k, names in enumerate(([0, 1, 2], [1, 0, 2], [2, 1, 0]))}
    assert (
        len({block_length(named.astype(float), np.arange(300), classes=3) for named in labels.values()}) == 1
    )


def test_a_part_of_the_rows_counts_the_blocks_that_it_lies_in():
    blocks = Blocks(np.repeat(np.arange(60), 2), 5, 5)
    assert blocks.take(np.arange(20)).count == 2
    scattered = blocks.take(np.arange(0, 120, 20))
    assert (scattered.sessions, scattered.count) == (6, 6)
    assert Blocks(np.array([7, 7, 9])).take(np.array([0, 2])).ids.tolist() == [0, 1]


def test_no_row_is_no_block():
    assert (Blocks(np.empty(0, int)).count, Blocks(np.empty(0, int)).sessions) == (0, 0)


def test_an_interval_is_widened_for_what_short_blocks_do_not_show():
    assert Blocks(np.arange(60)).widening == 1
    shared = 1 - np.abs(np.arange(-4, 5)) / 5
    assert Blocks(np.arange(60), 5, 5).widening == pytest.approx(math.sqrt(shared.sum() / (shared**2).sum()))
    assert 1 < Blocks(np.arange(600), 50, 5).widening < 1.02


@pytest.mark.slow
@pytest.mark.parametrize(
    ("horizon", "metric", "tables"),
    first_always(
        [
            *((horizon, "rank_ic", NULLS) for horizon in (5, 1, 10, 20)),
            (5, "auc", range(300)),  # quicker to score
        ]
    ),
)
def test_null_headlines_seldom_help_however_long_the_horizon(horizon, metric, tables):
    world = World(horizon)
    assert max(signs(world, tables, metric)) <= 0.04
    assert max(against_chance(world, tables, metric)) <= 0.04


@pytest.mark.slow
@pytest.mark.parametrize("horizon", first_always([20, 5]))
def test_that_holds_where_there_are_enough_blocks_for_a_verdict_too(horizon):
    assert max(signs(World(horizon, sessions=240, companies=4), NULLS)) <= 0.04


@pytest.mark.slow
def test_a_horizon_given_too_short_does_not_make_null_headlines_help():
    """Single sessions would make them help in half of the tables."""
    made = [lift_of(World(20), seed, horizon=1).sign for seed in NULLS]
    assert np.mean(np.array(made) > 0) <= 0.06


@pytest.mark.slow
def test_headlines_that_inform_are_found_as_often_as_with_single_sessions():
    """At a horizon of 1 the interval is the one of before wherever sessions are not autocorrelated."""
    found, single = power()
    assert found >= max(single, 0.9)
