from dataclasses import replace

import pytest

from core.evaluate.blocks import FEWEST_BLOCKS
from core.evaluate.verdict import Evidence
from core.train.pipeline import train
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
