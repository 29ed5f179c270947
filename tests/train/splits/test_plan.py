from dataclasses import replace

import numpy as np
import pytest

from core.data.plan import Plan, TargetRule
from core.errors import UserError
from core.train import recording
from core.train.models import forest
from core.train.settings import TrainSettings
from core.train.splits import plan as plan_module
from core.train.splits.plan import plan_splits
from tests.makers.train_tables import signal

WALKED = TrainSettings(folds=2)


@pytest.fixture(scope="module")
def plan():
    return plan_splits(signal()[0], WALKED)


def test_the_holdout_comes_after_every_fold(plan):
    session = plan.dataset.frame["session"]
    assert [session.iloc[split.test].min() for split in plan.splits] == sorted(
        session.iloc[split.test].min() for split in plan.splits
    )
    assert plan.splits == (*plan.walk, plan.holdout)


def test_the_ledgers_rows_are_those_of_the_tests(plan):
    assert len(plan.test_rows) == sum(len(split.test) for split in plan.splits)
    assert plan.holdout_rows.shared(plan.walk_rows) == 0
    assert plan.holdout_rows.shared(plan.test_rows) == len(plan.holdout_rows)


def test_the_timeline_shows_the_holdout_as_fold_0_and_each_row_of_a_test_once(plan):
    table = plan.timeline()
    tested = table[table["part"] == "test"].groupby("fold")["rows"].sum()
    assert tested.to_dict() == {
        0: len(plan.holdout.test),
        **{n: len(s.test) for n, s in enumerate(plan.walk, 1)},
    }


def test_the_outcomes_of_a_sealed_holdout_are_not_open(plan):
    sealed = plan_splits(plan.dataset, TrainSettings(folds=2, sealed=True))
    assert np.intersect1d(sealed.open_rows, sealed.holdout.test).size == 0
    assert np.isin(plan.holdout.test, plan.open_rows).all()


def test_folds_need_a_split_in_the_order_of_time():
    with pytest.raises(UserError, match="need a split by time"):
        plan_splits(signal()[0], TrainSettings(folds=2, split="random"))


@pytest.mark.slow
def test_the_splits_are_made_once_for_ledger_and_training(home, monkeypatch):
    monkeypatch.setattr(forest, "TREES", 25)
    calls = []
    real = plan_module.make_split
    monkeypatch.setattr(plan_module, "make_split", lambda *given: calls.append(given) or real(*given))
    recording.train_and_record(*signal(), WALKED)
    assert len(calls) == 1


@pytest.fixture
def five_ahead():
    dataset = signal()[0]
    return replace(dataset, plan=Plan(dataset.roles, target=TargetRule(horizon=5)))


@pytest.mark.parametrize("horizon", [0, 1, 4])
def test_a_horizon_below_the_tables_is_refused(five_ahead, horizon):
    with pytest.raises(UserError, match=f"is {horizon}, .*looks 5 sessions ahead: choose at least 5"):
        plan_splits(five_ahead, TrainSettings(horizon=horizon))


def test_a_horizon_as_long_as_the_tables_or_longer_is_not(five_ahead):
    for horizon in (5, 6):
        assert plan_splits(five_ahead, TrainSettings(horizon=horizon)).settings.horizon == horizon


def test_a_run_of_an_earlier_version_with_a_shorter_horizon_can_still_be_looked_at(five_ahead):
    assert len(plan_splits(five_ahead, TrainSettings(horizon=1), recorded=True).holdout.test)
