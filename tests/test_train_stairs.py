import numpy as np
import pytest
from train_tables import make_dataset, signal

from core.errors import UserError
from core.jobs import Cancelled
from core.train.models import forest
from core.train.pipeline import train
from core.train.settings import TrainSettings
from core.train.stairs import FILE, keep_staircase, kept_staircase, staircase_of
from core.train.steps import STEPS
from core.train.store import load_run, run_folder, save_run


@pytest.fixture(scope="module")
def steps():
    return staircase_of(*signal(), TrainSettings(folds=2))


@pytest.fixture(scope="module")
def trained():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 25)
        return train(signal()[0], None, TrainSettings())


@pytest.fixture
def run(trained, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    save_run(trained)
    return trained


def test_the_staircase_of_a_training_has_every_step(steps):
    assert tuple(step.step for step in steps) == tuple(STEPS)
    assert len({step.rows for step in steps}) == 1
    assert all(0 <= step.low <= step.value <= step.high <= 1 for step in steps)


def test_a_session_that_its_rows_give_away_falls_with_the_order_of_time():
    rng = np.random.default_rng(3)
    days = np.repeat(np.arange(40), 12)
    vectors = (rng.normal(size=(40, 5))[days] + 0.05 * rng.normal(size=(480, 5))).astype(np.float32)
    random, ordered, *_ = staircase_of(
        make_dataset(rng.normal(size=40)[days], days), vectors, TrainSettings()
    )
    assert random.value > 0.9
    assert ordered.drop_low > 0


def test_a_kept_staircase_is_read_back(run, steps):
    assert kept_staircase(run) is None
    keep_staircase(run, steps)
    assert [step.as_dict() for step in kept_staircase(run)] == [step.as_dict() for step in steps]
    assert load_run(run.id).scores == run.scores  # the manifest still holds


@pytest.mark.parametrize(
    "text", ["", "{", "[{}]", '["random"]', '{"a": 1}', "[null]", "\x00", '[{"step": "x"}]']
)
def test_a_torn_staircase_counts_as_none(run, text, caplog):
    (run_folder(run.id) / FILE).write_text(text)
    assert kept_staircase(run) is None
    assert run.id in caplog.text


def test_a_run_that_is_not_saved_has_no_staircase(trained, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    assert kept_staircase(trained) is None


def test_a_table_without_dates_has_no_staircase():
    dataset = make_dataset(np.random.default_rng(0).normal(size=60), features={"x": np.arange(60.0)})
    with pytest.raises(UserError, match="no date"):
        staircase_of(dataset, None, TrainSettings(split="group"))


def test_the_staircase_can_be_cancelled():
    def stop(fraction, template, /, **params):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        staircase_of(*signal(), TrainSettings(folds=2), stop)
