"""What of several runs stands side by side."""

from dataclasses import fields, replace

import numpy as np
import pytest

from core.compare.side_by_side import (
    SETTINGS,
    caution,
    fact_lines,
    model_lines,
    require_few,
    score_lines,
    scores_by_fold,
    settings_lines,
    size_lines,
    time_lines,
    version_lines,
)
from core.data.library import load_dataset
from core.errors import UserError
from core.evaluate.metrics import METRICS
from core.evaluate.predictions import MEAN
from core.evaluate.scoring import Scored
from core.train.runs import load_run
from core.train.settings import TrainSettings


@pytest.fixture
def run(table_lab):
    return load_run(table_lab.run)


def of(lines, name):
    return next(line for line in lines if line.name == name)


def test_every_setting_has_its_name():
    assert set(SETTINGS) == {field.name for field in fields(TrainSettings)}


def test_settings_that_differ_come_first(run):
    other = replace(run, settings=TrainSettings(encoder="any", folds=1, seed=3))
    lines = settings_lines([run, other])
    differ = [line.differs for line in lines]
    assert differ == sorted(differ, reverse=True)
    assert {"features", "encoder", "models", "seed"} <= {line.name for line in lines if line.differs}
    assert of(lines, "encoder").values == ("", "any")
    assert not of(lines, "split").differs


def test_a_setting_that_none_of_them_uses_is_left_out(run):
    assert not {"encoder", "pooling", "components", "classifier"} & {
        line.name for line in settings_lines([run, run])
    }


def test_scores_begin_with_the_one_that_a_run_is_judged_by(run):
    lines = score_lines([run, run])
    assert lines[0].name == "auc"
    assert lines[0].values[0] == run.scores[MEAN]["auc"]
    assert of(model_lines([run, run]), "majority").values[1] == run.baselines["majority"]["auc"]


def test_what_a_run_has_not_is_none(run):
    other = replace(run, sizes={"xgb": 3}, versions={}, seconds={"fit": 1.0})
    assert of(size_lines([run, other]), "rf").values[1] is None
    assert of(size_lines([run, other]), "xgb").values == (None, 3)
    assert of(version_lines([run, other]), "numpy").values[1] is None
    assert of(time_lines([run, other]), "total").values[1] == 1.0
    assert version_lines([other, other]) == []


def test_facts_name_run_and_table(run):
    lines = fact_lines([run, run])
    assert of(lines, "run").values[0] == run.id
    assert of(lines, "table's id").values[0] == run.dataset_id


def test_runs_of_the_same_test_need_no_caution(run):
    assert caution([run, run]) is None
    assert "different rows" in caution([run, replace(run, holdout="other")]).template
    assert "different things" in caution([run, replace(run, classes=("a", "b"))]).template
    unit = replace(run.settings, unit="event" if run.settings.unit == "headline" else "headline")
    assert "different units" in caution([run, replace(run, settings=unit)]).template


def test_the_holdout_comes_after_the_folds_and_each_is_scored_alone(run):
    data = load_dataset(run.dataset_id)
    found = scores_by_fold(run.predictions, data, run.settings.evaluation)
    assert [fold.number for fold in found] == [1, 0]
    assert found[0].last < found[1].first
    scored = Scored.of(run.predictions.walk, data, run.settings.evaluation, [MEAN])
    alone = METRICS["auc"].compute(scored.y, scored.predictions[MEAN], np.ones((1, len(scored))))[0]
    assert found[0].score.value == pytest.approx(alone)


@pytest.mark.parametrize("number", [1, 6])
def test_from_two_to_five_runs(run, number):
    with pytest.raises(UserError, match="from 2 to 5"):
        require_few([run] * number)
