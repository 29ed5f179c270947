import math
from dataclasses import replace

import pytest

from core.evaluate.blocks import FEWEST_BLOCKS
from core.evaluate.bootstrap import Interval
from core.evaluate.lift import Lift
from core.evaluate.verdict import Evidence
from core.train.pipeline import train
from core.train.run import Walk
from core.train.settings import TrainSettings
from tests.makers.train_tables import signal


@pytest.fixture(scope="module")
def run():
    return train(*signal(n=200, days=40), TrainSettings())


@pytest.mark.parametrize(
    ("evidence", "split", "believable"),
    [
        (Evidence(FEWEST_BLOCKS), "time", True),
        (Evidence(FEWEST_BLOCKS - 1), "time", False),
        (None, "time", True),  # a run of an earlier version
        (Evidence(FEWEST_BLOCKS), "random", False),
        (None, "random", False),
    ],
)
def test_a_verdict_may_rest_on_scores_that_are_not_withheld_and_have_blocks_enough(
    run, evidence, split, believable
):
    found = replace(run, evidence=evidence, settings=replace(run.settings, split=split))
    assert found.believable is believable


def test_a_run_of_before_rests_on_its_sessions(run):
    old = replace(run, evidence=None)
    assert old.basis == Evidence(run.split.test_sessions)
    few = replace(old, split=replace(run.split, test_sessions=FEWEST_BLOCKS - 1))
    assert not few.believable


@pytest.mark.parametrize(
    ("score", "blocks", "split", "sign"),
    [
        (Interval(0.6, 0.55, 0.65), 20, "time", 1),
        (Interval(0.4, 0.35, 0.45), 20, "time", -1),
        (Interval(0.55, 0.45, 0.65), 20, "time", 0),
        (Interval(0.6, 0.55, 0.65), FEWEST_BLOCKS - 1, "time", 0),
        (Interval(0.6, 0.55, 0.65), 20, "random", 0),
        (Interval(0.6, math.nan, math.nan), 20, "time", 0),
    ],
)
def test_the_ensemble_stands_to_chance_as_its_interval_does_where_it_may_be_believed(
    run, score, blocks, split, sign
):
    scores = {**run.scores, "mean": {**run.scores["mean"], "auc": score}}
    settings = replace(run.settings, split=split)
    assert replace(run, scores=scores, evidence=Evidence(blocks), settings=settings).against_chance == sign


def test_a_lift_is_of_the_holdout_alone_where_it_counts_its_sessions_beside_a_walk(run):
    walk = Walk({}, {}, ())
    lift = Lift("auc", 0.01, 0.0, 0.02, sessions=run.split.test_sessions)
    alone = replace(run, walk=walk, lift=lift)
    assert alone.lift_of_holdout
    assert not replace(alone, lift=replace(lift, sessions=lift.sessions + 1)).lift_of_holdout
    assert not replace(alone, walk=None).lift_of_holdout
    sealed = replace(alone, settings=replace(run.settings, sealed=True, folds=2))
    assert sealed.scored_by_walk
    assert not sealed.lift_of_holdout
