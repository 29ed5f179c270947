import numpy as np
import pytest

from core.evaluate.predictions import MEAN
from core.predict.finance_words.flip_score import (
    COIN,
    FEW,
    READS,
    WRONG,
    FlipTest,
    luck_of,
    right_way,
    share_of,
)
from tests.simulations.flips import held, said

NOTHING = np.zeros(0, int)


def made(moves, dealt=None, turn=None, pairs=(), pair=NOTHING, of=NOTHING, cluster=None):
    """A flip test of one model whose predictions move so far the right way."""
    n = len(moves)
    turn = np.ones(n, int) if turn is None else turn
    dealt = np.random.default_rng(0).normal(0, 0.001, (12, n)) if dealt is None else dealt
    cluster = np.arange(n) if cluster is None else cluster
    before, after = np.full(n, 0.5), 0.5 + np.asarray(moves) * turn
    return FlipTest(
        np.arange(n),
        np.array(["text"] * n),
        turn,
        cluster,
        {MEAN: before},
        {MEAN: after},
        {MEAN: dealt},
        pairs,
        pair,
        of,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("moves", "verdict"),
    [
        (np.full(20, 0.02), READS),
        (np.full(20, -0.02), WRONG),
        (np.tile([0.02, -0.02], 10), COIN),
        (np.zeros(20), COIN),
        (np.full(4, 0.02), FEW),
    ],
)
def test_the_verdict_goes_by_the_share_that_moves_the_right_way(moves, verdict):
    assert made(moves).share().verdict == verdict


def test_worse_news_that_lowers_the_prediction_is_right_too():
    turn = np.tile([1, -1], 10)
    found = made(np.full(20, 0.02), turn=turn)
    assert found.after[MEAN][1] < 0.5
    assert found.share().right.value == 1


def test_what_models_that_learned_nothing_do_as_well_is_no_reading():
    as_far = np.outer(np.tile([1, -1], 6), np.full(20, 0.02))
    found = made(np.full(20, 0.02), as_far).share()
    assert found.right.low > 0.5
    assert found.verdict == COIN
    assert set(found.dealt) == {0, 1}


def test_without_a_refit_there_is_no_verdict():
    assert made(np.full(20, 0.02), np.zeros((0, 20))).share().verdict == FEW


def test_a_tie_counts_a_half_and_a_small_move_does_not_show():
    assert right_way(np.array([0.01, 0.0, 1e-15, -0.01])).tolist() == [1, 0.5, 0.5, 0]
    assert made([0.02, 0.001, 0.0, 0.03]).share().still == 0.5


def test_a_few_that_agree_are_not_certain():
    found = share_of(np.ones(8), np.arange(8))
    assert found.value == found.high == 1
    assert found.low < 0.9


def test_headlines_of_one_day_that_move_together_count_as_few():
    right = np.repeat(np.arange(10) % 2, 10).astype(float)
    apart, together = (share_of(right, ids) for ids in (np.arange(100), np.repeat(np.arange(10), 10)))
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_luck_knows_its_mean():
    assert luck_of(np.full((12, 3), 0.01)) == pytest.approx(2.1788 * 0.01, rel=1e-4)
    assert luck_of(np.full((12, 3), 0.01), asked=10) > 0.03
    assert np.isnan(luck_of(np.zeros((12, 0))))


def test_words_are_scored_by_pair_and_rare_ones_left_out():
    pairs = (("상승", "하락"), ("흑자", "적자"))
    moves = np.r_[np.full(10, 0.02), np.full(10, -0.02)]
    found = made(moves, pairs=pairs, pair=np.r_[np.zeros(10, int), 1, 1], of=np.r_[0:10, 10, 11])
    assert [(pair, one.n, one.right.value) for pair, one in found.words()] == [(pairs[0], 10, 1)]


def test_the_headlines_that_move_farthest_the_wrong_way_come_first():
    assert made([0.02, -0.01, 0, -0.03]).wrong().tolist() == [3, 1]
    assert made([0.02, 0.01]).wrong().tolist() == []


@pytest.mark.slow
def test_models_that_learned_nothing_are_seldom_said_to_read_and_readers_are_found():
    nothing = said(range(40))
    assert nothing[READS] + nothing[WRONG] <= 0.05 + 2 * (0.05 * 0.95 / 40) ** 0.5
    assert nothing["alone"] > 0.3  # an interval over headlines alone would claim it
    assert said(range(20), effect=3.0, axis=3.0)[READS] >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize(("clusters", "together"), [(16, 0.3), (60, 0.3)])
def test_the_interval_holds_the_share_of_headlines_that_move_together_by_day(clusters, together):
    assert held(range(1000), clusters, together) >= 0.93 - 2 * (0.07 * 0.93 / 1000) ** 0.5
