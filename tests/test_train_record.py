from dataclasses import replace

import pytest
from train_tables import signal

from core.errors import UserError
from core.train import record
from core.train.models import forest
from core.train.record import delete_recorded, train_and_record
from core.train.scores.ledger import OPENED, SCORED, SEALED, looks, sealed
from core.train.settings import TrainSettings
from core.train.store import delete_run, list_runs, load_run

SEALED_RUN = TrainSettings(folds=1, sealed=True)
NORMAL = replace(SEALED_RUN, sealed=False)


@pytest.fixture(scope="module")
def data():
    dataset, vectors = signal(n=160, days=20)
    return dataset, vectors[:, :3].copy()


@pytest.fixture(autouse=True)
def quick(monkeypatch, home):
    from core.train.bench import Bench

    monkeypatch.setattr(forest, "TREES", 25)
    slow = Bench.baselines
    monkeypatch.setattr(Bench, "baselines", lambda *given, quick=False: slow(*given[:4], quick=True))


def told(run):
    return " ".join(map(str, run.warnings))


def test_every_recorded_run_is_one_look(data):
    runs = [train_and_record(*data, TrainSettings(seed=seed)) for seed in (0, 1)]
    counted = looks(data[0].id, runs[0].holdout)
    assert [(look.run_id, look.kind) for look in counted] == [(run.id, SCORED) for run in runs]
    assert counted[0].value == runs[0].scores["mean"]["auc"].value
    assert {run.id for run in list_runs()} == {run.id for run in runs}


def test_a_look_that_cannot_be_counted_shows_no_score(data, monkeypatch):
    def full(*args):
        raise UserError("The disk is full.")

    monkeypatch.setattr(record.ledger, "record_look", full)
    with pytest.raises(UserError, match="full"):
        train_and_record(*data, TrainSettings())
    assert list_runs() == []


def test_a_deleted_run_still_counts(data):
    run = train_and_record(*data, TrainSettings())
    delete_run(run.id)
    assert len(looks(data[0].id, run.holdout)) == 1


def test_a_sealed_holdout_is_neither_predicted_nor_looked_at(data):
    dataset, _ = data
    run = train_and_record(*data, SEALED_RUN)
    kept = load_run(run.id)
    assert looks(dataset.id) == []
    assert sealed(dataset.id, run.holdout)
    days = dataset.frame["session"].iloc[kept.all_predictions["position"]]
    assert days.max().date().isoformat() < run.split.cut
    assert len(kept.predictions) == len(kept.all_predictions) > 0
    assert kept.scores == run.scores != {}
    assert kept.scores["mean"]["auc"] == run.walk.scores["mean"]["auc"]


def test_what_a_sealed_holdout_holds_changes_nothing_that_is_shown(data):
    dataset, vectors = data
    first = record.train(dataset, vectors, SEALED_RUN)
    held = dataset.frame["session"] >= first.split.cut
    frame = dataset.frame.assign(target=dataset.frame["target"].where(~held, 1.0))  # all of one class
    other = record.train(replace(dataset, frame=frame), vectors, SEALED_RUN)
    assert other.scores == first.scores
    assert other.lift == first.lift
    assert other.warnings == first.warnings


def test_a_normal_training_on_a_sealed_holdout_is_refused(data):
    train_and_record(*data, SEALED_RUN)
    with pytest.raises(UserError, match="This holdout is sealed"):
        train_and_record(*data, NORMAL)
    assert looks(data[0].id) == []


@pytest.mark.parametrize("task", ["classify", "regress"])
def test_another_seed_or_task_is_refused_as_well(data, task):
    train_and_record(*data, SEALED_RUN)
    with pytest.raises(UserError, match="This holdout is sealed"):
        train_and_record(*data, TrainSettings(task, seed=7))


@pytest.mark.parametrize(
    "other",
    [
        {"unit": "event"},
        {"test_share": 0.3},
        {"test_share": 0.1},
        {"split": "random"},
        {"test_share": 0.05, "folds": 2, "sealed": True},
        {"unit": "event", "folds": 1, "sealed": True},
    ],
    ids=["unit", "more", "less", "random", "walked over", "sealed twice"],
)
def test_no_other_settings_score_a_sealed_row(data, other):
    run = train_and_record(*data, SEALED_RUN)
    with pytest.raises(UserError, match=f"that run {run.id} sealed"):
        train_and_record(*data, TrainSettings(**other))
    with pytest.raises(UserError, match=f"that run {run.id} sealed"):
        train_and_record(*data, TrainSettings(**{**other, "sealed": False}), open_sealed=True)


def test_a_sealed_holdout_can_be_walked_up_to_again(data):
    first = train_and_record(*data, SEALED_RUN)
    again = train_and_record(*data, replace(SEALED_RUN, seed=5))
    assert first.holdout == again.holdout
    assert sealed(data[0].id, first.holdout)


def test_opening_works_once_and_is_logged(data):
    dataset, _ = data
    train_and_record(*data, SEALED_RUN)
    run = train_and_record(*data, NORMAL, open_sealed=True)
    assert "no longer sealed" not in told(run)
    assert not sealed(dataset.id, run.holdout)
    assert [look.run_id for look in looks(dataset.id, run.holdout)] == [run.id]
    log = [entry.kind for entry in record.ledger._entries(dataset.id, run.holdout)]
    assert log == [SEALED, OPENED, SCORED]
    assert len(run.predictions) == run.split.test_rows


def test_a_second_look_is_told_who_was_first(data):
    train_and_record(*data, SEALED_RUN)
    first = train_and_record(*data, NORMAL, open_sealed=True)
    second = train_and_record(*data, NORMAL, open_sealed=True)
    assert f"run {first.id} looked at it first" in told(second)
    assert f"run {first.id} looked at it first" in told(load_run(second.id))
    assert len(looks(data[0].id, first.holdout)) == 2


def test_a_holdout_that_was_looked_at_cannot_be_sealed_any_more(data):
    first = train_and_record(*data, NORMAL)
    with pytest.raises(UserError, match="looked at 1 times already"):
        train_and_record(*data, SEALED_RUN)
    assert not sealed(data[0].id, first.holdout)


def test_a_run_that_keeps_a_holdout_sealed_is_not_deleted_before_it_is_opened(data):
    run = train_and_record(*data, SEALED_RUN)
    with pytest.raises(UserError, match="keeps a holdout sealed"):
        delete_recorded(run.id)
    assert load_run(run.id).id == run.id
    train_and_record(*data, NORMAL, open_sealed=True)
    delete_recorded(run.id)
    assert run.id not in [kept.id for kept in list_runs(data[0].id)]


def test_to_seal_and_to_open_at_once_is_refused(data):
    with pytest.raises(UserError, match="either sealed or opened"):
        train_and_record(*data, SEALED_RUN, open_sealed=True)


def test_a_training_that_fails_is_no_look(data):
    dataset, vectors = data
    with pytest.raises(UserError):
        train_and_record(dataset, vectors, TrainSettings(folds=20))
    assert looks(dataset.id) == []
