from dataclasses import replace

import numpy as np
import pytest

from core.errors import UserError
from core.evaluate.leakage import STEPS
from core.evaluate.ledger import accesses, require_untested, seal
from core.evaluate.ledger_rows import Rows
from core.jobs import Cancelled
from core.train import leakage
from core.train.leakage import (
    FILE,
    draw_staircase,
    save_staircase,
    saved_staircase,
    staircase_of,
    staircase_rows,
)
from core.train.models import forest
from core.train.pipeline import train
from core.train.runs import load_run, run_folder, save_run
from core.train.settings import TrainSettings
from core.train.splits import leakage as splits
from core.train.splits.split import make_split
from tests.makers.train_tables import make_dataset, signal


@pytest.fixture(scope="module", autouse=True)
def few_repeats():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splits, "REPEATS", 2)
        patch.setattr(splits, "FEWEST_REPEATS", 2)
        yield


@pytest.fixture(scope="module")
def steps():
    return staircase_of(*signal(), TrainSettings(folds=2))[0]


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


@pytest.mark.slow
def test_a_session_that_its_rows_give_away_falls_with_the_order_of_time():
    rng = np.random.default_rng(5)
    days = np.repeat(np.arange(40), 12)
    vectors = (rng.normal(size=(40, 5))[days] + 0.05 * rng.normal(size=(480, 5))).astype(np.float32)
    (random, ordered, *_), _ = staircase_of(
        make_dataset(rng.normal(size=40)[days], days), vectors, TrainSettings()
    )
    assert random.value > 0.9
    assert ordered.drop > 0.3


def test_a_kept_staircase_is_read_back(run, steps):
    assert saved_staircase(run) is None
    save_staircase(run, [replace(step, repeats=0) for step in steps])
    assert saved_staircase(run) is None  # as an earlier version drew it
    save_staircase(run, steps)
    assert [step.as_dict() for step in saved_staircase(run)] == [step.as_dict() for step in steps]
    assert load_run(run.id).scores == run.scores  # the manifest still holds


@pytest.mark.parametrize(
    "text", ["", "{", "[{}]", '["random"]', '{"a": 1}', "[null]", "\x00", '[{"step": "x"}]']
)
def test_a_torn_staircase_counts_as_none(run, text, caplog):
    (run_folder(run.id) / FILE).write_text(text)
    assert saved_staircase(run) is None
    assert run.id in caplog.text


def test_a_run_that_is_not_saved_has_no_staircase(trained, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    assert saved_staircase(trained) is None


def test_a_table_without_dates_has_no_staircase():
    dataset = make_dataset(np.random.default_rng(0).normal(size=60), features={"x": np.arange(60.0)})
    with pytest.raises(UserError, match="no date"):
        staircase_of(dataset, None, TrainSettings(split="group"))


def rows_of(dataset, positions):
    return Rows.of(dataset, np.asarray(positions))


@pytest.mark.parametrize("folds", [0, 2])
def test_a_staircase_scores_no_sealed_row(home, folds):
    dataset, vectors = signal()
    scored = staircase_rows(dataset, TrainSettings(folds=folds))
    days = dataset.frame["session"].factorize(sort=True)[0]
    held = next(
        rows_of(dataset, np.flatnonzero(days == day))
        for day in range(24)
        if rows_of(dataset, np.flatnonzero(days == day)).shared(scored)
    )
    seal(dataset.id, "sealing-run", held, rows_of(dataset, [0]))
    with pytest.raises(UserError, match=r"run sealing-run sealed"):
        staircase_of(dataset, vectors, TrainSettings(folds=folds))


def test_a_staircase_may_be_drawn_up_to_a_seal(home):
    dataset, _ = signal()
    held = rows_of(dataset, make_split(dataset, TrainSettings(), np.ones(len(dataset), bool)).test)
    seal(dataset.id, "sealing-run", held, rows_of(dataset, [0]))
    assert staircase_rows(dataset, TrainSettings(folds=2)).shared(held) == 0


def test_a_drawn_staircase_is_a_look_at_its_rows_and_none_at_the_holdout(run, steps, monkeypatch):
    dataset, vectors = signal()
    monkeypatch.setattr(leakage, "staircase", lambda *given: steps)
    assert draw_staircase(run, dataset, vectors) == steps == saved_staircase(run)
    scored = staircase_rows(dataset, run.settings)
    assert [entry.run_id for entry in accesses(dataset.id, scored.name)] == [run.id]
    assert accesses(dataset.id, run.holdout) == []
    with pytest.raises(UserError, match=f"first by run {run.id}"):
        require_untested(
            dataset.id,
            rows_of(
                dataset, make_split(dataset, TrainSettings(test_share=0.5), np.ones(len(dataset), bool)).test
            ),
        )


def test_a_staircase_that_cannot_be_counted_is_not_kept(run, steps, monkeypatch):
    def sealed_meanwhile(*given, **options):
        raise UserError("Meanwhile sealed.")

    monkeypatch.setattr(leakage, "staircase", lambda *given: steps)
    monkeypatch.setattr(leakage.ledger, "record_access", sealed_meanwhile)
    with pytest.raises(UserError, match="Meanwhile"):
        draw_staircase(run, *signal())
    assert saved_staircase(run) is None


def test_the_staircase_can_be_cancelled():
    def stop(fraction, template, /, **params):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        staircase_of(*signal(), TrainSettings(folds=2), stop)
